import { Button, Table, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Auto } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Incident } from '../api.ts'
import { titleOf, toneOf } from '../overview/incident-words.ts'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { useSeverities } from './alarm-row.ts'

const PER_PAGE = 20

/** What was wrong, and for how long; those that ended last come first. */
export function PastIncidents() {
  const { t, says } = useWords()
  const times = useTimes()
  const severities = useSeverities()
  const channels = useChannels().data ?? []
  const pages = useInfiniteQuery({
    queryKey: ['incidents', 'closed'],
    queryFn: ({ pageParam }) =>
      api<Incident[]>('GET', '/admin/incidents', undefined, { state: 'closed', count: PER_PAGE, last_id: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length < PER_PAGE ? undefined : last.at(-1)!.id),
  })
  if (pages.isPending) return <Waiting />
  if (pages.isLoadingError) return <Failed error={pages.error} retry={() => void pages.refetch()} />
  const past = pages.data.pages.flat()
  if (past.length === 0) return <Empty title={t('No incidents yet')} />
  return (
    <>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Incidents that are over')}>
        <Table className="stacked" verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              {[t('Severity'), t('What'), t('Channel'), t('From'), t('Until'), t('Lasted')].map((head) => (
                <Table.Th key={head}>{head}</Table.Th>
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {past.map((incident) => (
              <Table.Tr key={incident.id}>
                <Table.Td>
                  <span className="status" data-tone={toneOf(incident)}>
                    {severities[incident.severity]}
                  </span>
                </Table.Td>
                <Table.Td className="user-name">
                  {t(titleOf(incident))}
                  <Text size="xs" c="dimmed">
                    {says(incident.what)}
                  </Text>
                </Table.Td>
                <Table.Td data-label={t('Channel')}>
                  <Auto>{channels.find((one) => one.channel_id === incident.channel_id)?.name ?? ''}</Auto>
                </Table.Td>
                <Table.Td data-label={t('From')}>{times.short(incident.since)}</Table.Td>
                <Table.Td data-label={t('Until')}>
                  {incident.until !== undefined && times.short(incident.until)}
                </Table.Td>
                <Table.Td data-label={t('Lasted')}>
                  {incident.until !== undefined && times.span(incident.until - incident.since)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {pages.hasNextPage && (
        <Button variant="default" mt="md" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
    </>
  )
}
