import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import type { Acts } from './business-phone.tsx'
import { GroupSign } from './avatar.tsx'
import type { BusinessNumber, GroupInfo } from './control.ts'

/** Makes groups, and shows who is in them. People join by invite link, on their phones. */
export function BusinessGroups(props: { business: BusinessNumber; nameOf: (number: string) => string; acts: Acts }) {
  const { t } = useWords()
  const { business, acts } = props
  const [subject, setSubject] = useState('')
  const [asksFirst, setAsksFirst] = useState(false)
  const groups = business.groups ?? []
  return (
    <div className="phone-list">
      <form
        className="phone-ask"
        onSubmit={(event) => {
          event.preventDefault()
          if (subject.trim() === '') return
          const mode = asksFirst ? 'approval_required' : 'auto_approve'
          setSubject('')
          void acts('POST', '/groups', { numberId: business.id, subject: subject.trim(), mode })
        }}
      >
        <label>
          {t('New group')}
          <input
            dir="auto"
            value={subject}
            maxLength={128}
            placeholder={t('Subject')}
            onChange={(event) => setSubject(event.currentTarget.value)}
          />
        </label>
        <label className="phone-check">
          <input type="checkbox" checked={asksFirst} onChange={(event) => setAsksFirst(event.currentTarget.checked)} />
          {t('People ask before they join')}
        </label>
        <button type="submit" className="phone-choice" data-main disabled={subject.trim() === ''}>
          {t('Create')}
        </button>
      </form>
      {groups.length === 0 && <p className="phone-note">{t('No groups yet.')}</p>}
      {groups.map((group) => (
        <One key={group.id} group={group} nameOf={props.nameOf} acts={acts} />
      ))}
    </div>
  )
}

function One({ group, nameOf, acts }: { group: GroupInfo; nameOf: (number: string) => string; acts: Acts }) {
  const { t } = useWords()
  const act = (verb: string): void => void acts('POST', `/groups/${encodeURIComponent(group.id)}/${verb}`)
  return (
    <section className="phone-card" aria-label={group.subject}>
      <div className="phone-row">
        <GroupSign />
        <span className="phone-row-text">
          <strong dir="auto">{group.subject}</strong>
          <small dir="auto">
            {group.participants.length === 0 ? t('Nobody yet') : group.participants.map(nameOf).join(', ')}
          </small>
        </span>
        {group.suspended && <em className="phone-held">{t('suspended')}</em>}
      </div>
      {group.requests.map((request) => (
        <p key={request.id} className="phone-small">
          {t('{name} asks to join. Your software decides.', { name: nameOf(request.phone) })}
        </p>
      ))}
      <p className="phone-small" dir="ltr">
        https://chat.whatsapp.com/{group.invite}
      </p>
      <div className="phone-acts">
        <button type="button" className="phone-pill" onClick={() => act('reads')}>
          {t('Everybody reads')}
        </button>
        <button type="button" className="phone-pill" onClick={() => act(group.suspended ? 'resume' : 'suspend')}>
          {group.suspended ? t('End the suspension') : t('Suspend')}
        </button>
      </div>
    </section>
  )
}
