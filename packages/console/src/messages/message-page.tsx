import { Alert, Anchor, Group, Tabs, Text, Timeline, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Auto, Ltr } from '../../../ui/src/direction.tsx'
import { api, type Delivery, type Message } from '../api.ts'
import { Json } from '../json.tsx'
import { messageCall } from '../list/calls.ts'
import { CodeTabs } from '../list/code-tabs.tsx'
import { usePace } from '../live.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, isGone, Unready } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { listHref } from './left-list.ts'
import { MessageBubble } from './message-bubble.tsx'

type Details = {
  message: Message
  explained: { meaning: string; advice: string; retry: 'no' | 'later' | 'fix' } | null
  deliveries: Delivery[]
}

export function MessagePage({ reference }: { reference: string }) {
  const { t, says } = useWords()
  const times = useTimes()
  const details = useQuery({
    queryKey: ['message', reference],
    queryFn: () => api<Details>('GET', `/admin/messages/${encodeURIComponent(reference)}`),
    refetchInterval: usePace(2_000),
  })
  if (isGone(details.error))
    return (
      <Empty title={t('Message not found')}>
        <p>{t('No message has this id, or retention has deleted it.')}</p>
        <Anchor component={Link} href={listHref()}>
          {t('All messages')}
        </Anchor>
      </Empty>
    )
  if (!details.data) return <Unready title={t('Message')} query={details} />
  const { message, explained, deliveries } = details.data

  return (
    <>
      <Anchor component={Link} href={listHref()} size="sm">
        ← {t('Messages')}
      </Anchor>
      <PageHead title={t('Message')}>
        <Status value={message.status} />
      </PageHead>
      <div className="two">
        <div>
          <div className="preview">
            <MessageBubble message={message} />
          </div>
          {message.error && (
            <Alert
              color="red"
              variant="light"
              mt="md"
              title={`${message.error.code === undefined ? '' : `(#${message.error.code}) `}${message.error.title ?? t('It failed')}`}
            >
              {message.error.error_data?.details && <Text size="sm">{message.error.error_data.details}</Text>}
              {explained && (
                <>
                  <Text size="sm" mt={6}>
                    {says(explained.meaning)}
                  </Text>
                  <Text size="sm" mt={6} fw={600}>
                    {t('What to do')}: {says(explained.advice)}
                  </Text>
                </>
              )}
              <ChannelLink id={message.channel_id} code={message.error.code} />
            </Alert>
          )}
          <Facts message={message} />
        </div>
        <section className="card">
          <Title order={2} size="h4" mb="md">
            {t('Timeline')}
          </Title>
          <Timeline active={message.timeline.length + deliveries.length} bulletSize={14} lineWidth={2}>
            {stepsOf(message, deliveries).map((step, i) => (
              <Timeline.Item
                key={i}
                title={
                  step.delivery ? (
                    <Anchor component={Link} href={`/deliveries?id=${step.delivery.id}`} inherit>
                      {t('Event to the endpoint')}
                    </Anchor>
                  ) : (
                    t(step.status)
                  )
                }
              >
                <Text size="xs" c="dimmed">
                  {times.full(step.at)}
                </Text>
                {step.delivery && (
                  <Group gap="xs" mt={4}>
                    <span className="mono">{statusIn(step.delivery)}</span>
                    <Status value={step.delivery.state} />
                    {step.delivery.attempts.map((attempt) => (
                      <Text key={attempt.number} size="xs" c="dimmed">
                        {attempt.status ?? t('no answer')} · {attempt.duration_ms} ms
                      </Text>
                    ))}
                  </Group>
                )}
              </Timeline.Item>
            ))}
          </Timeline>
        </section>
      </div>
      <Sides message={message} deliveries={deliveries} />
    </>
  )
}

/** The message as WhatsApp has it, as the business hears of it, and as a call. */
function Sides({ message, deliveries }: { message: Message; deliveries: Delivery[] }) {
  const { t } = useWords()
  return (
    <Tabs defaultValue="whatsapp" mt="md" keepMounted={false}>
      <Tabs.List>
        <Tabs.Tab value="whatsapp">{t('At WhatsApp now')}</Tabs.Tab>
        <Tabs.Tab value="customer">{t('Webhook view')}</Tabs.Tab>
        <Tabs.Tab value="call">{t('As a call')}</Tabs.Tab>
      </Tabs.List>
      <Tabs.Panel value="call" pt="sm">
        <AsCall message={message} />
      </Tabs.Panel>
      <Tabs.Panel value="whatsapp" pt="sm">
        <Json value={message.content} label={t('At WhatsApp now')} />
      </Tabs.Panel>
      <Tabs.Panel value="customer" pt="sm">
        {deliveries.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t('No events of this message yet.')}
          </Text>
        ) : (
          deliveries.map((delivery) => (
            <Json key={delivery.id} value={delivery.body} label={`${delivery.event} ${delivery.id}`} />
          ))
        )}
      </Tabs.Panel>
    </Tabs>
  )
}

