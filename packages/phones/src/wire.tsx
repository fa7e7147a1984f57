import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo, useRef, useState } from 'react'
import { auto } from '../../ui/src/direction.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { useStayAtEnd } from '../../ui/src/stay-at-end.ts'
import { control, type Callbacks, type Received, type SentWebhook } from './control.ts'
import { filterLines, linesOf, messagesIn, type WireFilter, type WireLine, type Wired } from './wire-lines.ts'
import { Line } from './wire-line.tsx'

/** For a message with more answers than this, only the callbacks of the first ones are shown. */
const MOST_TRACED = 12
/** Clocks that differ by less are the same. */
const SAME_CLOCK_MS = 2_000
const CALLBACKS_WITHIN_MS = 20_000

const word = (text: string): string => text
const KINDS: readonly (readonly [WireLine['kind'], string])[] = [
  ['call', word('Calls')],
  ['webhook', word('Webhooks')],
  ['callback', word('Callbacks')],
]
const ALL: WireFilter = {
  words: '',
  kinds: new Set(['call', 'webhook', 'callback']),
  onlyFailed: false,
  phone: '',
  since: 0,
}

type WireProps = {
  /** Only this message. */
  about?: string | undefined
  phones: readonly string[]
  nameOf: (number: string) => string
  now: () => number
  onAbout: (about: string | undefined) => void
}

/** The traffic of all messages, or of one: calls, webhooks and callbacks, each with its answer, as they happen. */
export function Wire({ about, phones, nameOf, now, onAbout }: WireProps) {
  const { t, says } = useWords()
  const [filter, setFilter] = useState(ALL)
  const wire = useQuery({
    queryKey: ['wire', about],
    queryFn: () => look(about, now),
    // The sandbox's stream has no events about the gateway's callbacks.
    refetchInterval: ({ state: { data } }) => (data && isMoving(data, now()) ? 2_000 : false),
  })
  const lines = useMemo(() => (wire.data ? linesOf(wire.data) : []), [wire.data])
  const shown = useMemo(() => filterLines(lines, filter), [lines, filter])
  return (
    <>
      <Filter
        filter={filter}
        phones={phones}
        nameOf={nameOf}
        onChange={setFilter}
        onClear={() => setFilter({ ...filter, since: lines.at(-1)?.at ?? 0 })}
      />
      {about !== undefined && (
        <div className="wire-about">
          <span>
            {t('Only one message')} <code dir="ltr">{about}</code>
          </span>
          <Button size="compact-xs" variant="default" onClick={() => onAbout(undefined)}>
            {t('Show everything')}
          </Button>
        </div>
      )}
      {wire.isLoadingError && (
        <Text c="red" role="alert" p="sm">
          {says(wire.error.message)}
        </Text>
      )}
      <Lines
        lines={shown}
        empty={wire.isPending ? t('Loading') : lines.length > 0 ? t('No matches') : t('No calls or webhooks yet.')}
        nameOf={nameOf}
        consoleUrl={wire.data?.console}
        onAbout={onAbout}
      />
    </>
  )
}

function Lines(props: {
  lines: readonly WireLine[]
  empty: string
  nameOf: (number: string) => string
  consoleUrl: string | undefined
  onAbout: (about: string) => void
}) {
  const { t } = useWords()
  const { lines } = props
  const box = useRef<HTMLDivElement>(null)
  const inside = useRef<HTMLOListElement>(null)
  useStayAtEnd(box, inside, lines.at(-1)?.key ?? '')
  return (
    <div className="wire-box" ref={box} tabIndex={0} role="region" aria-label={t('Over the wire')}>
      {lines.length === 0 && <p className="wire-empty">{props.empty}</p>}
      <ol className="wire" ref={inside}>
        {lines.map((line, i) => (
          <Line key={line.key} {...props} line={line} gapMs={gapBetween(lines[i - 1], line)} />
        ))}
      </ol>
    </div>
  )
}

