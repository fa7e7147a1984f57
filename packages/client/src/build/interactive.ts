import * as LIMITS from '../generated/limits.ts'
import type {
  Carousel,
  CarouselCard,
  Header,
  ListMenu,
  ListRow,
  ListSection,
  ReplyButton,
  ReplyButtons,
  UrlButton,
} from '../generated/schemas.ts'
import { checked, checkedLink, checkedList } from './check.ts'
import { documentOf, mediaOf, type File } from './media.ts'

type Kind = ReplyButtons | ListMenu | UrlButton | Carousel

/**
 * The content of an interactive message. Add the recipient with `for`, or spread it into a message. Each method returns a
 * new one.
 */
class InteractiveBuilder<K extends Kind> {
  readonly type = 'interactive'
  readonly interactive: K

  constructor(interactive: K) {
    this.interactive = interactive
  }

  /** The whole message, for a number. */
  for(to: string): { to: string; type: 'interactive'; interactive: K } {
    return { to, type: this.type, interactive: this.interactive }
  }
}

/** A message that can have small text below. */
class WithFooter<K extends Exclude<Kind, Carousel>> extends InteractiveBuilder<K> {
  /** Small text below the message. */
  footer(text: string): this {
    return this.with({ footer: { text: checked(text, 'footer', LIMITS.footer, { oneLine: true }) } })
  }

  protected with(part: object): this {
    return new (this.constructor as new (interactive: K) => this)({ ...this.interactive, ...part })
  }

  protected title(text: string): this {
    return this.with({ header: { type: 'text', text: checked(text, 'header', LIMITS.header, { oneLine: true }) } })
  }
}

/** What can stand above a message. */
export type Headers<Builder> = {
  text(text: string): Builder
  image(file: File): Builder
  video(file: File): Builder
  document(file: File, filename?: string): Builder
}

/** What stands above the message: a text or a file. */
class WithHeader<K extends ReplyButtons | UrlButton> extends WithFooter<K> {
  get header(): Headers<this> {
    const put = (header: Header): this => this.with({ header })
    return {
      text: (text) => this.title(text),
      image: (file) => put({ type: 'image', image: mediaOf(file, 'header.image') }),
      video: (file) => put({ type: 'video', video: mediaOf(file, 'header.video') }),
      document: (file, filename) => {
        return put({ type: 'document', document: documentOf(file, filename) })
      },
    }
  }
}

const body = (text: string, max: number = LIMITS.body) => ({ text: checked(text, 'body', max) })
const label = (text: string, at: string): string => checked(text, at, LIMITS.buttonTitle, { oneLine: true })

/** A button to answer with: its words, or its words with the id that comes back. */
export type Answer = string | { id: string; title: string }
export type Answers = readonly [Answer] | readonly [Answer, Answer] | readonly [Answer, Answer, Answer]

/** A message with up to three buttons to answer with: `buttons('Shall we come?', 'Yes', 'No')`. */
export function buttons(text: string, ...answers: Answers): WithHeader<ReplyButtons> {
  const all = answers.map((answer): ReplyButton => {
    const { id, title } = typeof answer === 'string' ? { id: answer, title: answer } : answer
    const reply = {
      id: checked(id, 'button id', LIMITS.buttonId, { trimmed: true }),
      title: label(title, 'button title'),
    }
    return { type: 'reply', reply }
  })
  for (const key of ['id', 'title'] as const)
    checkedList(
      all.map(({ reply }) => reply[key]),
      `button ${key}s`,
      1,
      LIMITS.replyButtons,
    )
  return new WithHeader({
    type: 'button',
    body: body(text),
    action: { buttons: all as unknown as ReplyButtons['action']['buttons'] },
  })
}

/** A row of a list: its words, or its words with the id that comes back and a line below. */
export type Row = string | { id: string; title: string; description?: string | undefined }
export type Rows = readonly [Row, ...Row[]]

class ListBuilder extends WithFooter<ListMenu> {
  get header(): Pick<Headers<this>, 'text'> {
    return { text: (text) => this.title(text) }
  }

  /** A further group of rows, under a heading. A list has up to ten rows in all. */
  section(title: string, ...rows: Rows): ListBuilder {
    const heading = checked(title, 'section title', LIMITS.sectionTitle, { oneLine: true })
    const sections = [...this.interactive.action.sections, { title: heading, rows: rows.map(rowOf) }]
    return this.with({ action: { ...this.interactive.action, sections: fitting(sections) } })
  }
}

