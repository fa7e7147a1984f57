import { Alert, Button, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel, type Coexistence, type StatePart } from '../api.ts'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'

const word = (text: string): string => text
const PARTS: [part: string, name: string][] = [
  ['quality', word('Quality')],
  ['messaging_limit', word('Messaging limit')],
  ['throughput', word('Throughput')],
  ['review', word('Review of the account')],
  ['restriction', word('Restriction')],
  ['verified_name', word('Verified name')],
  ['name_review', word('Review of the name')],
  ['account', word('Connection')],
  ['username', word('Username')],
  ['security', word('Security')],
]

/** What WhatsApp says of the number: each part with its value, since when, and why. */
export function ChannelState({ channel }: { channel: Channel }) {
  const { t } = useWords()
  const times = useTimes()
  const { state } = channel
  const known = PARTS.flatMap(([part, name]) => {
    const now = state[part] as StatePart | null
    return now ? [{ name, ...now }] : []
  })
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('What WhatsApp says')}
      </Title>
      {state.alerts
        .filter(({ status }) => status !== 'NONE')
        .map(({ type, severity, description }) => (
          <Alert key={type} color={severity === 'CRITICAL' ? 'red' : 'yellow'} variant="light" mb="sm" title={type}>
            {description}
          </Alert>
        ))}
      {known.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('WhatsApp has told nothing of this number yet.')}
        </Text>
      )}
      <dl className="facts">
        {known.map(({ name, value, since, reason, until }) => (
          <div key={name}>
            <dt>{t(name)}</dt>
            <dd>
              <span dir="auto">{value === null ? t('none') : String(value)}</span>
              <Text size="xs" c="dimmed">
                {t('since {time}', { time: times.short(since) })}
                {until !== null && ` · ${t('until {time}', { time: times.short(until) })}`}
                {reason !== null && ` · ${reason === 'asked' ? t('Postern asked') : reason}`}
              </Text>
            </dd>
          </div>
        ))}
      </dl>
      {state.coexistence?.value && <Sync channel={channel} coexistence={state.coexistence} />}
    </section>
  )
}

const SYNC_WORDS: Record<Coexistence['contacts']['state'], string> = {
  missing: word('not asked for'),
  asked: word('asked for'),
  receiving: word('arriving'),
  done: word('complete'),
  declined: word('not shared by the business'),
  refused: word('refused by WhatsApp'),
  failed: word('failed'),
  too_late: word('too late to ask'),
}

/** A number that is also in the business’s app: its contacts and its history, which WhatsApp gives once. */
function Sync({ channel, coexistence }: { channel: Channel; coexistence: Coexistence }) {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const ask = useAction({
    mutationFn: () => api('POST', `/admin/channels/${channel.channel_id}/sync`),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['channels'] }),
    onError: (error) => notifications.show({ color: 'red', message: says(error.message) }),
  })
  const { contacts, history, missing, until } = coexistence
  const progress = history.progress === null || history.state === 'done' ? '' : ` (${history.progress}%)`
  return (
    <>
      <Title order={3} size="h5" mt="md">
        {t('Also in the WhatsApp Business app')}
      </Title>
      <Text size="sm">
        {t('Contacts')}: {t(SYNC_WORDS[contacts.state])}
      </Text>
      <Text size="sm">
        {t('History')}: {t(SYNC_WORDS[history.state])}
        {progress}
      </Text>
      {missing.length > 0 && (
        <Button mt="xs" size="compact-sm" variant="default" loading={ask.isPending} onClick={() => ask.mutate()}>
          {t('Ask WhatsApp for them (until {time})', { time: times.short(until) })}
        </Button>
      )}
    </>
  )
}