/** From the beginning of one line to that of the next. */
function gapBetween(before: WireLine | undefined, line: WireLine): number | undefined {
  if (before?.at === undefined || line.at === undefined) return undefined
  return Math.max(0, line.at - before.at)
}

function Filter(props: {
  filter: WireFilter
  phones: readonly string[]
  nameOf: (number: string) => string
  onChange: (filter: WireFilter) => void
  onClear: () => void
}) {
  const { t } = useWords()
  const { filter, onChange } = props
  const toggle = (kind: WireLine['kind']): void => {
    const kinds = new Set(filter.kinds)
    if (!kinds.delete(kind)) kinds.add(kind)
    onChange({ ...filter, kinds })
  }
  return (
    <div className="wire-filter">
      <input
        type="search"
        className="wire-search"
        dir="auto"
        aria-label={t('Search the wire')}
        placeholder={t('Search: text, number, id, code …')}
        value={filter.words}
        onChange={(event) => onChange({ ...filter, words: event.currentTarget.value })}
      />
      <select
        className="wire-phone"
        aria-label={t('Phone')}
        value={filter.phone}
        onChange={(event) => onChange({ ...filter, phone: event.currentTarget.value })}
      >
        <option value="">{t('All phones')}</option>
        {props.phones.map((number) => (
          <option key={number} value={number}>
            {auto(props.nameOf(number))}
          </option>
        ))}
      </select>
      <div className="wire-chips">
        {KINDS.map(([kind, name]) => (
          <button
            key={kind}
            type="button"
            className="chip"
            data-kind={kind}
            aria-pressed={filter.kinds.has(kind)}
            onClick={() => toggle(kind)}
          >
            {t(name)}
          </button>
        ))}
        <button
          type="button"
          className="chip"
          aria-pressed={filter.onlyFailed}
          onClick={() => onChange({ ...filter, onlyFailed: !filter.onlyFailed })}
        >
          {t('Failures only')}
        </button>
        <button type="button" className="chip" data-act onClick={props.onClear}>
          {t('Clear')}
        </button>
      </div>
    </div>
  )
}

/** A callback may still come, or be tried again. */
const isMoving = ({ webhooks, callbacks }: Wired, now: number): boolean =>
  now - (webhooks.at(-1)?.at ?? 0) < CALLBACKS_WITHIN_MS || callbacks.some((one) => one.state === 'pending')

type Looked = Wired & { console: string | undefined }

async function look(about: string | undefined, now: () => number): Promise<Looked> {
  const query = about === undefined ? '?count=60' : `?about=${encodeURIComponent(about)}`
  const [calls, webhooks, newest] = await Promise.all([
    control<{ data: Received[] }>('GET', `/received${query}`),
    control<{ data: SentWebhook[] }>('GET', `/webhooks${query}`),
    about === undefined ? callbacksOf('/callbacks') : null,
  ])
  // Taps, quotes and reactions are messages of their own. Their callbacks are shown too.
  const ids = about === undefined ? [] : [...new Set([about, ...messagesIn(webhooks.data)])].slice(0, MOST_TRACED)
  const traces = await Promise.all(ids.map((id) => callbacksOf(`/trace/${encodeURIComponent(id)}`)))
  const told = [newest, ...traces].filter((one) => one !== null)
  const ahead = told[0] ? now() - told[0].now : 0
  const callbacks = new Map(told.flatMap((one) => one.deliveries).map((one) => [`${one.id} ${one.url}`, one]))
  return {
    calls: calls.data,
    webhooks: webhooks.data,
    callbacks: [...callbacks.values()].filter((one) => one.state !== 'none'),
    ahead: Math.abs(ahead) < SAME_CLOCK_MS ? 0 : ahead,
    console: told[0]?.console ?? undefined,
  }
}

async function callbacksOf(path: string): Promise<Callbacks> {
  try {
    return (await control<{ data: Callbacks }>('GET', path)).data
  } catch {
    // A sandbox that runs alone has no gateway.
    return null
  }
}
