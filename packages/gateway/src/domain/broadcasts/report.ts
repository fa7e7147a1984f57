import { countryOf } from '../contacts/country.ts'
import { windowOf } from '../messages/window.ts'
import { holdsBack, quietUntil, type QuietHours } from '../contacts/quiet-hours.ts'
import { dayOf } from '../costs/cost.ts'
import { FREE_TIER_FROM } from '../costs/report.ts'
import type { CatalogEntry } from '../templates/catalog-entry.ts'
import { renderTemplate, type RenderedTemplate } from '../templates/render-template.ts'
import type { BadRow, GoodRow, RowReason } from './judge-row.ts'

/*
 * The dry run of a broadcast, added up row by row. `forecast` has the names and the numbers that the broadcast itself
 * will show when nothing changes in between.
 */

/** What the store knows of a contact now. Times are epoch milliseconds. */
export type ContactFacts = {
  /** The contact wants no marketing. */
  stopped: boolean
  /** Until when WhatsApp lets no marketing through to the person (131049), at any number of the account; null: it does. */
  limitedUntil: number | null
  lastInboundAt: number | undefined
  freeUntil: number | null
}

export const NOTHING_KNOWN: ContactFacts = {
  stopped: false,
  limitedUntil: null,
  lastInboundAt: undefined,
  freeUntil: null,
}

export type Terms = {
  /** When the broadcast would begin, epoch milliseconds. */
  at: number
  quietHours: QuietHours | null
  /** The channel refuses free-form messages outside the 24-hour window. */
  enforcesWindow: boolean
  channelCreatedAt: number
  /** Where marketing templates go: another price category. */
  marketing: 'cloud' | 'marketing_messages' | 'auto'
}

/** A reason why a row is not sent, or not entered. */
export type Verdict = RowReason | 'duplicate' | LateVerdict
/** The row is entered, and its send will be refused. */
export type LateVerdict = 'opted_out' | 'marketing_limited' | 'window_closed'
export type ShownRow = { line: number; recipient: string; reason: Verdict; message: string }
export type Preview = {
  line: number
  to: string
  name: string | null
  template: string | null
  language: string | null
  rendered: RenderedTemplate | null
  message: unknown
  /** What is the row's alone, for a test of the broadcast. */
  own: string | null
}

export type Tally = {
  rows: number
  entered: number
  sendable: number
  bad: number
  /** People who have not written within the day: they count for the messaging limit. */
  unasked: number
  reasons: Partial<Record<Verdict, { rows: number; message: string }>>
  firstBad: ShownRow[]
  preview: Preview[]
  templates: { name: string; language: string; category: string; rows: number }[]
  categories: { category: string; type: string; country: string; messages: number }[]
  quiet: { held: number; firstUntil: number | null; lastUntil: number | null }
}

const FIRST_BAD = 100
const FIRST_SEEN = 5

const WORDS: Record<'duplicate' | LateVerdict, string> = {
  duplicate: 'the number stands in the file before; each person gets the message once',
  opted_out: 'the person has stopped marketing messages',
  marketing_limited: 'WhatsApp did not deliver a marketing message to the person within the last 24 hours (131049)',
  window_closed: 'the person has not written within 24 hours, and the message is no template',
}

