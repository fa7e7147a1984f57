import { VisuallyHidden } from '@mantine/core'
import { useEffect } from 'react'
import { useLocation, useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { filterIn, type InboxFilter, placeIn, searchOf } from './inbox-filter.ts'
import { InboxList } from './inbox-list.tsx'
import { Thread } from './thread.tsx'
import './inbox.css'

/** The inbox: the list, the thread, and the contact. */
export function Conversations({ channel, contact }: { channel?: string | undefined; contact?: string | undefined }) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  const [params] = useSearchParams()
  const channels = useChannels()
  const filter = filterIn(params, contact === undefined ? channel : undefined)
  const search = searchOf(filter)
  const place = placeIn(params)
  const here = contact === undefined ? '/conversations' : `/conversations/${channel}/${contact}`
  useEscape(() => leaveThread(contact, () => navigate(`/conversations${search}`)))
  if (channels.isPending) return <Waiting />
  if (channels.isLoadingError) return <Failed error={channels.error} retry={() => void channels.refetch()} />
  if (channels.data.length === 0) return <Empty title={t('No channels yet')} />

  return (
    <div className="talk" data-open={contact !== undefined || undefined}>
      <VisuallyHidden component="h1">{t('Conversations')}</VisuallyHidden>
      <InboxList
        filter={filter}
        channels={channels.data}
        chosen={contact === undefined ? undefined : `${channel} ${contact}`}
        change={(next: InboxFilter, options) => navigate(`${here}${searchOf(next, place)}`, options)}
      />
      <div className="talk-thread">
        {contact === undefined ? (
          <Empty title={t('Choose a conversation')}>
            {t('Who waits for an answer stands first.')}{' '}
            <span className="keys-only">{t('j and k walk the list, Enter opens, / searches, Esc comes back.')}</span>
          </Empty>
        ) : (
          <Thread
            key={`${channel} ${contact}`}
            channelId={Number(channel)}
            contactId={Number(contact)}
            back={`/conversations${search}`}
            at={place}
            newest={`${here}${search}`}
          />
        )}
      </div>
    </div>
  )
}

/** Esc goes from the composer to the list; where the thread hides the list, back to it. */
function leaveThread(contact: string | undefined, close: () => void): void {
  if (contact === undefined) return
  const row = document.querySelector<HTMLElement>('.talk-person[aria-current]')
  if (row?.checkVisibility({ visibilityProperty: true })) row.focus()
  else if (document.querySelector('.talk-list')?.checkVisibility({ visibilityProperty: true }))
    document.querySelector<HTMLElement>('.talk-rows')?.focus()
  else close()
}

function useEscape(act: () => void): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || event.defaultPrevented || event.isComposing) return
      // Closed lists of options stay on the page, hidden.
      const open = document.querySelectorAll('[role=dialog], [role=menu], [role=listbox]')
      if ([...open].some((one) => one.checkVisibility())) return
      act()
    }
    addEventListener('keydown', onKey)
    return () => removeEventListener('keydown', onKey)
  })
}
