import { Auto } from '../../ui/src/direction.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import type { BusinessNumber, GroupInfo } from './control.ts'
import type { Does } from './phone-frame.tsx'

/** The chats of a phone: with the business, its groups, and invitations to others. */
export function ChatList(props: {
  number: string
  business: BusinessNumber
  /** Last text of the chat with the business, and its unread messages. */
  last: string
  unread: number
  does: Does
  onOpen: (group: string | null) => void
}) {
  const { t } = useWords()
  const { business, number } = props
  const groups = business.groups ?? []
  const mine = groups.filter((group) => group.participants.includes(number))
  const others = groups.filter((group) => !group.participants.includes(number))
  return (
    <div className="phone-list" role="list" aria-label={t('Chats')}>
      <div role="listitem">
        <button type="button" className="phone-row" onClick={() => props.onOpen(null)}>
          <span className="phone-avatar" aria-hidden>
            {business.verifiedName.slice(0, 1)}
          </span>
          <span className="phone-row-text">
            <strong dir="auto">{business.verifiedName}</strong>
            <small dir="auto">{props.last}</small>
          </span>
          {props.unread > 0 && <em className="phone-count">{props.unread}</em>}
        </button>
      </div>
      {mine.map((group) => (
        <div key={group.id} role="listitem">
          <button type="button" className="phone-row" onClick={() => props.onOpen(group.id)}>
            <GroupSign />
            <span className="phone-row-text">
              <strong dir="auto">{group.subject}</strong>
              <small>{t('{n} people', { n: group.participants.length })}</small>
            </span>
          </button>
        </div>
      ))}
      {others.map((group) => (
        <Invitation key={group.id} group={group} number={number} does={props.does} />
      ))}
      {groups.length === 0 && (
        <p className="phone-note">{t('No groups yet. The business makes them, on its phone.')}</p>
      )}
    </div>
  )
}

export const GroupSign = () => (
  <span className="phone-avatar" aria-hidden>
    <Icon name="group" size={20} />
  </span>
)

/** The invite link of a group that this person is not in. */
function Invitation({ group, number, does }: { group: GroupInfo; number: string; does: Does }) {
  const { t } = useWords()
  const hasAsked = group.requests.some((request) => request.phone === number)
  const joins = group.mode === 'auto_approve' ? t('Join') : t('Ask to join')
  return (
    <div className="phone-row" role="listitem">
      <GroupSign />
      <span className="phone-row-text">
        <strong dir="auto">{group.subject}</strong>
        <small>{hasAsked ? t('The business has not answered yet') : t('You have an invite link')}</small>
      </span>
      <button
        type="button"
        className="phone-pill"
        aria-label={`${hasAsked ? t('Take back') : joins}: ${group.subject}`}
        onClick={() => void does(hasAsked ? 'leaves' : 'joins', { group: group.id })}
      >
        <Auto>{hasAsked ? t('Take back') : joins}</Auto>
      </button>
    </div>
  )
}
