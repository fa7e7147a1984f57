import { Button, Drawer, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { JsonText } from '../../ui/src/direction.tsx'
import { control, type Callback, type Received, type SentWebhook, type Trace } from './control.ts'
import { messagesIn, parsed, stepsOf, titleOf } from './wire-steps.ts'

type Wired = { calls: Received[]; webhooks: SentWebhook[]; callbacks: Callback[] }

/** For a message with more answers than this, only the callbacks of the first ones are shown. */
const MOST_TRACED = 12

/** The traffic of one message, or of all: calls, webhooks and callbacks, each with its answer. */
export function Wire({
  about,
  onClose,
  onAll,
}: {
  about?: string | undefined
  onClose: () => void
  onAll: () => void
}) {
  const { t, says } = useWords()
  const wire = useQuery({
    queryKey: ['wire', about],
    queryFn: () => look(about),
    // The sandbox's stream has no events about the gateway's callbacks.
    refetchInterval: about === undefined ? false : 1_500,
  })
  return (
    <Drawer
      opened
      onClose={onClose}
      position="right"
      size="lg"
      title={about ? t('One message over the wire') : t('Over the wire')}
    >
      {about !== undefined && (
        <>
          <Text size="xs" className="wire-id">
            {about}
          </Text>
          <Button size="compact-xs" variant="subtle" onClick={onAll}>
            {t('Show everything')}
          </Button>
        </>
      )}
      {wire.isPending && <Text>{t('Loading')}</Text>}
      {wire.isLoadingError && (
        <Text c="red" role="alert">
          {says(wire.error.message)}
        </Text>
      )}
      {wire.data && <Steps {...wire.data} isAll={about === undefined} />}
    </Drawer>
  )
}

async function look(about: string | undefined): Promise<Wired> {
  const query = about === undefined ? '?count=40' : `?about=${encodeURIComponent(about)}`
  const [calls, webhooks] = await Promise.all([
    control<{ data: Received[] }>('GET', `/received${query}`),
    control<{ data: SentWebhook[] }>('GET', `/webhooks${query}`),
  ])
  if (about === undefined) return { calls: calls.data, webhooks: webhooks.data, callbacks: [] }
  // Taps, quotes and reactions are messages of their own. Their callbacks are shown too.
  const ids = [...new Set([about, ...messagesIn(webhooks.data)])].slice(0, MOST_TRACED)
  const traces = await Promise.all(ids.map(traceOf))
  return { calls: calls.data, webhooks: webhooks.data, callbacks: traces.flatMap((trace) => trace?.deliveries ?? []) }
}

async function traceOf(wamid: string): Promise<Trace> {
  try {
    return (await control<{ data: Trace }>('GET', `/trace/${encodeURIComponent(wamid)}`)).data
  } catch {
    // A sandbox that runs alone has no gateway.
    return null
  }
}

function Steps({ calls, webhooks, callbacks, isAll }: Wired & { isAll: boolean }) {
  const { t } = useWords()
  const steps = stepsOf(calls, webhooks, callbacks)
  if (isAll) steps.reverse()
  return (
    <>
      {steps.length === 0 && <Text c="dimmed">{t('No calls or webhooks yet.')}</Text>}
      <ol className="wire">
        {steps.map((step, i) => {
          if (step.kind === 'call') {
            const { call } = step
            return (
              <Step
                key={i}
                title={t('API call')}
                what={`${call.method} ${call.path}`}
                status={call.status}
                bodies={[
                  [t('Body'), call.body],
                  [t('Answer'), call.answer],
                ]}
              />
            )
          }
          if (step.kind === 'webhook') {
            const { webhook } = step
            const attempt = webhook.attempt > 1 ? ` · ${t('attempt {n}', { n: webhook.attempt })}` : ''
            return (
              <Step
                key={i}
                title={t('Webhook to the gateway')}
                what={titleOf(webhook)}
                status={webhook.status ?? webhook.error ?? t('no answer')}
                note={`${webhook.tookMs.toFixed(0)} ms${attempt}`}
                bodies={[[t('Body'), parsed(webhook.body)]]}
              />
            )
          }
          const { callback } = step
          return (
            <Step
              key={callback.id}
              isFollowing
              title={t('Callback to the customer')}
              what={eventOf(callback.event, callback.body)}
              status={callback.state === 'none' ? t('no endpoint') : callback.state}
              note={callback.attempts
                .map((one) => `${one.status ?? t('no answer')} · ${one.duration_ms} ms`)
                .join(', ')}
              bodies={[
                [t('Body'), callback.body],
                ...callback.attempts
                  .filter((one) => one.answer)
                  .map((one): [string, unknown] => [`${t('Answer')} ${one.number}`, one.answer]),
              ]}
            />
          )
        })}
      </ol>
    </>
  )
}

function Step(props: {
  title: string
  what: string
  status: string | number
  note?: string
  isFollowing?: boolean
  bodies: [string, unknown][]
}) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const good = props.status === 'delivered' || (Number(props.status) >= 200 && Number(props.status) < 300)
  return (
    <li data-following={props.isFollowing || undefined}>
      <div className="wire-head">
        <strong>{props.title}</strong>
        <span className="wire-status" data-good={good || undefined}>
          {typeof props.status === 'string' ? t(props.status) : props.status}
        </span>
      </div>
      <code dir="ltr">{props.what}</code> <small>{props.note}</small>{' '}
      <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('Less') : t('More')}
      </Button>
      {open &&
        props.bodies.map(([name, body]) => (
          <div key={name}>
            <small>{name}</small>
            <Body body={body} />
          </div>
        ))}
    </li>
  )
}

/** JSON keeps its layout. Other text has the direction of its first letter. */
function Body({ body }: { body: unknown }) {
  if (typeof body === 'string')
    return (
      <pre dir="auto" tabIndex={0}>
        {body}
      </pre>
    )
  return (
    <pre dir="ltr" tabIndex={0}>
      <JsonText text={JSON.stringify(body, null, 2) ?? ''} />
    </pre>
  )
}

function eventOf(event: string, body: unknown): string {
  const status = (body as { message_status?: string } | null)?.message_status
  return status === undefined ? event : `${event} · ${status}`
}
