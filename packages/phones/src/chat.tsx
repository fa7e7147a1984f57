import { useMemo, useRef, useState, type ComponentProps, type ReactNode } from 'react'
import { Bubble } from '../../ui/src/bubble.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { part } from '../../ui/src/part.tsx'
import { asObject, shownOf, shownOfFace, type Shown, type ShownButton, type ShownMedia } from '../../ui/src/shown.ts'
import { useStayAtEnd } from '../../ui/src/stay-at-end.ts'
import { Ticks } from '../../ui/src/ticks.tsx'
import { ADDRESS_FIELDS, addressAnswer, asksForAddress, verbFor } from './answers.ts'
import { BASE } from './base.ts'
import { CallLine } from './call-line.tsx'
import type { ChatLine } from './chat-lines.ts'
import type { PhoneMessage } from './control.ts'
import { dayName } from './day-name.ts'
import type { Field } from './flow-sheet.tsx'
import { lights, useIsLit } from './lit.ts'
import { isEditable, MessageMenu } from './message-menu.tsx'
import { PaidLine, PaySheet } from './pay-sheet.tsx'
import type { Does } from './phone-frame.tsx'
import { AskSheet } from './phone-sheet.tsx'
import type { Picture } from './picture-view.tsx'

export const PictureView = part(async () => (await import('./picture-view.tsx')).PictureView)
export const VoicePlayer = part(
  async () => (await import('./voice-player.tsx')).VoicePlayer,
  <div className="voice-waiting" />,
)
const FlowSheet = part(async () => (await import('./flow-sheet.tsx')).FlowSheet)

/** Characters of a long text that are shown at first, and what is at least folded away. */
const MOST_SHOWN = 700
const FOLD_LEAST = 100

type Form = { title: string; start: Field[]; send: (data: Record<string, string>) => Promise<unknown> }

type ChatProps = {
  lines: ChatLine[]
  isLoading: boolean
  isTyping: boolean
  businessName: string
  businessId: string
  owner: { name: string; number: string }
  /** In a group messages of others have a name, and only the business's messages cannot be reacted to. */
  isGroup: boolean
  nameOf: (number: string) => string
  does: Does
  /** The time of the sandbox, in milliseconds. */
  now: () => number
  onQuote: (message: PhoneMessage) => void
  onTrace: (wamid: string) => void
}

