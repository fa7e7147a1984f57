import { memo } from 'react'
import { Link } from 'wouter'
import { Auto, Ltr } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Ticks } from '../../../ui/src/ticks.tsx'
import type { Talk } from '../api.ts'
import { excerptOf } from '../messages/excerpt.ts'
import { useTimes } from '../time.ts'
import { Avatar } from './avatar.tsx'
import { initialsOf } from './initials.ts'
import { WindowMark } from './window-mark.tsx'

export const ROW_HEIGHT = 74

/** One conversation of the list: who, what was written last, whether it waits, and how long the window is open. */
export const InboxRow = memo(function InboxRow(props: {
  talk: Talk
  isChosen: boolean
  search: string
  /** The name of the channel, where the list has several. */
  channel: string | undefined
}) {
  const { talk, isChosen, search, channel } = props
  const { t } = useWords()
  const times = useTimes()
  const name = talk.name ?? talk.phone ?? talk.user_id ?? t('Group')
  const { last } = talk
  return (
    <Link
      className="talk-person"
      href={`/conversations/${talk.channel_id}/${talk.contact_id}${search}`}
      aria-current={isChosen ? 'true' : undefined}
      data-waits={talk.waiting_since !== null || undefined}
    >
      <Avatar name={name} seed={talk.contact_id} />
      <strong dir="auto">{name}</strong>
      <small className="talk-when">{last ? whenOf(last.created_at, times) : ''}</small>
      <small className="talk-last">
        {last ? (
          <>
            {last.direction === 'outbound' && (
              <>
                <Ticks status={last.status} />{' '}
              </>
            )}
            <Auto>{excerptOf(last.type, last.content) || t(last.type)}</Auto>
          </>
        ) : (
          <Ltr>{talk.phone ?? talk.user_id ?? talk.group_id}</Ltr>
        )}
      </small>
      <span className="talk-badges">
        {channel !== undefined && <small dir="auto">{channel}</small>}
        {talk.labels.slice(0, 2).map((label) => (
          <span key={label} className="label" dir="auto">
            {label}
          </span>
        ))}
        {talk.marketing?.state === 'stopped' && <span className="status">{t('opted out')}</span>}
        {talk.window.state === 'open' && talk.window.closes_at !== null && <WindowMark person={talk} brief />}
      </span>
      <span className="talk-count">
        {talk.assignee && (
          <span className="assignee" title={t('Assigned to {name}', { name: talk.assignee.name })}>
            {initialsOf(talk.assignee.name)}
          </span>
        )}
        {talk.unread > 0 ? (
          <span className="unread">
            <span aria-hidden>{talk.unread > 99 ? '99+' : talk.unread}</span>
            <span className="sr-only">{t('{n} unread', { n: talk.unread })}</span>
          </span>
        ) : (
          talk.waiting_since !== null && <span className="waits" role="img" aria-label={t('waits for an answer')} />
        )}
      </span>
    </Link>
  )
})

/** The time of today, the day of an earlier one. */
function whenOf(at: number, times: ReturnType<typeof useTimes>): string {
  const isToday = new Date(at * 1000).toDateString() === new Date().toDateString()
  return isToday ? times.clock(at) : times.day(at)
}
