import { Button, Group, Select, Text } from '@mantine/core'
import { Link, useLocation } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { Empty, Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { ProgressBar, usePaceWords } from './progress.tsx'
import { useBroadcasts } from './queries.ts'
import { isDraft, type Broadcast } from './types.ts'

/** The broadcasts of a channel, newest first. */
export function BroadcastList({ channels, chosen }: { channels: Channel[]; chosen: Channel | undefined }) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const channel = chosen ?? channels[0]!
  const broadcasts = useBroadcasts(channel.channel_id)
  return (
    <>
      <PageHead title={t('Broadcasts')} term="broadcast">
        <Group gap="xs">
          {channels.length > 1 && (
            <Select
              aria-label={t('Channel')}
              data={channels.map((one) => ({ value: String(one.channel_id), label: one.name }))}
              value={String(channel.channel_id)}
              onChange={(id) => id && navigate(`/broadcasts/${id}`)}
              allowDeselect={false}
              w={180}
            />
          )}
          <Button component={Link} href={`/broadcasts/new?channel=${channel.channel_id}`}>
            {t('New broadcast')}
          </Button>
        </Group>
      </PageHead>
      {broadcasts.isPending ? (
        <Waiting />
      ) : broadcasts.isLoadingError ? (
        <Failed error={broadcasts.error} retry={() => void broadcasts.refetch()} />
      ) : broadcasts.data.length === 0 ? (
        <Empty title={t('No broadcasts yet')}>
          {t(
            'One message to many people, from a file. You see every message and every bad row before anything is sent.',
          )}
        </Empty>
      ) : (
        <ul className="broadcasts" aria-label={t('Broadcasts, newest first')}>
          {broadcasts.data.map((one) => (
            <li key={one.id}>
              <Row broadcast={one} channelId={channel.channel_id} />
            </li>
          ))}
        </ul>
      )}
    </>
  )
}

function Row({ broadcast, channelId }: { broadcast: Broadcast; channelId: number }) {
  const { t } = useWords()
  const times = useTimes()
  const pace = usePaceWords()(broadcast)
  const { counts, state } = broadcast
  const lost = counts.failed + counts.undelivered
  const facts = isDraft(state)
    ? [t('made {time}', { time: times.short(broadcast.created_at) }), t('nothing was sent')]
    : [
        t('{n} of {total} sent', { n: times.number(counts.accepted), total: times.number(counts.total) }),
        ...(lost > 0 ? [t('{n} failed', { n: times.number(lost) })] : []),
        ...pace,
        ...(state === 'done' && broadcast.finished_at !== null
          ? [t('ended {time}', { time: times.short(broadcast.finished_at) })]
          : []),
      ]
  return (
    <Link className="card card-link broadcast-row" href={`/broadcasts/${channelId}/${broadcast.id}`} data-row>
      <span className="broadcast-name">
        <strong dir="auto">{broadcast.name ?? broadcast.id}</strong>
        <Status value={state} />
      </span>
      {!isDraft(state) && <ProgressBar counts={counts} />}
      <Text size="sm" c="dimmed" component="span">
        {facts.join(' · ')}
      </Text>
    </Link>
  )
}
