import { Alert, Anchor, Button, Group, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useLocation } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { Empty, Failed, isGone, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { ConfirmChange } from './confirm-change.tsx'
import { DraftPage } from './draft-page.tsx'
import { FailedByCode } from './failed-by-code.tsx'
import { People } from './people.tsx'
import { ProgressBar, usePaceWords } from './progress.tsx'
import { placeOf, useBroadcast, useOnce } from './queries.ts'
import { reasonWord } from './reason-words.ts'
import { isDraft, type BroadcastDetail } from './types.ts'

/** One broadcast: how far it is, who did not get it and why, and what can be done. */
export function BroadcastPage({ channel, id }: { channel: Channel; id: string }) {
  const { t } = useWords()
  const broadcast = useBroadcast(channel.channel_id, id)
  if (broadcast.isPending) return <Waiting />
  if (isGone(broadcast.error))
    return (
      <Empty title={t('Broadcast not found')}>
        <Anchor component={Link} href="/broadcasts">
          {t('Broadcasts')}
        </Anchor>
      </Empty>
    )
  if (broadcast.isLoadingError) return <Failed error={broadcast.error} retry={() => void broadcast.refetch()} />
  if (isDraft(broadcast.data.state)) return <DraftPage channel={channel} draft={broadcast.data} />
  return <Running channel={channel} broadcast={broadcast.data} />
}

function Running({ channel, broadcast }: { channel: Channel; broadcast: BroadcastDetail }) {
  const { t, says } = useWords()
  const pace = usePaceWords()(broadcast)
  const { state, reason, counts, cost } = broadcast
  const price = cost ? `${cost.amount} ${cost.currency}` : undefined
  const isOver = state === 'done' || state === 'cancelled'
  return (
    <>
      <Anchor component={Link} href={`/broadcasts/${channel.channel_id}`} size="sm">
        ← {t('Broadcasts')}
      </Anchor>
      <PageHead title={broadcast.name ?? broadcast.id}>
        <Group gap="xs">
          <Controls channel={channel} broadcast={broadcast} />
        </Group>
      </PageHead>
      <section className="card" aria-label={t('Progress')}>
        <Group gap="sm" mb="xs">
          <Status value={state} />
          <Text size="sm" c="dimmed" role="status">
            {[
              ...pace,
              ...(price === undefined ? [] : [isOver ? t('cost {price}', { price }) : t('{price} so far', { price })]),
            ].join(' · ')}
          </Text>
        </Group>
        {reason && (
          <Alert color="red" variant="light" mb="sm" title={t('It has stopped by itself')}>
            {says(reason.message)}
          </Alert>
        )}
        <ProgressBar counts={counts} />
        <Figures broadcast={broadcast} />
      </section>
      {(counts.failed > 0 || counts.undelivered > 0) && <FailedByCode channel={channel} broadcast={broadcast} />}
      <People channel={channel} broadcast={broadcast} />
    </>
  )
}

function Figures({ broadcast: { counts } }: { broadcast: BroadcastDetail }) {
  const { t } = useWords()
  const times = useTimes()
  const figures: [string, number, string?][] = [
    [t('Recipients'), counts.total],
    [t('Sent'), counts.accepted, 'accepted'],
    [t('Delivered'), counts.delivered, 'delivered'],
    [t('Read'), counts.read, 'read'],
    [t('Answered'), counts.answered],
    [t('Failed'), counts.failed + counts.undelivered, 'lost'],
    ...(counts.unknown > 0 ? [[t('Not known'), counts.unknown, 'lost'] as [string, number, string]] : []),
    [t('Waiting'), counts.waiting],
    ...(counts.skipped > 0 ? [[t('Bad rows left out'), counts.skipped] as [string, number]] : []),
    ...(counts.duplicates > 0 ? [[t('Duplicates left out'), counts.duplicates] as [string, number]] : []),
  ]
  return (
    <dl className="figures-row">
      {figures.map(([name, count, layer]) => (
        <div key={name}>
          <dt>
            {layer !== undefined && <span className="swatch" data-layer={layer} aria-hidden />}
            {name}
          </dt>
          <dd>{times.number(count)}</dd>
        </div>
      ))}
    </dl>
  )
}

function Controls({ channel, broadcast }: { channel: Channel; broadcast: BroadcastDetail }) {
  const { t } = useWords()
  const times = useTimes()
  const { state, counts, file_id: fileId } = broadcast
  const n = times.number(counts.waiting)
  const known = { channel, broadcast }
  const isOpen = ['preparing', 'scheduled', 'running', 'paused', 'stopped'].includes(state)
  return (
    <>
      {(state === 'running' || state === 'scheduled') && (
        <ConfirmChange
          {...known}
          verb="pause"
          label={t('Pause')}
          question={t('{n} people have not got it. Nobody of them gets it until you go on.', { n })}
        />
      )}
      {(state === 'paused' || state === 'stopped') && (
        <ConfirmChange
          {...known}
          verb="resume"
          label={t('Go on')}
          question={t('{n} people who have not got it get it now.', { n })}
        />
      )}
      {isOpen && (
        <ConfirmChange
          {...known}
          verb="cancel"
          label={t('End it for good')}
          question={
            state === 'preparing' && fileId !== null
              ? t('Nobody gets it. This cannot be undone.')
              : t('{n} people who have not got it will never get it. This cannot be undone.', { n })
          }
        />
      )}
      <Button
        component="a"
        variant="default"
        size="sm"
        href={`${placeOf(channel.channel_id, broadcast.id)}/results.csv`}
        download
      >
        {t('Results as CSV')}
      </Button>
      <RetryFailed {...known} />
    </>
  )
}

type LeftOut = { reason: string; recipients: number }

/** Makes a draft of those who did not get it, and opens it: nothing is sent by this. */
function RetryFailed({ channel, broadcast }: { channel: Channel; broadcast: BroadcastDetail }) {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const { counts, state } = broadcast
  const lost = counts.failed + counts.undelivered
  const retry = useOnce(
    () =>
      api<{ id: string; left_out: LeftOut[] }>('POST', `${placeOf(channel.channel_id, broadcast.id)}/retry-failed`, {}),
    async ({ id, left_out: leftOut }) => {
      if (leftOut.length > 0) {
        const list = leftOut.map((one) => `${times.number(one.recipients)} × ${t(reasonWord(one.reason))}`).join(', ')
        notifications.show({ message: t('Left out, because they must not get it again: {list}', { list }) })
      }
      await queries.invalidateQueries({ queryKey: ['broadcasts', channel.channel_id] })
      navigate(`/broadcasts/${channel.channel_id}/${id}`)
    },
  )
  if (lost === 0 || !['done', 'stopped', 'paused', 'cancelled'].includes(state)) return null
  return (
    <>
      <Button size="sm" variant="default" loading={retry.isPending} onClick={() => retry.run(undefined)}>
        {t('Try the {n} failed ones again…', { n: times.number(lost) })}
      </Button>
      {retry.isError && (
        <Text size="sm" c="red" role="alert">
          {says(retry.error.message)}
        </Text>
      )}
    </>
  )
}
