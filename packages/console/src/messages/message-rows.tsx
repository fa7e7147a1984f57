import { useVirtualizer } from '@tanstack/react-virtual'
import { memo, useEffect, useLayoutEffect, useMemo, useRef, useState } from 'react'
import { useMediaQuery } from '@mantine/hooks'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Message } from '../api.ts'
import { Status } from '../status.tsx'
import { excerptOf } from './excerpt.ts'
import { leaveList, leftAt } from './left-list.ts'

/** A list of any length that renders only its visible rows. */
export function MessageRows(props: { pages: Message[][]; hasMore: boolean; onEnd: () => void; search: string }) {
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

  return (
    <div
      className="rows"
      ref={box}
      onScroll={(event) => leaveList(search, event.currentTarget.scrollTop)}
      tabIndex={0}
      role="region"
      aria-label={t('Messages, newest first')}
    >
      <div role="list" style={{ height: rows.getTotalSize(), position: 'relative' }}>
        {items.map((item) => {
          const message = messages[item.index]!
          return (
            <div role="listitem" key={item.index % slots}>
              <Row message={message} top={item.start} time={times.format(message.created_at * 1000)} />
            </div>
          )
        })}
      </div>
    </div>
  )
}

const Row = memo(function Row({ message, top, time }: { message: Message; top: number; time: string }) {
  const { t } = useWords()
  return (
    <a className="row" href={`#/messages/${message.reference}`} style={{ top }}>
      <span className="row-time">{time}</span>
      <span className="row-way row-faint">{message.direction === 'inbound' ? t('← in') : t('→ out')}</span>
      <span className="row-who" dir="auto">
        {message.name ?? message.contact}
      </span>
      <span className="row-kind row-faint">{message.type}</span>
      <span className="row-text" dir="auto">
        {excerptOf(message.type, message.content)}
      </span>
      <span className="row-status">
        <Status value={message.status} />
      </span>
    </a>
  )
})
