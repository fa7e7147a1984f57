import { Button, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { Empty, Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { changesOf, shown } from './changes.ts'

type Entry = {
  id: string
  at: number
  actor: { kind: string; id: string; name: string; role: string | null }
  action: string
  kind: 'change' | 'read' | 'sign_in'
  object: Record<string, unknown>
  address: string
  outcome: string
  before: unknown
  after: unknown
}

const PER_PAGE = 50

/** Who did what. */
export function Audit() {
  const { t } = useWords()
  const [kind, setKind] = useState<string | null>(null)
  const [actor, setActor] = useState('')
  const filter = { kind: kind ?? undefined, actor: actor.trim() }
  const pages = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam }) =>
      api<Entry[]>('GET', '/admin/audit', undefined, { ...filter, count: PER_PAGE, last_id: pageParam }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (last) => (last.length < PER_PAGE ? undefined : last.at(-1)!.id),
  })
  const entries = pages.data?.pages.flat() ?? []
  return (
    <>
      <PageHead title={t('Audit')}>
        <Group gap="xs">
          {(['jsonl', 'csv'] as const).map((format) => (
            <Button key={format} component="a" variant="default" href={`/admin/audit/export?format=${format}`} download>
              {t('Export as {format}', { format: format.toUpperCase() })}
            </Button>
          ))}
        </Group>
      </PageHead>
      <Group mb="md" align="flex-end" className="fields">
        <Select
          label={t('What')}
          placeholder={t('All')}
          data={[
            { value: 'change', label: t('Changes') },
            { value: 'read', label: t('Reads of conversations') },
            { value: 'sign_in', label: t('Sign-ins') },
          ]}
          value={kind}
          onChange={setKind}
          clearable
        />
        <TextInput
          label={t('Id of the user or key')}
          value={actor}
          onChange={(event) => setActor(event.currentTarget.value)}
        />
      </Group>
      {pages.isPending ? (
        <Waiting />
      ) : pages.isLoadingError ? (
        <Failed error={pages.error} retry={() => void pages.refetch()} />
      ) : entries.length === 0 ? (
        <Empty title={t('Nothing was recorded')}>{t('Clear a filter, or look at everybody.')}</Empty>
      ) : (
        <Entries entries={entries} />
      )}
      {pages.hasNextPage && (
        <Button variant="default" mt="md" loading={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {t('Show more')}
        </Button>
      )}
    </>
  )
}

function Entries({ entries }: { entries: Entry[] }) {
  const { t } = useWords()
  const times = useTimes()
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Audit log, newest first')}>
      <Table className="stacked audit" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[t('Time'), t('Who'), t('What'), t('About'), t('From')].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.id}>
              <Table.Td className="row-time" title={times.full(entry.at)}>
                {times.row(entry.at)}
              </Table.Td>
              <Table.Td data-label={t('Who')}>
                <div>
                  <span dir="auto">{entry.actor.kind === 'unknown' ? t('somebody') : entry.actor.name}</span>
                  <Text size="xs" c="dimmed">
                    {entry.actor.role ?? (entry.actor.kind === 'key' ? t('API key') : t('not signed in'))}
                  </Text>
                </div>
              </Table.Td>
              <Table.Td data-label={t('What')}>
                <span className="mono">{entry.action}</span>
                {entry.outcome !== 'ok' && <Status value="failed" word={entry.outcome} />}
              </Table.Td>
              <Table.Td className="audit-about">
                <About entry={entry} />
              </Table.Td>
              <Table.Td className="mono" data-label={t('From')}>
                {entry.address}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

/** The object by its keys, and what a change made of each value. */
function About({ entry }: { entry: Entry }) {
  const facts = Object.entries(entry.object).map(([name, value]) => ({ name, value: shown(value) }))
  return [...facts, ...changesOf(entry.before, entry.after)].map(({ name, value }) => (
    <span key={`${name} ${value}`} className="audit-fact" dir="auto">
      <span>{name}</span> {value}
    </span>
  ))
}
