import { Anchor, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel, type Incident, type StatePart, type Stats } from '../api.ts'
import { useIncidents } from '../overview/use-incidents.ts'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'

type Row = { created_at: number; status: string }

/** How the number is, before its settings: what is known without asking WhatsApp anew. */
export function ChannelHealth({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const times = useTimes()
  const id = channel.channel_id
  const open = (useIncidents().data ?? []).filter((one) => one.channel_id === id)
  const stats = useQuery({ queryKey: ['stats'], queryFn: () => api<Stats>('GET', '/admin/stats') })
  const last = (direction: 'inbound' | 'outbound') => ({
    queryKey: ['last', id, direction],
    queryFn: () => api<Row[]>('GET', '/admin/messages', undefined, { channel_id: id, direction, count: 1 }),
  })
  const received = useQuery(last('inbound')).data
  const sent = useQuery(last('outbound')).data
  const now = stats.data?.pace.numbers.find((one) => one.channel_id === id)?.now_per_second
  const part = (name: string): string | null => {
    const value = (channel.state[name] as StatePart | null | undefined)?.value
    return typeof value === 'string' || typeof value === 'number' ? String(value) : null
  }
  const quality = part('quality')
  const whenOf = (rows: Row[] | undefined): ReactNode =>
    rows === undefined ? '…' : rows[0] ? times.short(rows[0].created_at) : t('none yet')
  const found = (...kinds: string[]): Incident | undefined => open.find(({ kind }) => kinds.includes(kind))
  const known = (one: Incident | undefined): ReactNode =>
    one ? (
      <>
        <Status value="wrong" /> {says(one.what)}
      </>
    ) : (
      t('no problem known')
    )
  const rows: [string, ReactNode][] = [
    [t('Access token'), known(found('token_rejected', 'token_expiring'))],
    [t('Quality'), quality === null ? '—' : <Status value={quality} />],
    [t('Messaging limit'), part('messaging_limit') ?? '—'],
    [t('Rate now'), t('{n}/s', { n: times.number(now ?? channel.messages_per_second) })],
    [t('Last message in'), whenOf(received)],
    [t('Last message out'), whenOf(sent)],
    [t('Subscription'), known(found('app_unsubscribed', 'webhooks_silent'))],
    [t('Who else listens'), known(found('second_subscriber'))],
  ]
  return (
    <section className="card" aria-label={t('Health')}>
      <div className="check-head">
        <Title order={2} size="h4">
          {t('Health')}
        </Title>
        <Anchor component={Link} href={`/channels/${id}/setup`} size="sm">
          {t('Set up the number')}
        </Anchor>
      </div>
      <dl className="facts health-facts">
        {rows.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <Text size="sm" component="div">
                {value}
              </Text>
            </dd>
          </div>
        ))}
      </dl>
    </section>
  )
}
