import { Menu } from '@mantine/core'
import { useWords } from '../../ui/src/i18n.tsx'
import type { BusinessNumber, Contact, GroupInfo } from './control.ts'
import type { Does } from './phone-frame.tsx'
import type { Question } from './phone-sheet.tsx'

/** Settings of a phone, and of its relation to this business. Long: a menu is one list. */
export function PhoneMenu(props: {
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
  onClose: () => void
}) {
  const { t } = useWords()
  const { contact, business, does, group } = props
  const askUsername = (): void =>
    props.onAsk({
      title: t('Username'),
      label: t('Username'),
      button: t('Save'),
      start: contact?.username ?? '',
      onAnswer: (username) => void does('is', { username: username.replace(/^@/, '') }),
    })
  const askNumber = (): void =>
    props.onAsk({
      title: t('Change the number'),
      label: t('New number, with its country code'),
      button: t('Change the number'),
      onAnswer: (wanted) =>
        void does('changesNumber', { number: wanted }).then((answer) => {
          const moved = (answer as { number?: string } | undefined)?.number
          if (moved !== undefined) props.onMoved(moved)
        }),
    })
  const blocked = business !== undefined && contact?.blocks.includes(business.id)
  const stopped = business !== undefined && contact?.stopped.includes(business.id)
  const windowIsOpen = business !== undefined && contact?.windows[business.id]
  return (
    <Menu position="bottom-end" shadow="md" width={250}>
      <Menu.Target>
        <button type="button" className="phone-menu" aria-label={t('Menu')}>
          ⋮
        </button>
      </Menu.Target>
      <Menu.Dropdown>
        {business && <Menu.Item onClick={props.onMarkUnread}>{t('Mark as unread')}</Menu.Item>}
        {group?.participants.includes(props.number) && (
          <Menu.Item onClick={() => void does('leaves', { group: group.id }).then(props.onLeft)}>
            {t('Leave the group')}
          </Menu.Item>
        )}
        {business && <Menu.Divider />}
        <Menu.Item onClick={() => void (contact?.hidden ? does('is', { hidden: false }) : does('hides'))}>
          {contact?.hidden ? t('Show the number') : t('Hide the number')}
        </Menu.Item>
        <Menu.Item onClick={askUsername}>{t('Username …')}</Menu.Item>
        <Menu.Item onClick={askNumber}>{t('Change the number …')}</Menu.Item>
        <Menu.Divider />
        {business && (
          <>
            <Menu.Item onClick={() => void does('blocks', { blocked: !blocked })}>
              {blocked ? t('Unblock the business') : t('Block the business')}
            </Menu.Item>
            {!blocked && <Menu.Item onClick={() => void does('reports')}>{t('Report and block')}</Menu.Item>}
            <Menu.Item onClick={() => void does('stopsMarketing', { stopped: !stopped })}>
              {stopped ? t('Accept offers again') : t('Stop offers')}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
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
        <Menu.Divider />
        <Menu.Item onClick={props.onClose}>{t('Remove phone')}</Menu.Item>
      </Menu.Dropdown>
    </Menu>
  )
}