/** The message as code: sent again, or fetched. */
function AsCall({ message }: { message: Message }) {
  const { t } = useWords()
  const { call, sends } = messageCall(location.origin, message)
  return (
    <>
      <Text size="sm" c="dimmed" mb="xs">
        {sends ? t('This call sends the message again, as a new message.') : t('This call fetches the message.')}{' '}
        {t('Replace YOUR_CERTIFICATION_CODE with the channel’s certification code.')}
      </Text>
      <CodeTabs request={call} />
    </>
  )
}

/** WhatsApp's code for an access token that it does not take. */
const TOKEN_REJECTED = 190

/** The channel whose message failed, and where its token is replaced when that was the reason. */
function ChannelLink({ id, code }: { id: number; code: number | undefined }) {
  const { t } = useWords()
  const channel = useChannels().data?.find((one) => one.channel_id === id)
  if (!channel) return null
  const isToken = code === TOKEN_REJECTED
  return (
    <Text size="sm" mt={6}>
      {t('Channel')}:{' '}
      <Anchor component={Link} href={isToken ? `/channels/${id}?field=access_token` : `/channels/${id}`} inherit>
        <Auto>{channel.name}</Auto>
        {isToken && ` · ${t('Replace the token')}`}
      </Anchor>
    </Text>
  )
}

function Facts({ message }: { message: Message }) {
  const { t } = useWords()
  const facts: [string, ReactNode][] = [
    [
      t('Person'),
      <>
        {message.name && (
          <>
            <Auto>{message.name}</Auto> ·{' '}
          </>
        )}
        <Anchor
          component={Link}
          href={`/messages?words=${encodeURIComponent(message.phone ?? message.user_id ?? message.contact)}`}
          inherit
        >
          <Ltr>{message.phone ?? message.user_id ?? message.contact}</Ltr>
        </Anchor>
      </>,
    ],
    ['wamid', message.msg_id],
    [t('Reference'), message.reference],
    [t('Type'), message.type],
  ]
  return (
    <>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="mono">{value ?? '—'}</dd>
          </div>
        ))}
      </dl>
      <Anchor component={Link} href={`/conversations/${message.channel_id}/${message.contact_id}`} size="sm">
        {t('Open the conversation')}
      </Anchor>
    </>
  )
}

type Step = { at: number; status: string; delivery?: Delivery }

function stepsOf(message: Message, deliveries: Delivery[]): Step[] {
  return [
    ...message.timeline.map((step) => ({ ...step })),
    ...deliveries.map((delivery) => ({
      at: delivery.done_at ?? delivery.attempts.at(-1)?.at ?? delivery.created_at,
      status: delivery.event,
      delivery,
    })),
  ].sort((a, b) => a.at - b.at)
}

const statusIn = (delivery: Delivery): string => {
  const { message_status: status } = (delivery.body ?? {}) as { message_status?: string }
  return status ?? delivery.event
}
