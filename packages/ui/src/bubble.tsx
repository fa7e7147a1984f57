import { Fragment, useState, type ReactNode } from 'react'
import { Cards } from './cards.tsx'
import { Formatted } from './formatted.tsx'
import { useWords } from './i18n.tsx'
import { Auto } from './direction.tsx'
import { Icon, type IconName } from './icon.tsx'
import { ListSheet } from './list-sheet.tsx'
import { OrderPart } from './order-part.tsx'
import type { Card, Place, Row, Shown, ShownButton, ShownMedia } from './shown.ts'
import './bubble.css'

/** Actions on a message. Without them, a bubble is only a picture. */
export type BubbleActions = {
  reply: (button: ShownButton, card?: number) => void
  pick: (row: Row) => void
  flow: (button: ShownButton) => void
  location: () => void
  /** A button with WhatsApp's own text: allow calls, share the contact, give an address. */
  other?: (button: ShownButton) => void
  /** A button that calls the business in WhatsApp. */
  call?: () => void
  play?: () => void
}

export type BubbleProps = {
  shown: Shown
  /** True when the viewer sent the message: then it stands on the right. */
  own: boolean
  /** Name of the writer in a chat of several people. */
  writer?: string | undefined
  quote?: { who: string; text: string } | undefined
  reaction?: string | undefined
  /** Time and ticks. */
  foot?: ReactNode
  sourceOf: (media: ShownMedia) => string | undefined
  /** Draws heading and text instead of the bubble's own code. */
  drawText?: ((text: string) => ReactNode) | undefined
  /** Draws a file instead of the bubble's own code. */
  drawMedia?: ((media: ShownMedia) => ReactNode) | undefined
  /** Shows a picture large. Without it, pictures are no buttons. */
  look?: ((picture: { source: string; name: string; caption?: string | undefined }) => void) | undefined
  act?: BubbleActions | undefined
  children?: ReactNode
}

export function Bubble(props: BubbleProps) {
  const { shown, own, writer, quote, reaction, foot, act, children } = props
  const { sourceOf, drawMedia, drawText, look } = props
  const drawing = { sourceOf, drawMedia, drawText, look }
  return (
    <div className="bubble-row" data-own={own || undefined}>
      <div className="bubble-stack">
        <div className="bubble" data-sticker={shown.media?.kind === 'sticker' || undefined}>
          {writer !== undefined && (
            <strong className="bubble-writer" dir="auto">
              {writer}
            </strong>
          )}
          {quote && (
            <div className="bubble-quote">
              <strong dir="auto">{quote.who}</strong>
              <span dir="auto">{quote.text}</span>
            </div>
          )}
          <Content shown={shown} {...drawing} act={act} />
          {shown.cards && (
            <Cards>
              {shown.cards.map((card, i) => (
                <Fragment key={i}>
                  <div className="bubble-card-body">
                    <Content shown={card} {...drawing} act={act} />
                  </div>
                  <Buttons shown={card} act={act} card={i} />
                </Fragment>
              ))}
            </Cards>
          )}
          {foot && <div className="bubble-foot">{foot}</div>}
          {reaction && <span className="bubble-reaction">{reaction}</span>}
          {children}
        </div>
        <Buttons shown={shown} act={act} />
      </div>
    </div>
  )
}

type Drawing = Pick<BubbleProps, 'sourceOf' | 'drawMedia' | 'drawText' | 'look'>
type Parts = Drawing & { shown: Shown; act: BubbleActions | undefined }