export function Chat(props: ChatProps) {
  const { t, locale } = useWords()
  const { lines } = props
  const box = useRef<HTMLDivElement>(null)
  const newest = lines.at(-1)?.key
  const inside = useRef<HTMLDivElement>(null)
  useStayAtEnd(box, inside, `${newest} ${props.isTyping}`)
  const byId = useMemo(
    () => new Map(lines.flatMap((line) => ('message' in line ? [[line.message.id, line.message] as const] : []))),
    [lines],
  )
  const day = (at: number): string => dayName(at, props.now(), locale)

  return (
    <div className="phone-chat" ref={box} tabIndex={0} role="log" aria-label={t('Chat')}>
      <div ref={inside}>
        {!props.isLoading && lines.length === 0 && (
          <p className="phone-note">{t('No messages yet. Write one, or send one from the gateway.')}</p>
        )}
        {lines.map((line, i) => {
          const before = lines[i - 1]
          const newDay = before === undefined || day(before.at) !== day(line.at)
          return (
            <LineBox key={line.key} message={'message' in line ? line.message.id : undefined}>
              {newDay && <p className="phone-day">{day(line.at)}</p>}
              {'call' in line ? (
                <CallLine call={line.call} mine={line.call.by === 'USER_INITIATED'} />
              ) : 'note' in line ? (
                <p className="phone-note" dir="auto">
                  {line.note === 'joined'
                    ? t('{name} joined', { name: props.nameOf(line.from) })
                    : t('{name} left', { name: props.nameOf(line.from) })}
                </p>
              ) : (
                <One
                  {...props}
                  message={line.message}
                  from={line.from}
                  quoted={line.message.replyTo ? byId.get(line.message.replyTo) : undefined}
                />
              )}
            </LineBox>
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

/** A line of the chat. A message lights its lines on the wire, and is lit by them. */
export function LineBox({ message, children }: { message: string | undefined; children: ReactNode }) {
  const ids = useMemo(() => (message === undefined ? [] : [message]), [message])
  const isLit = useIsLit(ids)
  if (message === undefined) return <div>{children}</div>
  return (
    <div className="phone-message" data-lit={isLit || undefined} {...lights(ids)}>
      {children}
    </div>
  )
}

type OneProps = ChatProps & {
  message: PhoneMessage
  /** The writer's number in a group. */
  from: string | undefined
  quoted: PhoneMessage | undefined
}

/** Long: a bubble with all its actions. */
function One(props: OneProps) {
  const { t, locale } = useWords()
  const { message, quoted, does, businessName, isGroup, from } = props
  const own = message.direction === 'in' && (from === undefined || from === props.owner.number)
  const [form, setForm] = useState<Form | null>(null)
  const [isPaying, setPaying] = useState(false)
  const [isWhole, setWhole] = useState(false)
  const [isEditing, setEditing] = useState(false)
  const [picture, setPicture] = useState<Picture | null>(null)
  if (message.type === 'system')
    return (
      <p className="phone-note" dir="auto">
        {message.text}
      </p>
    )
  const permission = asObject(asObject(message.content).call_permission_reply).response
  if (permission !== undefined)
    return (
      <p className="phone-note">{permission === 'accept' ? t('You allowed calls') : t('You did not allow calls')}</p>
    )
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const writer = isGroup && !own ? (from === undefined ? businessName : props.nameOf(from)) : undefined
  if (message.revoked !== undefined)
    return (
      <Bubble
        shown={{ text: `_${own ? t('You deleted this message') : t('This message was deleted')}_`, buttons: [] }}
        own={own}
        writer={writer}
        sourceOf={sourceOf}
        foot={clock.format(message.at)}
      />
    )
  const full: Shown = message.face ? shownOfFace(message.face) : shownOf(message.type, message.content)
  const isFolded = !isWhole && (full.text?.length ?? 0) > MOST_SHOWN + FOLD_LEAST
  const shown: Shown = isFolded ? { ...full, text: `${full.text!.slice(0, MOST_SHOWN)}…` } : full
  const at = { on: message.id }

  /** Handles a tap on a button with WhatsApp's own text. */
  async function answer(button: ShownButton): Promise<void> {
    if (shown.order) return setPaying(true)
    if (asksForAddress(message)) {
      setForm({
        title: t(button.title),
        start: ADDRESS_FIELDS.map((name) => ({ name, value: '' })),
        send: (values) => does('replies', { to: message.id, ...addressAnswer(values) }),
      })
      return
    }
    const verb = verbFor(message, button)
    if (verb) await does(verb.verb, { ...at, ...verb.body })
  }

  return (
    <Bubble
      shown={message.payment?.status === 'captured' ? { ...shown, buttons: [] } : shown}
      own={own}
      writer={writer}
      quote={quoted && { who: quoted.direction === 'in' ? t('You') : businessName, text: quoted.text || quoted.type }}
      reaction={message.reaction}
      sourceOf={sourceOf}
      drawMedia={(media) =>
        drawSound(media, {
          who: own
            ? { name: props.owner.name, of: props.owner.number }
            : { name: writer ?? businessName, of: from ?? props.businessId },
          isPlayed: message.status === 'played',
          onPlay: own || from !== undefined ? undefined : () => void does('plays', { to: message.id }),
        })
      }
      look={setPicture}
      foot={
        <>
          {message.edited !== undefined && <span>{t('edited')}</span>} {clock.format(message.at)}{' '}
          {own && <Ticks status={message.seen ? 'read' : 'delivered'} />}
        </>
      }
      act={
        own || from !== undefined
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
              call: () => void does('calls'),
              location: () => void does('replies', { to: message.id, ...HERE }),
            }
      }
    >
      {isFolded && (
        <button type="button" className="phone-read-more" onClick={() => setWhole(true)}>
          {t('Read more')}
        </button>
      )}
      {picture && <PictureView picture={picture} onClose={() => setPicture(null)} />}
      {message.payment && <PaidLine payment={message.payment} />}
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
      {isPaying && shown.order && (
        <PaySheet message={message} order={shown.order} does={does} onClose={() => setPaying(false)} />
      )}
      {isEditing && (
        <AskSheet
          question={{
            title: t('Edit'),
            label: t('New text'),
            button: t('Save'),
            start: message.text,
            onAnswer: (text) => void does('edits', { to: message.id, ...edited(message, text) }),
          }}
          onClose={() => setEditing(false)}
        />
      )}
      <MessageMenu
        message={message}
        own={own}
        acts={{
          react: own || isGroup ? undefined : (emoji) => void does('reacts', { to: message.id, emoji }),
          quote: () => props.onQuote(message),
          trace: () => props.onTrace(message.id),
          disown: isOneTimeCode(shown) && !own ? () => void does('disowns', { to: message.id }) : undefined,
          edit: own && isEditable(message, props.now()) ? () => setEditing(true) : undefined,
          revoke: own ? () => void does('revokes', { to: message.id }) : undefined,
        }}
      />
    </Bubble>
  )
}

/** The body of an edit: a text, or the new caption of the same file. */
export const edited = (message: PhoneMessage, text: string): Record<string, unknown> =>
  message.type === 'text' ? { text } : { type: message.type, [message.type]: { caption: text } }

const isOneTimeCode = (shown: { buttons: { kind: string }[] }): boolean =>
  shown.buttons.some((button) => button.kind === 'copy')

const HERE = {
  type: 'location',
  location: { latitude: 22.3193, longitude: 114.1694, name: 'Here', address: 'Harbour Street 5' },
}

/** Sounds have the phone's own player. Other files are drawn by the bubble. */
export function drawSound(
  media: ShownMedia,
  how: Omit<ComponentProps<typeof VoicePlayer>, 'source' | 'name' | 'isVoice'>,
) {
  const source = sourceOf(media)
  if (media.kind !== 'audio' || source === undefined) return undefined
  const name = media.filename ?? media.link?.split('/').at(-1)
  return <VoicePlayer source={source} name={name} isVoice={media.voice === true} {...how} />
}

/** A phone fetches links itself. Uploads, and files that this phone sent, come from the sandbox. */
export function sourceOf(media: ShownMedia): string | undefined {
  if (media.id !== undefined) return `${BASE}/sandbox/media/${encodeURIComponent(media.id)}/bytes`
  return /^https?:\/\//i.test(media.link ?? '') ? media.link : undefined
}