export function createTally(terms: Terms) {
  const templates = new Map<CatalogEntry, { name: string; language: string; category: string; rows: number }>()
  const categories = new Map<string, { category: string; type: string; country: string; messages: number }>()
  const tally: Tally = {
    ...{ rows: 0, entered: 0, sendable: 0, bad: 0, unasked: 0 },
    reasons: {},
    firstBad: [],
    preview: [],
    templates: [],
    categories: [],
    quiet: { held: 0, firstUntil: null, lastUntil: null },
  }

  function count(reason: Verdict, message: string): void {
    const known = tally.reasons[reason]
    if (known) known.rows++
    else tally.reasons[reason] = { rows: 1, message }
  }

  function leftOut(line: number, recipient: string, reason: keyof typeof WORDS): ShownRow {
    count(reason, WORDS[reason])
    return { line, recipient, reason, message: WORDS[reason] }
  }

  function look(line: number, row: GoodRow): void {
    const { entry } = row
    tally.preview.push({
      line,
      to: row.contact,
      name: row.name,
      template: entry?.name ?? null,
      language: entry?.language ?? null,
      rendered: entry ? renderTemplate(entry, row.components) : null,
      message: entry ? null : contentOf(row),
      own: row.own,
    })
  }

  return {
    /** A row that cannot be sent as it stands. */
    bad(line: number, { recipient, reason, message }: BadRow): ShownRow {
      const shown = { line, recipient, reason, message }
      tally.rows++
      tally.bad++
      count(reason, message)
      if (tally.firstBad.length < FIRST_BAD) tally.firstBad.push(shown)
      return shown
    },

    duplicate(line: number, recipient: string): ShownRow {
      tally.rows++
      return leftOut(line, recipient, 'duplicate')
    },

    /** A row that is entered. The answer is why it will fail all the same, if it will. */
    good(line: number, row: GoodRow, facts: ContactFacts): ShownRow | undefined {
      tally.rows++
      tally.entered++
      if (tally.preview.length < FIRST_SEEN) look(line, row)
      const { entry, message, contact } = row
      if (entry) {
        const known = templates.get(entry)
        if (known) known.rows++
        else {
          const { name, language, category } = entry
          templates.set(entry, { name, language, category, rows: 1 })
        }
      }
      const window = windowOf({ ...facts, channelCreatedAt: terms.channelCreatedAt }, terms.at).state
      const isOpen = window === 'open'
      const isClosed = !entry && window === 'closed' && terms.enforcesWindow && !message.direct
      if (isClosed && !row.instead) return leftOut(line, contact, 'window_closed')
      const sent = isClosed ? row.instead : entry
      const isMarketing = sent?.category === 'MARKETING'
      if (isMarketing && facts.stopped) return leftOut(line, contact, 'opted_out')
      const until =
        terms.quietHours && holdsBack(terms.quietHours, isMarketing)
          ? quietUntil(contact, terms.quietHours, terms.at)
          : undefined
      // Whoever has quiet hours gets it when they are over: a limit that has ended by then refuses nothing.
      if (isMarketing && (facts.limitedUntil ?? 0) > (until ?? terms.at))
        return leftOut(line, contact, 'marketing_limited')
      tally.sendable++
      if (!isOpen) tally.unasked++
      const price = priceOf(sent?.category.toLowerCase() ?? message.direct?.category ?? 'service', facts, isOpen, terms)
      const country = countryOf(contact)
      const key = `${price.category}\n${price.type}\n${country}`
      const sum = categories.get(key)
      if (sum) sum.messages++
      else categories.set(key, { ...price, country, messages: 1 })
      if (until !== undefined) {
        const { quiet } = tally
        quiet.held++
        quiet.firstUntil = Math.min(quiet.firstUntil ?? until, until)
        quiet.lastUntil = Math.max(quiet.lastUntil ?? until, until)
      }
      return undefined
    },

    get rows() {
      return tally.rows
    },

    result(): Tally {
      return { ...tally, templates: [...templates.values()], categories: [...categories.values()] }
    },
  }
}

/** WhatsApp's category and type of the price, as its statuses will say. */
function priceOf(
  given: string,
  facts: ContactFacts,
  isOpen: boolean,
  { at, marketing }: Terms,
): { category: string; type: string } {
  const category = given === 'marketing' && marketing !== 'cloud' ? 'marketing_lite' : given
  if (facts.freeUntil !== null && facts.freeUntil > at) return { category, type: 'free_entry_point' }
  // Until 30 September 2026 service messages and, in an open window, utility templates cost nothing.
  const isFree = dayOf(at) < FREE_TIER_FROM && (category === 'service' || (category === 'utility' && isOpen))
  return { category, type: isFree ? 'free_customer_service' : 'regular' }
}

function contentOf({ message }: GoodRow): unknown {
  if (message.type === 'text') return message.text
  return { type: message.type }
}

/**
 * Service messages that are free in what is left of the month's free tier (Meta's pricing page of September 2026). The
 * rest costs.
 */
export const FREE_SERVICE_MESSAGES = 1_000

export function withFreeTier(categories: Tally['categories'], at: number, left: number): Tally['categories'] {
  if (dayOf(at) < FREE_TIER_FROM) return categories
  let free = left
  return categories.flatMap((one) => {
    if (one.category !== 'service' || one.type !== 'regular' || free <= 0) return [one]
    const here = Math.min(free, one.messages)
    free -= here
    const rest = one.messages - here
    return [
      { ...one, type: 'free_customer_service', messages: here },
      ...(rest > 0 ? [{ ...one, messages: rest }] : []),
    ]
  })
}

/** People a day whom a number may write to unasked, by Meta's name of the limit. Undefined: no limit, or not known. */
export function limitOf(value: unknown): number | undefined {
  if (typeof value === 'number') return value > 0 ? value : undefined
  const [, digits, unit] = /^TIER_(\d+)(K?)$/.exec(String(value)) ?? []
  return digits === undefined ? undefined : Number(digits) * (unit === 'K' ? 1000 : 1)
}