function rowOf(row: Row): ListRow {
  const { id, title, description } = typeof row === 'string' ? { id: row, title: row, description: undefined } : row
  return {
    id: checked(id, 'row id', LIMITS.rowId),
    title: checked(title, 'row title', LIMITS.rowTitle, { oneLine: true }),
    ...(description !== undefined && {
      description: checked(description, 'row description', LIMITS.rowDescription, { min: 0 }),
    }),
  }
}

function fitting(sections: ListSection[]): ListSection[] {
  const ids = sections.flatMap(({ rows }) => {
    if (rows.length === 0) throw new RangeError('section: must have a row')
    return rows.map(({ id }) => id)
  })
  checkedList(ids, 'rows', 1, LIMITS.rows)
  return sections
}

/**
 * A menu: `list('Which table?', 'Choose').section('Inside', 'Window', 'Corner').section('Outside', 'Terrace')`. `button`
 * are the words that open it.
 */
export function list(text: string, button: string): Pick<ListBuilder, 'section'> {
  const action = { button: label(button, 'button'), sections: [] }
  return new ListBuilder({ type: 'list', body: body(text, LIMITS.listBody), action })
}

const urlAction = (title: string, url: string): UrlButton['action'] => ({
  name: 'cta_url',
  parameters: { display_text: label(title, 'button title'), url: checkedLink(url, 'button url') },
})

/** A message with one button that opens a web page: `urlButton('Your order', 'Track it', url)`. */
export const urlButton = (text: string, title: string, url: string): WithHeader<UrlButton> =>
  new WithHeader({ type: 'cta_url', body: body(text), action: urlAction(title, url) })

type CardFile = { image: File; video?: undefined } | { video: File; image?: undefined }
/** A card with one button that opens a web page. */
export type UrlCard = CardFile & { body?: string | undefined; button: { title: string; url: string } }
/** A card with buttons to answer with. All cards have as many. */
export type ReplyCard = CardFile & { body?: string | undefined; buttons: readonly [Answer, ...Answer[]] }
export type Cards = readonly [UrlCard, UrlCard, ...UrlCard[]] | readonly [ReplyCard, ReplyCard, ...ReplyCard[]]

/** Two to ten cards side by side, all with a URL button or all with as many reply buttons. */
export function carousel(text: string, ...cards: Cards): InteractiveBuilder<Carousel> {
  if (cards.length < LIMITS.fewestCards || cards.length > LIMITS.mostCards)
    throw new RangeError(`cards: ${LIMITS.fewestCards} to ${LIMITS.mostCards}, got ${cards.length}`)
  const counts = cards.map((card) => ('buttons' in card ? card.buttons.length : -1))
  if (counts.some((count) => count !== counts[0] || count === 0))
    throw new RangeError('cards: all must have as many buttons as the first, and at least one')
  const all = (cards as readonly (UrlCard | ReplyCard)[]).map(cardOf)
  return new InteractiveBuilder({ type: 'carousel', body: body(text), action: { cards: all } })
}

function cardOf(card: UrlCard | ReplyCard, index: number): CarouselCard {
  const text = card.body === undefined ? undefined : checked(card.body, 'card body', LIMITS.cardBody)
  if (text !== undefined && text.split('\n').length > LIMITS.cardBodyBreaks + 1)
    throw new RangeError(`card body: at most ${LIMITS.cardBodyBreaks} line breaks`)
  return {
    card_index: index,
    header:
      card.image === undefined
        ? { type: 'video', video: mediaOf(card.video, 'card video') }
        : { type: 'image', image: mediaOf(card.image, 'card image') },
    ...(text !== undefined && { body: { text } }),
    action:
      'buttons' in card ? { buttons: card.buttons.map(quickReply) } : urlAction(card.button.title, card.button.url),
  }
}

function quickReply(answer: Answer) {
  const { id, title } = typeof answer === 'string' ? { id: answer, title: answer } : answer
  const quick_reply = { id: checked(id, 'button id', LIMITS.buttonId), title: label(title, 'button title') }
  return { type: 'quick_reply' as const, quick_reply }
}

export type { InteractiveBuilder }
