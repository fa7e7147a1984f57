import { Menu } from '@mantine/core'
import { useMemo, useRef, useState } from 'react'
import { Bubble } from '../../ui/src/bubble.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { part } from '../../ui/src/part.tsx'
import { shownOf, shownOfFace, type ShownButton, type ShownMedia } from '../../ui/src/shown.ts'
import { useStayAtEnd } from '../../ui/src/stay-at-end.ts'
import { Ticks } from '../../ui/src/ticks.tsx'
import { ADDRESS_FIELDS, addressAnswer, answerTo, asksForAddress } from './answers.ts'
import { control, type PhoneMessage } from './control.ts'
import type { Field } from './flow-sheet.tsx'
import type { Does } from './phone-frame.tsx'

const FlowSheet = part(async () => (await import('./flow-sheet.tsx')).FlowSheet)

type Form = { title: string; start: Field[]; send: (data: Record<string, string>) => Promise<unknown> }

const EMOJI = ['👍', '❤️', '😂', '😮', '😢', '🙏']

type ChatProps = {
  messages: PhoneMessage[]
  isLoading: boolean
  isTyping: boolean
  businessName: string
  owner: { name: string; number: string }
  does: Does
  onQuote: (message: PhoneMessage) => void
  onTrace: (wamid: string) => void
}

export function Chat(props: ChatProps) {
  const { t, locale } = useWords()
  const { messages } = props
  const box = useRef<HTMLDivElement>(null)
  const newest = messages.at(-1)?.id
  const inside = useRef<HTMLDivElement>(null)
  useStayAtEnd(box, inside, `${newest} ${props.isTyping}`)
  const byId = useMemo(() => new Map(messages.map((one) => [one.id, one])), [messages])
  const day = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'long' })

  return (
    <div className="phone-chat" ref={box} tabIndex={0} role="log" aria-label={t('Chat')}>
      <div ref={inside}>
        {!props.isLoading && messages.length === 0 && (
          <p className="phone-note">{t('No messages yet. Write one, or send one from the gateway.')}</p>
        )}
        {messages.map((message, i) => {
          const before = messages[i - 1]
          const newDay = before === undefined || day.format(before.at) !== day.format(message.at)
          return (
            <div key={message.id} className="phone-message">
              {newDay && <p className="phone-day">{day.format(message.at)}</p>}
              <One {...props} message={message} quoted={message.replyTo ? byId.get(message.replyTo) : undefined} />
            </div>
          )
        })}
        {props.isTyping && (
          <p className="phone-note" role="status">
            {t('typing …')}
          </p>
        )}
      </div>
    </div>
  )
}

/** Long: a bubble with all its actions. */
function One(props: ChatProps & { message: PhoneMessage; quoted: PhoneMessage | undefined }) {
  const { t, locale } = useWords()
  const { message, quoted, does, businessName } = props
  const own = message.direction === 'in'
  const [menuIsOpen, setMenu] = useState(false)
  const [form, setForm] = useState<Form | null>(null)
  if (message.type === 'system')
    return (
      <p className="phone-note" dir="auto">
        {message.text}
      </p>
    )
  // A reaction is shown only on the message that it is about.
  if (message.type === 'reaction') return null
  const shown = message.face ? shownOfFace(message.face) : shownOf(message.type, message.content)
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const at = { on: message.id }

  /** Handles a tap on a button with WhatsApp's own text. */
  async function answer(button: ShownButton): Promise<void> {
    if (asksForAddress(message)) {
      setForm({
        title: t(button.title),
        start: ADDRESS_FIELDS.map((name) => ({ name, value: '' })),
        send: (values) => does('replies', { to: message.id, ...addressAnswer(values) }),
      })
      return
    }
    // When the sandbox is gone, this request fails and shows the reason.
    const clock = control<{ now: number }>('GET', '/clock')
    const now = await clock.then(({ now }) => now, Date.now)
    const content = answerTo(message, button, props.owner, now)
    if (content) await does('replies', { to: message.id, ...content })
  }

  return (
    <Bubble
      shown={shown}
      own={own}
      quote={quoted && { who: quoted.direction === 'in' ? t('You') : businessName, text: quoted.text || quoted.type }}
      reaction={message.reaction}
      sourceOf={sourceOf}
      foot={
        <>
          {clock.format(message.at)} {own && <Ticks status={message.seen ? 'read' : 'delivered'} />}
        </>
      }
      act={
        own
          ? undefined
          : {
              reply: (button, card) =>
                void does('taps', { ...at, button: button.id || button.title, ...(card !== undefined && { card }) }),
              pick: (row) => void does('picks', { ...at, row: row.id }),
              flow: (button) =>
                setForm({
                  title: button.title,
                  start: [{ name: 'answer', value: 'yes' }],
                  send: (data) => does('submits', { ...at, flow: button.title, data }),
                }),
              other: (button) => void answer(button),
              location: () => void does('replies', { to: message.id, ...HERE }),
              play: () => void does('plays', { to: message.id }),
            }
      }
    >
      {form && (
        <FlowSheet
          name={message.id}
          title={form.title}
          start={form.start}
          onClose={() => setForm(null)}
          onSubmit={(data) => {
            setForm(null)
            void form.send(data)
          }}
        />
      )}
      <Menu
        opened={menuIsOpen}
        onChange={setMenu}
        position={own ? 'bottom-end' : 'bottom-start'}
        shadow="md"
        withinPortal
      >
        <Menu.Target>
          <button type="button" className="phone-more" aria-label={t('What to do with this message')}>
            ⋯
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {!own && (
            <div className="phone-emoji" role="group" aria-label={t('React')}>
              {EMOJI.map((emoji) => (
                <button
                  type="button"
                  key={emoji}
                  aria-label={t('React with {emoji}', { emoji })}
                  onClick={() => {
                    setMenu(false)
                    void does('reacts', { to: message.id, emoji })
                  }}
                >
                  {emoji}
                </button>
              ))}
            </div>
          )}
          {!own && message.reaction && (
            <Menu.Item onClick={() => void does('reacts', { to: message.id })}>{t('Remove the reaction')}</Menu.Item>
          )}
          <Menu.Item onClick={() => props.onQuote(message)}>{t('Quote')}</Menu.Item>
          <Menu.Item onClick={() => props.onTrace(message.id)}>{t('Show on the wire')}</Menu.Item>
          {isOneTimeCode(shown) && !own && (
            <Menu.Item onClick={() => void does('disowns', { to: message.id })}>
              {t('I didn’t request a code')}
            </Menu.Item>
          )}
        </Menu.Dropdown>
      </Menu>
    </Bubble>
  )
}

const isOneTimeCode = (shown: { buttons: { kind: string }[] }): boolean =>
  shown.buttons.some((button) => button.kind === 'copy')

const HERE = {
  type: 'location',
  location: { latitude: 22.3193, longitude: 114.1694, name: 'Here', address: 'Harbour Street 5' },
}

/** A phone fetches links itself. Uploads, and files that this phone sent, come from the sandbox. */
function sourceOf(media: ShownMedia): string | undefined {
  if (media.id !== undefined) return `/sandbox/media/${encodeURIComponent(media.id)}/bytes`
  return /^https?:\/\//i.test(media.link ?? '') ? media.link : undefined
}
