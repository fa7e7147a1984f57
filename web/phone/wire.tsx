import { Button, Drawer, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../shared/i18n.tsx'
import { control, type Received, type SentWebhook, type Trace } from './control.ts'

type Wired = { calls: Received[]; webhooks: SentWebhook[]; trace: Trace }

/** What went over the wire about one message, or about all: calls, webhooks, callbacks, and what each was answered. */
export function Wire({
  about,
  onClose,
  onAll,
}: {
  about?: string | undefined
  onClose: () => void
  onAll: () => void
}) {
  const { t } = useWords()
  const wire = useQuery({
    queryKey: ['wire', about],
    queryFn: () => look(about),
    // The gateway's own deliveries are not in the sandbox's stream.
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
      {wire.isError && (
        <Text c="red" role="alert">
          {wire.error.message}
        </Text>
      )}
      {wire.data && <Steps {...wire.data} isAll={about === undefined} />}
    </Drawer>
  )
}

async function look(about: string | undefined): Promise<Wired> {
  const query = about === undefined ? '?count=40' : `?about=${encodeURIComponent(about)}`
  const [calls, webhooks, trace] = await Promise.all([
    control<{ data: Received[] }>('GET', `/received${query}`),
    control<{ data: SentWebhook[] }>('GET', `/webhooks${query}`),
    about === undefined
      ? null
      : control<{ data: Trace }>('GET', `/trace/${encodeURIComponent(about)}`).then(
          (answer) => answer.data,
          // A sandbox that runs alone knows no gateway.
          () => null,
        ),
  ])
  return { calls: calls.data, webhooks: webhooks.data, trace }
}

function Steps({ calls, webhooks, trace, isAll }: Wired & { isAll: boolean }) {
  const { t } = useWords()
  const steps = [
    ...calls.map((call) => ({ at: call.at, call })),
    ...webhooks.map((webhook) => ({ at: webhook.at, webhook })),
  ].sort((a, b) => (isAll ? b.at - a.at : a.at - b.at))
  return (
    <>
      {steps.length === 0 && <Text c="dimmed">{t('Nothing has gone over the wire yet.')}</Text>}
      <ol className="wire">
        {steps.map((step, i) =>
          'call' in step ? (
            <Step
              key={i}
              title={t('Call of the gateway')}
              what={`${step.call.method} ${step.call.path}`}
              status={step.call.status}
              bodies={[
                [t('Body'), step.call.body],
                [t('Answer'), step.call.answer],
              ]}
            />
          ) : (
            <Step
              key={i}
              title={t('Webhook to the gateway')}
              what={fieldOf(step.webhook.body)}
              status={step.webhook.status ?? step.webhook.error ?? t('no answer')}
              note={`${step.webhook.tookMs.toFixed(0)} ms${step.webhook.attempt > 1 ? ` · ${t('attempt {n}', { n: step.webhook.attempt })}` : ''}`}
              bodies={[[t('Body'), parsed(step.webhook.body)]]}
            />
          ),
        )}
        {(trace?.deliveries ?? []).map((delivery) => (
          <Step
            key={delivery.id}
            title={t('Callback to the customer')}
            what={eventOf(delivery.event, delivery.body)}
            status={delivery.state === 'none' ? t('no endpoint') : delivery.state}
            note={delivery.attempts.map((one) => `${one.status ?? t('no answer')} · ${one.duration_ms} ms`).join(', ')}
            bodies={[
              [t('Body'), delivery.body],
              ...delivery.attempts
                .filter((one) => one.answer)
                .map((one): [string, unknown] => [`${t('Answer')} ${one.number}`, one.answer]),
            ]}
          />
        ))}
      </ol>
    </>
  )
}

function Step(props: {
  title: string
  what: string
  status: string | number
  note?: string
  bodies: [string, unknown][]
}) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const good = props.status === 'delivered' || (Number(props.status) >= 200 && Number(props.status) < 300)
  return (
    <li>
      <div className="wire-head">
        <strong>{props.title}</strong>
        <span className="wire-status" data-good={good || undefined}>
          {props.status}
        </span>
      </div>
      <code>{props.what}</code> <small>{props.note}</small>{' '}
      <Button size="compact-xs" variant="subtle" aria-expanded={open} onClick={() => setOpen(!open)}>
        {open ? t('Less') : t('More')}
      </Button>
      {open &&
        props.bodies.map(([name, body]) => (
          <div key={name}>
            <small>{name}</small>
            <pre tabIndex={0}>{typeof body === 'string' ? body : JSON.stringify(body, null, 2)}</pre>
          </div>
        ))}
    </li>
  )
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function fieldOf(body: string): string {
  const json = parsed(body) as {
    entry?: {
      changes?: { field: string; value?: { statuses?: { status: string }[]; messages?: { type: string }[] } }[]
    }[]
  }
  const changes = json.entry?.flatMap((entry) => entry.changes ?? []) ?? []
  return changes
    .map((change) => {
      const statuses = change.value?.statuses?.map((one) => one.status) ?? []
      const messages = change.value?.messages?.map((one) => one.type) ?? []
      return [change.field, ...statuses, ...messages].join(' · ')
    })
    .join(', ')
}

function eventOf(event: string, body: unknown): string {
  const status = (body as { message_status?: string } | null)?.message_status
  return status === undefined ? event : `${event} · ${status}`
}
