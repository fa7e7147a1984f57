import { notifications } from '@mantine/notifications'
import { useCallback, useState } from 'react'
import { auto, Ltr, ltr } from '../../ui/src/direction.tsx'
import { Icon, type IconName } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { SheetPlace } from '../../ui/src/list-sheet.tsx'
import { BusinessChat } from './business-chat.tsx'
import { BusinessGroups } from './business-groups.tsx'
import { BusinessAccount } from './business-account.tsx'
import { control, type BusinessNumber, type Contact, type VoiceCall } from './control.ts'
import { ownerMark } from './words.ts'

/** A control call of the business's phone. Failures are shown. */
export type Acts = (method: string, path: string, body?: Record<string, unknown>, withinMs?: number) => Promise<unknown>

type Props = {
  business: BusinessNumber
  numbers: BusinessNumber[]
  onBusiness: (id: string) => void
  contacts: Contact[]
  calls: VoiceCall[]
  nameOf: (number: string) => string
  now: () => number
  onTrace: (wamid: string) => void
  onClose: () => void
}

const word = (text: string): string => text
const TABS = [
  { id: 'chats', name: word('Chats'), icon: 'talk' },
  { id: 'groups', name: word('Groups'), icon: 'group' },
  { id: 'account', name: word('Account'), icon: 'shop' },
] as const satisfies { id: string; name: string; icon: IconName }[]
type Tab = (typeof TABS)[number]['id']

/**
 * The owner's phone, with the WhatsApp Business app: what the owner writes, who holds each chat, the groups, and how the
 * number stands. Long: the frame of a phone is one piece of markup.
 */
export function BusinessPhone(props: Props) {
  const { t, says } = useWords()
  const { business, contacts } = props
  const [screen, setScreen] = useState<HTMLElement | null>(null)
  const [tab, setTab] = useState<Tab>('chats')
  const [person, setPerson] = useState<string | null>(null)
  const acts = useCallback<Acts>(
    async (method, path, body = {}, withinMs) => {
      try {
        return await control(method, path, body, withinMs)
      } catch (error) {
        notifications.show({ color: 'red', message: says((error as Error).message) })
        return undefined
      }
    },
    [says],
  )
  const open = person === null ? undefined : contacts.find((one) => one.number === person)
  return (
    <section className="phone" data-business aria-label={t('Phone of the business')}>
      <div className="phone-owner">
        <span>
          {t('The business')}{' '}
          {props.numbers.length === 1 && (
            <small>
              <Ltr>+{business.number}</Ltr>
            </small>
          )}
        </span>
        {props.numbers.length > 1 && (
          <select
            className="phone-which"
            aria-label={t('Business number')}
            value={business.id}
            onChange={(event) => props.onBusiness(event.currentTarget.value)}
          >
            {props.numbers.map((one) => (
              <option key={one.id} value={one.id}>
                {auto(one.verifiedName)} {ltr(`+${one.number}`)}
              </option>
            ))}
          </select>
        )}
        <span className="phone-marks">
          {business.away ? <em>{t('disconnected')}</em> : !business.onBizApp && <em>{t('without the app')}</em>}
        </span>
      </div>
      <div className="phone-screen" ref={setScreen}>
        <SheetPlace value={screen}>
          {open && tab === 'chats' ? (
            <BusinessChat
              key={open.number}
              business={business}
              contact={open}
              calls={props.calls.filter((call) => call.phone === open.number)}
              acts={acts}
              now={props.now}
              onBack={() => setPerson(null)}
              onTrace={props.onTrace}
            />
          ) : (
            <>
              <header className="phone-head">
                <span className="phone-avatar" aria-hidden>
                  <Icon name="shop" size={20} />
                </span>
                <div className="phone-title">
                  <strong dir="auto">{business.verifiedName}</strong>
                  <span>{t('WhatsApp Business app')}</span>
                </div>
                <button
                  type="button"
                  className="phone-menu"
                  aria-label={t('Put the business’s phone away')}
                  onClick={props.onClose}
                >
                  ×
                </button>
              </header>
              {tab === 'chats' && <People business={business} contacts={contacts} onOpen={setPerson} />}
              {tab === 'groups' && <BusinessGroups business={business} nameOf={props.nameOf} acts={acts} />}
              {tab === 'account' && <BusinessAccount business={business} acts={acts} />}
            </>
          )}
        </SheetPlace>
        {!(open && tab === 'chats') && (
          <nav className="phone-tabs" aria-label={t('Parts of the app')}>
            {TABS.map(({ id, name, icon }) => (
              <button key={id} type="button" aria-current={tab === id ? 'page' : undefined} onClick={() => setTab(id)}>
                <Icon name={icon} size={20} />
                {t(name)}
              </button>
            ))}
          </nav>
        )}
      </div>
    </section>
  )
}

/** The chats of the business, the newest first, each with its holder. */
function People({
  business,
  contacts,
  onOpen,
}: {
  business: BusinessNumber
  contacts: Contact[]
  onOpen: (number: string) => void
}) {
  const { t } = useWords()
  const sorted = contacts.toSorted((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0)).slice(0, 100)
  return (
    <div className="phone-list" role="list" aria-label={t('Chats')}>
      {sorted.map((contact) => {
        const owner = contact.owners[business.id]
        return (
          <div key={contact.number} role="listitem">
            <button type="button" className="phone-row" onClick={() => onOpen(contact.number)}>
              <span className="phone-avatar" aria-hidden>
                {contact.name.slice(0, 1)}
              </span>
              <span className="phone-row-text">
                <strong dir="auto">{contact.name}</strong>
                <small dir="auto">{contact.last?.text ?? ''}</small>
              </span>
              {owner && owner.who !== 'app' && <em className="phone-held">{t(ownerMark(owner))}</em>}
            </button>
          </div>
        )
      })}
    </div>
  )
}
