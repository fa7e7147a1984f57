import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useMediaQuery } from '@mantine/hooks'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel, Message } from '../api.ts'
import { Status } from '../status.tsx'
import { excerptOf } from './excerpt.ts'
import { leaveList, leftAt } from './left-list.ts'
import { AT_FIRST, COLUMNS, type MessageColumn, WIDTHS } from './message-columns.ts'

/** A list of any length that renders only its visible rows. */
export function MessageRows(props: {
  pages: Message[][]
  hasMore: boolean
  onEnd: () => void
  search: string
  columns: readonly MessageColumn[]
  channels: readonly Channel[]
}) {
  const { t, locale } = useWords()
  const box = useRef<HTMLDivElement>(null)
  const narrow = useMediaQuery('(max-width: 800px)') ?? false
  const { search } = props
  // Back from a message shows the rows that were shown.
  useLayoutEffect(() => {
    if (box.current) box.current.scrollTop = leftAt(search)
  }, [search])
  const messages = useMemo(() => props.pages.flat(), [props.pages])
  const times = useMemo(
    () =>
      new Intl.DateTimeFormat(locale, {
        month: 'short',
        day: 'numeric',
        hour: '2-digit',
        minute: '2-digit',
        second: '2-digit',
      }),
    [locale],
  )
  const rows = useVirtualizer({
    count: messages.length,
    getScrollElement: () => box.current,
    estimateSize: () => (narrow ? 62 : 44),
    getItemKey: (i) => messages[i]!.reference,
    overscan: 8,
    initialOffset: () => leftAt(search),
  })
  useEffect(() => rows.measure(), [rows, narrow])

  const items = rows.getVirtualItems()
  // Rows that scroll out are used again at the other end: changing their text costs less than making new elements.
  const [slots, setSlots] = useState(48)
  if (items.length > slots) setSlots(items.length + 8)
  const lastShown = items.at(-1)?.index ?? 0
  const { hasMore, onEnd } = props
  useEffect(() => {
    // Fetches the next page early, so that scrolling does not wait for the network.
    if (hasMore && lastShown > messages.length - 150) onEnd()
  }, [hasMore, onEnd, lastShown, messages.length])

  const names = useMemo(
    () => new Map(props.channels.map(({ channel_id, name }) => [channel_id, name])),
    [props.channels],
  )
  // On a phone a row is a card, which has its own choice.
  const columns = narrow ? AT_FIRST : props.columns

  return (
    <div
      className="rows"
      ref={box}
      onScroll={(event) => leaveList(search, event.currentTarget.scrollTop)}
      tabIndex={0}
      role="region"
      aria-label={t('Messages, newest first')}
    >
      {!narrow && (
        <div className="rows-head" style={{ gridTemplateColumns: tracksOf(columns) }} aria-hidden>
          {COLUMNS.filter(({ key }) => columns.includes(key)).map(({ key, label }) => (
            <span key={key}>{t(label)}</span>
          ))}
        </div>
      )}
      <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const message = messages[item.index]!
          return (
            <div role="listitem" key={item.index % slots}>
              <Row
                message={message}
                top={item.start}
                time={times.format(message.created_at * 1000)}
                channel={names.get(message.channel_id)}
                columns={columns}
                isCard={narrow}
              />
            </div>
          )
        })}
      </div>
    </div>
  )
}

const tracksOf = (columns: readonly MessageColumn[]): string => columns.map((key) => WIDTHS[key]).join(' ')

const Row = memo(function Row(props: {
  message: Message
  top: number
  time: string
  channel: string | undefined
  columns: readonly MessageColumn[]
  isCard: boolean
}) {
  const { t } = useWords()
  const { message, top, time, columns } = props
  return (
    <a
      className="row"
      href={`#/messages/${message.reference}`}
      style={props.isCard ? { top } : { top, gridTemplateColumns: tracksOf(columns) }}
    >
      {columns.includes('time') && <span className="row-time">{time}</span>}
      {columns.includes('direction') && (
        <span className="row-way row-faint">{message.direction === 'inbound' ? t('← in') : t('→ out')}</span>
      )}
      {columns.includes('channel') && <span dir="auto">{props.channel ?? message.channel_id}</span>}
      {columns.includes('contact') && (
        <span className="row-who" dir="auto">
          {message.name ?? message.contact}
        </span>
      )}
      {columns.includes('type') && <span className="row-kind row-faint">{message.type}</span>}
      {columns.includes('text') && (
        <span className="row-text" dir="auto">
          {excerptOf(message.type, message.content)}
        </span>
      )}
      {columns.includes('code') && <span className="mono">{message.error?.code ?? ''}</span>}
      {columns.includes('status') && (
        <span className="row-status">
          <Status value={message.status} />
        </span>
      )}
      {columns.includes('reference') && <span className="mono row-faint">{message.reference}</span>}
    </a>
  )
})
