import { Anchor, Badge, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Incident } from '../api.ts'
import { useTimes } from '../time.ts'

const COLOURS = { critical: 'red', warning: 'orange', info: 'gray' } as const
const LOOK_EVERY_MS = 5_000

/** What is wrong now. Nothing is shown while nothing is. */
export function Incidents() {
  const { t } = useWords()
  const { data: open = [] } = useQuery({
    queryKey: ['incidents'],
    queryFn: () => api<Incident[]>('GET', '/admin/incidents', undefined, { state: 'open', count: 100 }),
    refetchInterval: LOOK_EVERY_MS,
  })
  if (open.length === 0) return null
  return (
    <section className="card incidents" aria-label={t('Open incidents')}>
      <Title order={2} size="h4" mb="xs">
        {t('Open incidents')}
      </Title>
      <ul>
        {open.map((incident) => (
          <One key={incident.id} incident={incident} />
        ))}
      </ul>
    </section>
  )
}

function One({ incident }: { incident: Incident }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { severity, channel_id: channel, since, what, advice, links } = incident
  const severities = { critical: t('Critical'), warning: t('Warning'), info: t('Information') }
  return (
    <li data-severity={severity}>
      <div className="incident-head">
        <Badge color={COLOURS[severity]} variant="light">
          {severities[severity]}
        </Badge>
        {channel !== undefined && <Text size="sm">{t('Channel {id}', { id: channel })}</Text>}
        <Text size="sm" c="dimmed">
          {t('since {time}', { time: times.full(since) })}
        </Text>
      </div>
      <Text size="sm" fw={600}>
        {says(what)}
      </Text>
      <Text size="sm">{says(advice)}</Text>
      <div className="incident-head">
        {links.map(({ title, href }) => (
          <Anchor key={href} href={href} size="sm">
            {says(title)}
          </Anchor>
        ))}
      </div>
    </li>
  )
}
