import { ActionIcon, Anchor, Button } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { part } from '../../../ui/src/part.tsx'
import { api, type Message, type WholePerson } from '../api.ts'
import { mayAnswer, useMe, usePerson } from '../queries.ts'
import { Failed, isGone, Waiting } from '../states.tsx'
import { useAction } from '../use-action.ts'
import { Avatar } from './avatar.tsx'
import { MarketingMark } from './marketing-mark.tsx'
import { OwnerMark } from './owner-mark.tsx'
import { Reply } from './reply.tsx'
import { linesOf, wordsOf } from './thread-lines.ts'
import { Lines } from './lines.tsx'
import { useThread } from './use-thread.ts'
import { WindowMark } from './window-mark.tsx'
import { Sign } from './sign.tsx'

const ContactPanel = part(async () => (await import('./contact-panel.tsx')).ContactPanel)

export function Thread(props: {
  channelId: number
  contactId: number
  back: string
  /** The message to show. Missing: the newest one. */
  at: string | undefined
  /** The address of the thread with its newest messages. */
  newest: string
}) {
  const { channelId, contactId, back, at, newest } = props
  const { t } = useWords()
  const me = useMe()
  const person = usePerson(channelId, contactId)
  const messages = useThread(channelId, contactId, at)
  const { all } = messages
  const lines = useMemo(() => linesOf(all), [all])
  const [quoted, setQuoted] = useState<Message>()
  // Where there is room the contact stands beside the thread.
  const isWide = useMediaQuery('(min-width: 1280px)') ?? false
  const [isPanelOpen, setPanelOpen] = useState(false)
  useSeen(person.data, all, mayAnswer(me) && !messages.hasPreviousPage)
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const onSent = useCallback(() => {
    setQuoted(undefined)
    // Where older messages are shown, the sent one is not among them.
    if (at !== undefined) navigate(newest, { replace: true })
    void queries.invalidateQueries({ queryKey: ['thread', channelId, contactId] })
  }, [at, newest, channelId, contactId, navigate, queries])

  if (person.isPending || messages.isPending) return <Waiting />
  if (person.isLoadingError || isGone(person.error))
    return <Failed error={person.error} retry={() => void person.refetch()} />
  if (messages.isLoadingError) return <Failed error={messages.error} retry={() => void messages.refetch()} />
  const name = person.data.name ?? person.data.phone ?? person.data.user_id ?? t('Group')

  return (
    <>
      <div className="talk-main">
        <Head
          person={person.data}
          name={name}
          back={back}
          isPanelShown={isWide || isPanelOpen}
          onPanel={isWide ? undefined : () => setPanelOpen(!isPanelOpen)}
        />
        <Lines
          key={at ?? ''}
          lines={lines}
          messages={all}
          name={name}
          at={at}
          older={messages.hasNextPage ? () => void messages.fetchNextPage() : undefined}
          newer={messages.hasPreviousPage ? () => void messages.fetchPreviousPage() : undefined}
          isLoading={messages.isFetchingNextPage || messages.isFetchingPreviousPage}
          newest={newest}
          onQuote={mayAnswer(me) ? setQuoted : undefined}
          onSent={onSent}
        />
        {mayAnswer(me) && (
          <Reply
            person={person.data}
            quoted={quoted}
            quotedOf={quoted && { who: quoted.direction === 'outbound' ? t('You') : name, text: wordsOf(quoted) }}
            onUnquote={() => setQuoted(undefined)}
            onSent={onSent}
          />
        )}
      </div>
      {(isWide || isPanelOpen) && (
        <ContactPanel person={person.data} messages={all} onClose={isWide ? undefined : () => setPanelOpen(false)} />
      )}
    </>
  )
}

/** Notes that a user has the newest message of the contact before them. */
function useSeen(person: WholePerson | undefined, messages: readonly Message[], may: boolean): void {
  const queries = useQueryClient()
  const newest = messages.findLast((one) => one.direction === 'inbound')?.reference
  const unread = person?.unread ?? 0
  const place = person && `/admin/conversations/${person.channel_id}/${person.contact_id}/seen`
  const told = useRef('')
  useEffect(() => {
    if (!may || unread === 0 || newest === undefined || place === undefined) return
    const tell = (): void => {
      if (document.visibilityState !== 'visible' || told.current === newest) return
      told.current = newest
      void api('POST', place, { reference: newest }).then(
        () => queries.invalidateQueries({ queryKey: ['conversations'] }),
        () => (told.current = ''),
      )
    }
    tell()
    document.addEventListener('visibilitychange', tell)
    return () => document.removeEventListener('visibilitychange', tell)
  }, [may, unread, newest, place, queries])
}

function Head(props: {
  person: WholePerson
  name: string
  back: string
  isPanelShown: boolean
  onPanel: (() => void) | undefined
}) {
  const { person, name, back, isPanelShown, onPanel } = props
  const { t } = useWords()
  const me = useMe()
  const queries = useQueryClient()
  const done = useAction({
    mutationFn: () => api('POST', `/admin/conversations/${person.channel_id}/${person.contact_id}/done`),
    onSuccess: () =>
      Promise.all(['person', 'conversations'].map((name) => queries.invalidateQueries({ queryKey: [name] }))),
  })
  return (
    <div className="talk-head">
      <Anchor component={Link} href={back} className="talk-back" aria-label={t('Back to the list')}>
        <Icon name="back" size={22} />
      </Anchor>
      <Avatar name={name} seed={person.contact_id} size={36} />
      <div className="talk-name">
        <strong dir="auto">{name}</strong>
        <bdi className="row-faint" dir="ltr">
          {person.phone ?? person.user_id ?? person.group_id}
        </bdi>
      </div>
      {!isPanelShown && (
        <span className="talk-marks">
          <MarketingMark person={person} /> <OwnerMark person={person} />{' '}
          {person.group_id === null && <WindowMark person={person} />}
        </span>
      )}
      {person.waiting_since !== null && mayAnswer(me) && (
        <Button size="compact-sm" variant="default" loading={done.isPending} onClick={() => done.mutate()}>
          {t('Done')}
        </Button>
      )}
      {onPanel && (
        <ActionIcon
          variant="subtle"
          color="gray"
          aria-label={t('Contact')}
          aria-expanded={isPanelShown}
          onClick={onPanel}
        >
          <Sign name="user" />
        </ActionIcon>
      )}
    </div>
  )
}