function Content({ shown, sourceOf, drawMedia, drawText, look, act }: Parts) {
  const { t } = useWords()
  return (
    <>
      {shown.media &&
        (drawMedia?.(shown.media) ?? (
          <MediaPart
            media={shown.media}
            source={sourceOf(shown.media)}
            onPlay={act?.play}
            onLook={look && ((source, name) => look({ source, name, caption: shown.text }))}
          />
        ))}
      {shown.place && <PlacePart place={shown.place} />}
      {shown.heading && (
        <div className="bubble-heading" dir="auto">
          {drawText?.(shown.heading) ?? shown.heading}
        </div>
      )}
      {shown.people?.map((card, i) => (
        <CardPart key={i} card={card} />
      ))}
      {shown.emoji !== undefined && (
        <div className="bubble-text">
          {shown.emoji === '' ? t('removed a reaction') : t('reacted {emoji}', { emoji: shown.emoji })}
        </div>
      )}
      {shown.order && <OrderPart order={shown.order} />}
      {shown.products && <ProductsPart sections={shown.products} />}
      {shown.offer && <OfferPart offer={shown.offer} />}
      {shown.text !== undefined && (
        <div className="bubble-text">{drawText?.(shown.text) ?? <Formatted text={shown.text} />}</div>
      )}
      {shown.kind && shown.kind !== 'system' && <div className="bubble-kind">{shown.kind}</div>}
      {isBlank(shown) && <div className="bubble-text">…</div>}
      {shown.footer && (
        <div className="bubble-footer" dir="auto">
          {shown.footer}
        </div>
      )}
    </>
  )
}

const isBlank = ({ media, place, heading, people, products, order, emoji, text, kind }: Shown): boolean =>
  !media && !place && !heading && !people && !products && !order && emoji === undefined && !text && !kind

function MediaPart({
  media,
  source,
  onPlay,
  onLook,
}: {
  media: ShownMedia
  source: string | undefined
  onPlay?: (() => void) | undefined
  onLook?: ((source: string, name: string) => void) | undefined
}) {
  const { t } = useWords()
  const [broken, setBroken] = useState(false)
  const name = media.filename ?? nameIn(media.link) ?? ''
  if (media.kind === 'document') return <FilePart name={name} filename={media.filename} source={source} />
  if (!source || broken) {
    return (
      <div className="bubble-media-missing" data-kind={media.kind}>
        <Icon name={media.kind === 'gif' ? 'video' : media.kind} size={26} />
        <span className="media-name">
          {t(media.kind)} <Auto>{name}</Auto>
        </span>
      </div>
    )
  }
  const fail = (): void => setBroken(true)
  if (media.kind === 'video' || media.kind === 'gif')
    return (
      <video
        className="bubble-media"
        src={source}
        controls
        preload="metadata"
        onError={fail}
        aria-label={name || t('video')}
      />
    )
  if (media.kind === 'audio')
    return (
      <audio
        className="bubble-audio"
        src={source}
        controls
        preload="metadata"
        onError={fail}
        onPlay={onPlay}
        aria-label={name || t('audio')}
      />
    )
  const label = name || t(media.kind)
  const picture = (
    <img
      className={media.kind === 'sticker' ? 'bubble-sticker' : 'bubble-media'}
      src={source}
      alt={label}
      onError={fail}
      loading="lazy"
    />
  )
  if (!onLook || media.kind === 'sticker') return picture
  return (
    <button type="button" className="bubble-look" onClick={() => onLook(source, label)}>
      {picture}
    </button>
  )
}

function FilePart(props: { name: string; filename: string | undefined; source: string | undefined }) {
  const { t } = useWords()
  const { name, filename, source } = props
  const words = (
    <>
      <Icon name="document" size={24} />
      <span className="media-name" dir="auto">
        {name || t('document')}
      </span>
    </>
  )
  return source ? (
    <a className="bubble-file" href={source} target="_blank" rel="noreferrer noopener" download={filename}>
      {words}
    </a>
  ) : (
    <div className="bubble-file">{words}</div>
  )
}

function OfferPart({ offer }: { offer: NonNullable<Shown['offer']> }) {
  const { t, locale } = useWords()
  const ends = offer.expiresAt ? new Date(offer.expiresAt) : undefined
  const time = ends && new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(ends)
  return (
    <div className="bubble-offer">
      <span dir="auto">{offer.text}</span>
      {time && <small>{t('until {time}', { time })}</small>}
    </div>
  )
}

