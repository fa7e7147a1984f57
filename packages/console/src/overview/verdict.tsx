import { Button, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { Link } from 'wouter'
import { Auto } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel, Endpoint, Incident } from '../api.ts'
import { useAllEndpoints } from '../channels/endpoints.tsx'
import { useChannels } from '../queries.ts'
import { Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { countWords, placeOf, titleOf, toneOf, worstTone } from './incident-words.ts'
import { useIncidents } from './use-incidents.ts'

const FIRST = 3

/** "All is well", or what is not: the worst three, and the others on request. */
export function Verdict() {
  const { t } = useWords()
  const times = useTimes()
  const [all, setAll] = useState(false)
  const incidents = useIncidents()
  const channels = useChannels().data ?? []
  const open = incidents.data ?? []
  const failing = open.flatMap(({ endpoint_id, channel_id }) =>
    endpoint_id === undefined || channel_id === undefined ? [] : [channel_id],
  )
  const endpoints = useAllEndpoints([...new Set(failing)])
  if (incidents.isPending) return <Waiting lines={1} />
  if (incidents.isLoadingError) return <Failed error={incidents.error} retry={() => void incidents.refetch()} />
  const [worst] = open
  const shown = all ? open : open.slice(0, FIRST)
  return (
    <section className="card verdict" data-tone={worstTone(open)} aria-label={t('Open incidents')}>
      <div className="verdict-head">
        <span className="health-dot" aria-hidden />
        <Title order={2} size="h3">
          {worst === undefined
            ? t('All is well')
            : open.length === 1
              ? t(titleOf(worst))
              : t('{what}, and {n} more', { what: t(titleOf(worst)), n: open.length - 1 })}
        </Title>
        <Text size="xs" c="dimmed">
          {worst === undefined && t('No open incidents.')}{' '}
          {t('Looked at {time}.', { time: times.second(incidents.dataUpdatedAt / 1000) })}
        </Text>
      </div>
      {worst !== undefined && (
        <ul className="incidents">
          {shown.map((incident) => (
            <Row
              key={incident.id}
              incident={incident}
              channel={channels.find((one) => one.channel_id === incident.channel_id)}
              endpoint={endpoints.find((one) => one.endpoint_id === incident.endpoint_id)}
              again={() => void incidents.refetch()}
              isAsking={incidents.isFetching}
            />
          ))}
        </ul>
      )}
      {open.length > FIRST && (
        <Button size="compact-sm" variant="subtle" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t('Show the worst {n}', { n: FIRST }) : t('Show all {n}', { n: open.length })}
        </Button>
      )}
    </section>
  )
}

type RowProps = {
  incident: Incident
  channel: Channel | undefined
  endpoint: Endpoint | undefined
  again: () => void
  isAsking: boolean
}

function Row({ incident, channel, endpoint, again, isAsking }: RowProps) {
  const { t, says } = useWords()
  const times = useTimes()
  const { severity, since, count, what, advice } = incident
  const severities = { critical: t('Critical'), warning: t('Warning'), info: t('Information') }
  const counted = countWords(incident)
  const place = placeOf(incident)
  return (
    <li className="incident" data-tone={toneOf(incident)}>
      <div className="incident-words">
        <div className="incident-title">
          <span className="status" data-tone={toneOf(incident)}>
            {severities[severity]}
          </span>
          <strong>{t(titleOf(incident))}</strong>
          {channel && (
            <Text size="sm" c="dimmed" component="span">
              <Auto>{channel.name}</Auto>
              {endpoint && (
                <>
                  {' · '}
                  <Auto>{endpoint.name}</Auto>
                </>
              )}
            </Text>
          )}
        </div>
        <Text size="sm">{says(what)}</Text>
        <Text size="sm" c="dimmed">
          {says(advice)}
        </Text>
      </div>
      <dl className="incident-facts">
        <div>
          <dt>{t('Since')}</dt>
          <dd>{times.short(since)}</dd>
        </div>
        {counted !== undefined && (
          <div>
            <dt>{t('Count')}</dt>
            <dd>{t(counted, { n: times.number(count) })}</dd>
          </div>
        )}
        {typeof endpoint?.next_attempt_at === 'number' && (
          <div>
            <dt>{t('Next attempt')}</dt>
            <dd>{times.second(endpoint.next_attempt_at)}</dd>
          </div>
        )}
      </dl>
      {place ? (
        <Button component={Link} href={place.href} size="xs" variant={severity === 'critical' ? 'filled' : 'default'}>
          {t(place.label)}
        </Button>
      ) : (
        <Button size="xs" variant="default" loading={isAsking} onClick={again}>
          {t('Check again')}
        </Button>
      )}
    </li>
  )
}
