import { Anchor, Table, Text, Title } from '@mantine/core'
import { Link } from 'wouter'
import { Auto, Ltr } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Activity, Channel, Endpoint, Incident, StatePart, Stats } from '../api.ts'
import { useAllEndpoints } from '../channels/endpoints.tsx'
import { useChannels } from '../queries.ts'
import { Status } from '../status.tsx'
import { Term } from '../term.tsx'
import { useTimes } from '../time.ts'
import { useIncidents } from './use-incidents.ts'

/** Each number with its present rate, what WhatsApp says of it, its token and its endpoints. */
export function Numbers({ activity, stats }: { activity: Activity; stats: Stats }) {
  const { t } = useWords()
  const channels = useChannels().data ?? []
  const endpoints = useAllEndpoints(channels.map((one) => one.channel_id))
  const open = useIncidents().data ?? []
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('Numbers, now')}
      </Title>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Numbers')}>
        <Table verticalSpacing="xs" className="stacked">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>
                <Term of="channel">{t('Channel')}</Term>
              </Table.Th>
              <Table.Th ta="right">{t('Last minute')}</Table.Th>
              <Table.Th>
                <Term of="pace">{t('Rate now')}</Term>
              </Table.Th>
              <Table.Th>{t('Quality')}</Table.Th>
              <Table.Th>{t('Messaging limit')}</Table.Th>
              <Table.Th>{t('Access token')}</Table.Th>
              <Table.Th>
                <Term of="endpoint">{t('Endpoints')}</Term>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {channels.map((channel) => (
              <NumberRow
                key={channel.channel_id}
                channel={channel}
                sent={activity.pace.find((one) => one.channel_id === channel.channel_id)?.sent_last_minute ?? 0}
                pace={stats.pace.numbers.find((one) => one.channel_id === channel.channel_id)}
                endpoints={endpoints.filter((one) => one.channel_id === channel.channel_id)}
                open={open.filter((one) => one.channel_id === channel.channel_id)}
              />
            ))}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  )
}

type Pace = Stats['pace']['numbers'][number]

function NumberRow(props: {
  channel: Channel
  sent: number
  pace: Pace | undefined
  endpoints: Endpoint[]
  open: Incident[]
}) {
  const { channel, sent, pace, endpoints, open } = props
  const { t } = useWords()
  const times = useTimes()
  const part = (name: string): string | null => {
    const value = (channel.state[name] as StatePart | null | undefined)?.value
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null
  }
  const quality = part('quality')
  return (
    <Table.Tr>
      <Table.Td>
        <Anchor component={Link} href={`/channels/${channel.channel_id}`} size="sm">
          <Auto>{channel.name}</Auto>
        </Anchor>
        <Text size="xs" c="dimmed">
          <Ltr>+{channel.business_phone}</Ltr>
        </Text>
      </Table.Td>
      <Table.Td ta="right" data-label={t('Last minute')}>
        {times.number(sent)}
      </Table.Td>
      <Table.Td data-label={t('Rate now')}>
        <Rate channel={channel} pace={pace} />
      </Table.Td>
      <Table.Td data-label={t('Quality')}>{quality === null ? '—' : <Status value={quality} />}</Table.Td>
      <Table.Td data-label={t('Messaging limit')}>{part('messaging_limit') ?? '—'}</Table.Td>
      <Table.Td data-label={t('Access token')}>
        <Token channel={channel} open={open} />
      </Table.Td>
      <Table.Td data-label={t('Endpoints')}>
        <Ends endpoints={endpoints} />
      </Table.Td>
    </Table.Tr>
  )
}

/** What WhatsApp lets through at present, beside the limit that is set. */
function Rate({ channel, pace }: { channel: Channel; pace: Pace | undefined }) {
  const { t } = useWords()
  const times = useTimes()
  const limit = channel.messages_per_second
  const now = pace?.now_per_second ?? limit
  if (now >= limit) return <>{t('{n}/s', { n: times.number(limit) })}</>
  return (
    <>
      <span className="status" data-tone="warm">
        {now === 0 ? t('stopped') : t('{n}/s', { n: Math.round(now * 100) / 100 })}
      </span>{' '}
      <Text size="xs" c="dimmed" component="span">
        {t('of {n}/s', { n: times.number(limit) })}
        {typeof pace?.code === 'number' && ` · ${pace.code}`}
      </Text>
    </>
  )
}

/** Only what is known to be wrong with the token: WhatsApp says nothing of one that works. */
function Token({ channel, open }: { channel: Channel; open: Incident[] }) {
  const { t } = useWords()
  const wrong = open.find(({ kind }) => kind === 'token_rejected') ?? open.find(({ kind }) => kind === 'token_expiring')
  if (!wrong) return <>{t('no problem known')}</>
  return (
    <Link href={`/channels/${channel.channel_id}?field=access_token`}>
      <span className="status" data-tone={wrong.kind === 'token_rejected' ? 'bad' : 'warm'}>
        {wrong.kind === 'token_rejected' ? t('rejected') : t('expires soon')}
      </span>
    </Link>
  )
}

/** From what the endpoints answered in the last hour, and from what waits. */
function Ends({ endpoints }: { endpoints: Endpoint[] }) {
  const { t } = useWords()
  const times = useTimes()
  if (endpoints.length === 0) return <>{t('none')}</>
  return (
    <>
      {endpoints.map((one) => {
        const rate = one.last_hour.success_rate
        const isBad = one.state !== 'active' || one.dead > 0 || (rate !== null && rate < 1) || one.waiting > 0
        return (
          <div key={one.endpoint_id} className="ends">
            {endpoints.length > 1 && (
              <Text size="xs" c="dimmed" component="span">
                <Auto>{one.name}</Auto>
              </Text>
            )}
            {one.state !== 'active' && <Status value={one.state} />}
            <Text size="sm" component="span" {...(!isBad && { c: 'dimmed' })}>
              {rate === null ? t('no attempts') : t('{rate} answered', { rate: `${Math.round(rate * 1000) / 10} %` })}
              {one.waiting > 0 && ` · ${t('{n} waiting', { n: times.number(one.waiting) })}`}
              {one.dead > 0 && ` · ${t('{n} dead', { n: times.number(one.dead) })}`}
            </Text>
          </div>
        )
      })}
    </>
  )
}
