import { Menu } from '@mantine/core'
import { useWords } from '../../ui/src/i18n.tsx'
import type { BusinessNumber, Contact, GroupInfo } from './control.ts'
import type { Does } from './phone-frame.tsx'
import type { Question } from './phone-sheet.tsx'

type MenuProps = {
  number: string
  contact: Contact | undefined
  /** Of the open chat. Undefined in the list of chats. */
  business: BusinessNumber | undefined
  /** The open group. */
  group: GroupInfo | undefined
  does: Does
  onAsk: (question: Question) => void
  onMoved: (number: string) => void
  onLeft: () => void
  onMarkUnread: () => void
  /** Opens this phone on a real handset. */
  onHandset: () => void
  /** This is the handset: only what WhatsApp itself has. */
  isHandset: boolean | undefined
  onClose: () => void
}

/** Settings of a phone, and of its relation to the business of the open chat. */
export function PhoneMenu(props: MenuProps) {
  const { t } = useWords()
  const { business, does, group, isHandset } = props
  return (
    <Menu position="bottom-end" shadow="md" width={250}>
      <Menu.Target>
        <button type="button" className="phone-menu" aria-label={t('Menu')}>
          ⋮
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {business && !isHandset && <Menu.Item onClick={props.onMarkUnread}>{t('Mark as unread')}</Menu.Item>}
        {group?.participants.includes(props.number) && (
          <Menu.Item onClick={() => void does('leaves', { group: group.id }).then(props.onLeft)}>
            {t('Leave the group')}
          </Menu.Item>
        )}
        {business && <ToTheBusiness {...props} business={business} />}
        {!isHandset && (
          <>
            {business && <Menu.Divider />}
            <OfThePhone {...props} />
            <Menu.Divider />
            <Menu.Item onClick={props.onHandset}>{t('Open on a handset …')}</Menu.Item>
            <Menu.Item onClick={props.onClose}>{t('Remove phone')}</Menu.Item>
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  )
}

function ToTheBusiness({ contact, business, does }: MenuProps & { business: BusinessNumber }) {
  const { t } = useWords()
  const blocked = contact?.blocks.includes(business.id) ?? false
  const stopped = contact?.stopped.includes(business.id) ?? false
  return (
    <>
      <Menu.Item onClick={() => void does('blocks', { blocked: !blocked })}>
        {blocked ? t('Unblock the business') : t('Block the business')}
      </Menu.Item>
      {!blocked && <Menu.Item onClick={() => void does('reports')}>{t('Report and block')}</Menu.Item>}
      <Menu.Item onClick={() => void does('stopsMarketing', { stopped: !stopped })}>
        {stopped ? t('Accept offers again') : t('Stop offers')}
      </Menu.Item>
    </>
  )
}

function OfThePhone({ contact, business, does, onAsk, onMoved }: MenuProps) {
  const { t } = useWords()
  const windowIsOpen = business !== undefined && contact?.windows[business.id]
  const askUsername = (): void =>
    onAsk({
      title: t('Username'),
      label: t('Username'),
      button: t('Save'),
      start: contact?.username ?? '',
      onAnswer: (username) => void does('is', { username: username.replace(/^@/, '') }),
    })
  const askNumber = (): void =>
    onAsk({
      title: t('Change the number'),
      label: t('New number, with its country code'),
      button: t('Change the number'),
      onAnswer: (wanted) =>
        void does('changesNumber', { number: wanted }).then((answer) => {
          const moved = (answer as { number?: string } | undefined)?.number
          if (moved !== undefined) onMoved(moved)
        }),
    })
  return (
    <>
      <Menu.Item onClick={() => void (contact?.hidden ? does('is', { hidden: false }) : does('hides'))}>
        {contact?.hidden ? t('Show the number') : t('Hide the number')}
      </Menu.Item>
      <Menu.Item onClick={askUsername}>{t('Username …')}</Menu.Item>
      <Menu.Item onClick={askNumber}>{t('Change the number …')}</Menu.Item>
      <Menu.Divider />
      <Menu.Item onClick={() => void does(contact?.online === false ? 'comesOnline' : 'goesOffline')}>
        {contact?.online === false ? t('Go online') : t('Go offline')}
      </Menu.Item>
      <Menu.Item onClick={() => void does('is', { readReceipts: !contact?.readReceipts })}>
        {contact?.readReceipts === false ? t('Send read receipts') : t('Send no read receipts')}
      </Menu.Item>
      <Menu.Item onClick={() => void does('is', { onWhatsApp: contact?.onWhatsApp === false })}>
        {contact?.onWhatsApp === false ? t('Join WhatsApp') : t('Leave WhatsApp')}
      </Menu.Item>
      {business && (
        <Menu.Item onClick={() => void does('is', { window: !windowIsOpen })}>
          {windowIsOpen ? t('Close the 24-hour window') : t('Open the 24-hour window')}
        </Menu.Item>
      )}
    </>
  )
}