/** Only the catalog has names and prices, so this shows the product ids. */
function ProductsPart({ sections }: { sections: NonNullable<Shown['products']> }) {
  const { t } = useWords()
  const filled = sections.filter((section) => section.title !== undefined || section.ids.length > 0)
  return filled.map((section, i) => (
    <div key={i} className="bubble-products">
      {section.title && <strong dir="auto">{section.title}</strong>}
      {section.ids.map((id, j) => (
        <span key={j} dir="auto">
          {t('Product {id}', { id })}
        </span>
      ))}
    </div>
  ))
}

function PlacePart({ place }: { place: Place }) {
  const { t } = useWords()
  return (
    <div className="bubble-place">
      <div className="bubble-map" aria-hidden>
        <Icon name="location" size={30} />
      </div>
      <strong dir="auto">{place.name ?? t('Location')}</strong>
      {place.address && <span dir="auto">{place.address}</span>}
      {place.latitude !== '' && (
        <span className="bubble-coordinates" dir="ltr">
          {place.latitude}, {place.longitude}
        </span>
      )}
    </div>
  )
}

function CardPart({ card }: { card: Card }) {
  return (
    <div className="bubble-card">
      <span className="bubble-avatar" aria-hidden>
        {card.name.slice(0, 1)}
      </span>
      <div>
        <strong dir="auto">{card.name}</strong>
        {card.lines.map((line, i) => (
          <span key={i} dir="auto">
            {line}
          </span>
        ))}
      </div>
    </div>
  )
}

function Buttons({ shown, act, card }: { shown: Shown; act: BubbleActions | undefined; card?: number }) {
  const [open, setOpen] = useState(false)
  if (shown.buttons.length === 0 && !shown.list) return null
  return (
    <div className="bubble-buttons">
      {shown.buttons.map((button, i) => (
        <Button key={i} button={button} act={act} card={card} />
      ))}
      {shown.list && (
        <button type="button" className="bubble-button" onClick={() => setOpen(!open)} aria-expanded={open}>
          <Icon name="list" size={16} />
          <Auto>{shown.list.button || '…'}</Auto>
        </button>
      )}
      {shown.list && open && (
        <ListSheet
          list={shown.list}
          onClose={() => setOpen(false)}
          onPick={(row) => {
            setOpen(false)
            act?.pick(row)
          }}
        />
      )}
    </div>
  )
}

const SIGNS: Record<ShownButton['kind'], IconName | null> = {
  reply: 'reply',
  url: 'link',
  phone: 'phone',
  call: 'phone',
  copy: 'copy',
  flow: 'flow',
  location: 'location',
  other: null,
}

function Button({
  button,
  act,
  card,
}: {
  button: ShownButton
  act: BubbleActions | undefined
  card?: number | undefined
}) {
  const { t } = useWords()
  const [copied, setCopied] = useState(false)
  const name = SIGNS[button.kind]
  const sign = name && <Icon name={name} size={16} />
  const isFixed = button.fixed || button.kind === 'location'
  const title = isFixed ? t(button.title) : button.title || '…'
  if (button.kind === 'url' && act && /^https?:\/\//i.test(button.url ?? '')) {
    return (
      <a className="bubble-button" href={button.url} target="_blank" rel="noreferrer noopener">
        {sign}
        <Auto>{title}</Auto>
      </a>
    )
  }
  const tap = (): void => {
    if (!act) return
    if (button.kind === 'reply') act.reply(button, card)
    if (button.kind === 'flow') act.flow(button)
    if (button.kind === 'location') act.location()
    if (button.kind === 'other') act.other?.(button)
    if (button.kind === 'call') act.call?.()
    if (button.kind === 'copy') {
      navigator.clipboard.writeText(button.code ?? '').then(
        () => setCopied(true),
        () => setCopied(false),
      )
    }
  }
  return (
    <button type="button" className="bubble-button" onClick={tap}>
      {sign}
      <Auto>{copied ? t('Copied: {code}', { code: button.code ?? '' }) : title}</Auto>
    </button>
  )
}

function nameIn(link: string | undefined): string | undefined {
  if (link === undefined) return undefined
  try {
    const url = new URL(link)
    return decodeURIComponent(url.pathname.split('/').at(-1) || url.host)
  } catch {
    return link
  }
}
