import { Anchor, Button, Group, Select, Table, Text, Title } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Link, useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { placeOf } from './queries.ts'
import { reasonWord } from './reason-words.ts'
import { isMoving, type BroadcastDetail, type Recipient } from './types.ts'

const PAGE = 50
const word = (text: string): string => text

/** What the list can show, and how the API is asked for it. */
const SHOWN: Record<string, { name: string; query: Record<string, string> }> = {
  all: { name: word('Everybody'), query: {} },
  failed: { name: word('Not sent'), query: { state: 'failed' } },
  undelivered: { name: word('Sent, and not delivered'), query: { status: 'failed' } },
  unknown: { name: word('Not known'), query: { state: 'unknown' } },
  sent: { name: word('Sent, and not yet delivered'), query: { status: 'sent' } },
  delivered: { name: word('Delivered, and not read'), query: { status: 'delivered' } },
  read: { name: word('Read'), query: { status: 'read' } },
  waiting: { name: word('Waiting'), query: { state: 'waiting' } },
}

/** A page of people after another, of one result. */
function usePeople(channelId: number, { id, state }: BroadcastDetail, show: string) {
  return useInfiniteQuery({
    queryKey: ['broadcast-people', channelId, id, show, state],
    initialPageParam: undefined as number | undefined,
    queryFn: ({ pageParam }) =>
      api<Recipient[]>('GET', `${placeOf(channelId, id)}/recipients`, undefined, {
        ...SHOWN[show]!.query,
        last_n: pageParam,
        count: PAGE,
      }),
    getNextPageParam: (last) => (last.length < PAGE ? undefined : last.at(-1)?.n),
    // Whoever reads far down keeps the place.
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 0) > 1 ? false : isMoving(state) ? 2_000 : 10_000),
    // Other people are never shown under the name of these.
    placeholderData: (before, query) => (query?.queryKey[3] === show ? before : undefined),
  })
}

/** The people of a broadcast by their result, in the order of the list. */
export function People({ channel, broadcast }: { channel: Channel; broadcast: BroadcastDetail }) {
  const { t } = useWords()
  const times = useTimes()
  const [params, setParams] = useSearchParams()
  const asked = params.get('show')
  const show = asked !== null && asked in SHOWN ? asked : 'all'
  const section = useRef<HTMLElement>(null)
  // A number in the table of failures leads here.
  useEffect(() => {
    if (asked !== null) section.current?.scrollIntoView({ block: 'start' })
  }, [asked])
  const people = usePeople(channel.channel_id, broadcast, show)
  const rows = people.data?.pages.flat() ?? []
  return (
    <section className="card spaced" aria-labelledby="people" ref={section}>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="people">
          {t('Recipients')}
        </Title>
        <Select
          aria-label={t('Which people')}
          data={Object.entries(SHOWN).map(([value, { name }]) => ({ value, label: t(name) }))}
          value={show}
          onChange={(value) => setParams(value === null || value === 'all' ? {} : { show: value }, { replace: true })}
          allowDeselect={false}
          w={230}
        />
      </Group>
      {people.isPending ? (
        <Waiting />
      ) : people.isLoadingError ? (
        <Failed error={people.error} retry={() => void people.refetch()} />
      ) : rows.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('Nobody.')}
        </Text>
      ) : (
        <>
          <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Recipients')}>
            <Table verticalSpacing={6} className="stacked">
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t('Number')}</Table.Th>
                  <Table.Th>{t('Result')}</Table.Th>
                  <Table.Th>{t('Why')}</Table.Th>
                  <Table.Th>{t('When')}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {rows.map((one) => (
                  <Row key={one.n} person={one} time={one.at === null ? '' : times.row(one.at)} />
                ))}
              </Table.Tbody>
            </Table>
          </div>
          {people.hasNextPage && (
            <Button
              mt="sm"
              size="compact-sm"
              variant="default"
              loading={people.isFetchingNextPage}
              onClick={() => void people.fetchNextPage()}
            >
              {t('Show more')}
            </Button>
          )}
        </>
      )}
    </section>
  )
}

function Row({ person, time }: { person: Recipient; time: string }) {
  const { t, says } = useWords()
  const { recipient, state, status, reference, error, answered_at: answeredAt } = person
  const shown = state === 'accepted' ? (status ?? state) : state
  return (
    <Table.Tr>
      <Table.Td className="mono" dir="ltr">
        {reference === null ? (
          recipient
        ) : (
          <Anchor component={Link} href={`/messages/${reference}`} size="sm">
            {recipient}
          </Anchor>
        )}
      </Table.Td>
      <Table.Td data-label={t('Result')}>
        <Status value={shown} />
        {answeredAt !== null && <Text size="xs">{t('answered')}</Text>}
      </Table.Td>
      <Table.Td className="recipient-why">
        {error && (
          <>
            <strong>
              {t(reasonWord(error.reason))}
              {error.code !== undefined && ` (${error.code})`}
            </strong>
            <div>{says(error.message)}</div>
          </>
        )}
      </Table.Td>
      <Table.Td data-label={t('When')}>{time}</Table.Td>
    </Table.Tr>
  )
}
