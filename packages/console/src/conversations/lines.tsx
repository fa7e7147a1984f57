import { Button } from '@mantine/core'
import { Fragment, type RefObject, useLayoutEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useStayAtEnd } from '../../../ui/src/stay-at-end.ts'
import type { Message } from '../api.ts'
import { MessageBubble } from '../messages/message-bubble.tsx'
import { useMe } from '../queries.ts'
import { Empty } from '../states.tsx'
import { useTimes } from '../time.ts'
import { LineTools } from './line-tools.tsx'
import { SenderOf } from './sent-by.tsx'
import { lineOf, type ThreadLine, wordsOf } from './thread-lines.ts'

/** The messages of a thread, with their days. */
export function Lines(props: {
  lines: readonly ThreadLine[]
  messages: readonly Message[]
  name: string
  at: string | undefined
  older: (() => void) | undefined
  newer: (() => void) | undefined
  newest: string
  isLoading: boolean
  onQuote: ((message: Message) => void) | undefined
  onSent: () => void
}) {
  const { lines, messages, name, at, older, newer, newest, isLoading, onQuote, onSent } = props
  const { t } = useWords()
  const times = useTimes()
  const me = useMe()
  const box = useRef<HTMLDivElement>(null)
  const inside = useRef<HTMLDivElement>(null)
  const target = at === undefined ? undefined : lineOf(lines, messages, at)
  const last = lines.at(-1)?.message
  useStayAtEnd(box, inside, last?.reference ?? '', {
    isOwn: last?.sent_by !== undefined && last.sent_by.id === me?.id,
    elsewhere: target !== undefined,
  })
  useShown(box, target)
  return (
    <div
      className="talk-messages"
      ref={box}
      tabIndex={0}
      role="log"
      aria-label={t('Conversation with {name}', { name })}
    >
      <div ref={inside}>
        {older && (
          <Button variant="subtle" fullWidth loading={isLoading} onClick={older}>
            {t('Earlier')}
          </Button>
        )}
        {lines.length === 0 && <Empty title={t('No messages yet')} />}
        {lines.map(({ message, quoted, reaction, day: isNewDay }) => (
          <Fragment key={message.reference}>
            {isNewDay && <div className="talk-day">{times.date(message.created_at)}</div>}
            <div data-reference={message.reference} data-found={message.reference === target || undefined}>
              <MessageBubble
                message={message}
                reaction={reaction}
                quote={quoted && { who: quoted.direction === 'outbound' ? t('You') : name, text: wordsOf(quoted) }}
                sender={<SenderOf message={message} />}
              >
                <LineTools message={message} onQuote={onQuote} onSent={onSent} />
              </MessageBubble>
            </div>
          </Fragment>
        ))}
        {newer && (
          <div className="talk-later">
            <Button variant="subtle" loading={isLoading} onClick={newer}>
              {t('Later')}
            </Button>
            <Button component={Link} href={newest} variant="light">
              {t('To the newest messages')}
            </Button>
          </div>
        )}
      </div>
    </div>
  )
}

/** Brings the message that was asked for into the middle, once. */
function useShown(box: RefObject<HTMLElement | null>, reference: string | undefined): void {
  const shown = useRef<string>(undefined)
  useLayoutEffect(() => {
    if (reference === undefined || shown.current === reference) return
    const line = box.current?.querySelector(`[data-reference="${reference}"]`)
    if (!line) return
    shown.current = reference
    line.scrollIntoView({ block: 'center' })
  })
}
