import { Button, Group, Select, Table, Text, TextInput } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { Empty, Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'

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

const shown = (value: unknown): string => {
  const text = value === null ? '' : JSON.stringify(value)
  return text === '{}' ? '' : text
}

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
      <Group mb="md" align="flex-end">
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
        <Empty title={t('Nothing was recorded')} />
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
      <Table>
        <Table.Thead>
          <Table.Tr>
            {[t('Time'), t('Who'), t('What'), t('About'), t('Before'), t('After'), t('From')].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {entries.map((entry) => (
            <Table.Tr key={entry.id}>
              <Table.Td>{times.full(entry.at)}</Table.Td>
              <Table.Td>
                <Text size="sm" dir="auto">
                  {entry.actor.kind === 'unknown' ? t('somebody') : entry.actor.name}
                </Text>
                <Text size="xs" c="dimmed">
                  {entry.actor.role ?? (entry.actor.kind === 'key' ? t('API key') : t('not signed in'))}
                </Text>
              </Table.Td>
              <Table.Td className="mono">
                {entry.action}
                {entry.outcome !== 'ok' && <Text c="red">{entry.outcome}</Text>}
              </Table.Td>
              <Table.Td className="mono">{shown(entry.object)}</Table.Td>
              <Table.Td className="mono">{shown(entry.before)}</Table.Td>
              <Table.Td className="mono">{shown(entry.after)}</Table.Td>
              <Table.Td className="mono">{entry.address}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
