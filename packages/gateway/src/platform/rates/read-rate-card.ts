import { readFileSync, statSync } from 'node:fs'
import { isRecord } from '../is-record.ts'
import { readCsv } from './csv.ts'
import { dayOfDate, type Edition, RATED_CATEGORIES, type RateCard, rateKey, type Tier } from './rate-card.ts'

const MOST_BYTES = 10 * 1024 * 1024
const MOST_SHOWN = 5

/** One price as the file has it, and where it stands there. */
type Row = { place: string; fields: Record<string, unknown> }

/** What a file came to: the card, or its problems, each with its place and what to do. */
export type ReadCard = { card: RateCard; problems?: undefined } | { problems: string[]; card?: undefined }

/** Reads a rate card from a file. Throws an Error with all problems in one line. */
export function loadRateCard(path: string): RateCard {
  let text: string
  try {
    if (statSync(path).size > MOST_BYTES) throw new Error(`it is larger than ${MOST_BYTES} bytes`)
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new Error(`must be a file that can be read, got "${path}": ${(error as Error).message}`, { cause: error })
  }
  const { card, problems } = readRateCard(text)
  if (card) return card
  const more = problems.length > MOST_SHOWN ? `; and ${problems.length - MOST_SHOWN} more` : ''
  throw new Error(`has mistakes in "${path}": ${problems.slice(0, MOST_SHOWN).join('; ')}${more}. See docs/costs.md`)
}

/** Reads the JSON form or the CSV form. */
export function readRateCard(text: string): ReadCard {
  const reader = new CardReader()
  const content = text.replace(/^\ufeff/, '')
  if (/^\s*[{[]/.test(content)) reader.json(content)
  else reader.csv(content)
  return reader.end()
}

const COLUMNS = ['valid_from', 'market', 'countries', 'category', 'tier', 'currency', 'price']
const FURTHER = ['tier_from', 'tier_to', 'price_micros', 'country']
const KNOWN = new Set([...COLUMNS, ...FURTHER])
const NEEDED = ['valid_from', 'market', 'category']

class CardReader {
  readonly #problems: string[] = []
  readonly #markets = new Map<string, { from: number; market: string }[]>()
  readonly #rates = new Map<string, Map<number, { tier: Tier; place: string }[]>>()
  #currency: string | undefined
  #newestFrom = -Infinity

  json(text: string): void {
    let value: unknown
    try {
      value = JSON.parse(text)
    } catch (error) {
      return this.#problem('the file', `is not valid JSON: ${(error as Error).message}`)
    }
    const card = Array.isArray(value) ? { rates: value as unknown[] } : (value as Record<string, unknown>)
    for (const key of Object.keys(card))
      if (!['currency', 'markets', 'rates'].includes(key))
        this.#problem(key, 'is not known: the file has currency, markets and rates')
    if (card.currency !== undefined) this.#takeCurrency('currency', card.currency)
    if (isRecord(card.markets))
      for (const [country, given] of Object.entries(card.markets)) this.#marketsOf(country, given)
    else if (card.markets !== undefined) this.#problem('markets', 'must be an object such as {"US":"North America"}')
    if (!Array.isArray(card.rates)) return this.#problem('rates', 'must be a list of prices')
    card.rates.forEach((fields: unknown, i) => {
      if (isRecord(fields)) this.#row({ place: `rates.${i}`, fields })
      else this.#problem(`rates.${i}`, 'must be an object')
    })
  }

  csv(text: string): void {
    const [head, ...lines] = readCsv(text)
    if (!head) return this.#problem('line 1', `must name the columns: ${COLUMNS.join(',')}`)
    const names = head.cells.map((name) => name.toLowerCase())
    for (const name of NEEDED)
      if (!names.includes(name))
        this.#problem(`line ${head.line}`, `has no column ${name}; the columns are ${COLUMNS.join(',')}`)
    if (this.#problems.length > 0) return
    for (const { line, cells } of lines) {
      const place = `line ${line}`
      if (cells.length > names.length)
        this.#problem(
          place,
          `has ${cells.length} cells, and there are ${names.length} columns: quote a cell with a comma`,
        )
      const fields = Object.fromEntries(
        names.map((name, i) => [name, cells[i] ?? '']).filter(([, cell]) => cell !== ''),
      )
      this.#row({ place, fields })
    }
  }

  end(): ReadCard {
    const rates = new Map<string, Edition[]>()
    for (const [key, editions] of this.#rates) rates.set(key, this.#editions(key, editions))
    if (this.#problems.length === 0 && rates.size === 0) this.#problem('the file', 'has no prices')
    if (this.#problems.length === 0 && this.#currency === undefined)
      this.#problem('currency', 'is missing: write it once, or in every row, for instance USD')
    if (this.#problems.length > 0) return { problems: this.#problems }
    for (const list of this.#markets.values()) list.sort((a, b) => b.from - a.from)
    return { card: { currency: this.#currency!, newestFrom: this.#newestFrom, markets: this.#markets, rates } }
  }

  #problem(place: string, what: string): void {
    this.#problems.push(`${place}: ${what}`)
  }

  #takeCurrency(place: string, given: unknown): void {
    const currency = typeof given === 'string' ? given.toUpperCase() : ''
    if (!/^[A-Z]{3}$/.test(currency)) this.#problem(place, `must be a currency such as USD, got ${shown(given)}`)
    else if (this.#currency !== undefined && this.#currency !== currency)
      this.#problem(place, `is ${currency}, and the rest of the file is in ${this.#currency}: keep one currency`)
    else this.#currency = currency
  }

  #row({ place, fields }: Row): void {
    const before = this.#problems.length
    for (const name of Object.keys(fields))
      if (!KNOWN.has(name)) this.#problem(`${place}, ${name}`, `is not known: the fields are ${COLUMNS.join(', ')}`)
    const from = this.#date(`${place}, valid_from`, fields.valid_from)
    const market = this.#market(`${place}, market`, fields.market)
    const category = this.#category(`${place}, category`, fields.category)
    const tier = this.#tier(place, fields)
    const micros = this.#price(place, fields)
    if (fields.currency !== undefined) this.#takeCurrency(`${place}, currency`, fields.currency)
    const countries = fields.countries ?? fields.country
    if (from !== undefined && market !== undefined && countries !== undefined)
      this.#countries(`${place}, countries`, countries, from, market)
    if (this.#problems.length > before) return
    const editions = this.#rates.get(rateKey(market!, category!)) ?? new Map<number, { tier: Tier; place: string }[]>()
    this.#rates.set(rateKey(market!, category!), editions)
    const tiers = editions.get(from!) ?? []
    editions.set(from!, tiers)
    tiers.push({ place, tier: { ...tier!, micros: micros! } })
    this.#newestFrom = Math.max(this.#newestFrom, from!)
  }

  #date(place: string, given: unknown): number | undefined {
    const day = typeof given === 'string' ? dayOfDate(given) : undefined
    if (day === undefined) this.#problem(place, `must be a date such as 2026-10-01, got ${shown(given)}`)
    return day
  }

  #market(place: string, given: unknown): string | undefined {
    if (typeof given === 'string' && given.trim() !== '' && given.length <= 100) return given.trim()
    this.#problem(place, `must be the name of a market such as Indonesia, got ${shown(given)}`)
    return undefined
  }

  #category(place: string, given: unknown): string | undefined {
    const word = typeof given === 'string' ? given.trim().toLowerCase() : ''
    const found = RATED_CATEGORIES.find((one) => one.replaceAll('-', '_') === word.replaceAll('-', '_'))
    if (!found) this.#problem(place, `must be one of ${RATED_CATEGORIES.join(', ')}, got ${shown(given)}`)
    return found
  }

  /** `0:750000`, `750001:MAX`, or the two ends in fields of their own. */
  #tier(place: string, fields: Record<string, unknown>): Omit<Tier, 'micros'> | undefined {
    const [from, to] =
      fields.tier === undefined ? [fields.tier_from ?? '0', fields.tier_to ?? 'MAX'] : tierEnds(plain(fields.tier))
    const first = /^\d{1,12}$/.test(plain(from)) ? Number(from) : undefined
    const last = /^max$/i.test(plain(to)) ? Infinity : /^\d{1,12}$/.test(plain(to)) ? Number(to) : undefined
    if (first !== undefined && last !== undefined && last >= first && last > 0) return { first, last }
    this.#problem(
      `${place}, tier`,
      `must be two numbers of messages such as 0:750000 or 750001:MAX, got ${shown(fields.tier ?? `${plain(from)}:${plain(to)}`)}`,
    )
    return undefined
  }

  #price(place: string, fields: Record<string, unknown>): number | undefined {
    if (fields.price === undefined && /^\d{1,15}$/.test(plain(fields.price_micros))) return Number(fields.price_micros)
    const price = /^(\d{1,9})(?:\.(\d{1,6})0*)?$/.exec(plain(fields.price))
    if (price) return Number(price[1]) * 1_000_000 + Number((price[2] ?? '').padEnd(6, '0'))
    this.#problem(
      `${place}, price`,
      `must be a price with a point and at most six decimals such as 0.0250, got ${shown(fields.price ?? fields.price_micros)}`,
    )
    return undefined
  }

  #countries(place: string, given: unknown, from: number, market: string): void {
    const list = Array.isArray(given) ? given.map(plain) : plain(given).split(/[\s;|,]+/)
    for (const country of list) if (country !== '') this.#country(place, country, from, market)
  }

  #marketsOf(country: string, given: unknown): void {
    const place = `markets.${country}`
    const list = Array.isArray(given) ? (given as unknown[]) : [{ market: given }]
    for (const one of list) {
      if (!isRecord(one)) return this.#problem(place, 'must be a market, or a list of {"market":…,"valid_from":…}')
      const from = one.valid_from === undefined ? 0 : this.#date(`${place}, valid_from`, one.valid_from)
      const market = this.#market(`${place}, market`, one.market)
      if (from !== undefined && market !== undefined) this.#country(place, country, from, market)
    }
  }

  #country(place: string, given: string, from: number, market: string): void {
    const country = given.toUpperCase()
    if (!/^[A-Z]{2}$/.test(country))
      return this.#problem(place, `must be countries as two letters (ISO 3166) such as US CA, got ${shown(given)}`)
    const list = this.#markets.get(country) ?? []
    this.#markets.set(country, list)
    const same = list.find((one) => one.from === from)
    if (!same) list.push({ from, market })
    else if (same.market !== market)
      this.#problem(place, `puts ${country} into ${market}, and it is in ${same.market} already from the same day`)
  }

  /** Tiers must follow one another without gaps, so that every message of a month has one price. */
  #editions(key: string, editions: Map<number, { tier: Tier; place: string }[]>): Edition[] {
    const what = key.replace('\n', ', ')
    const found: Edition[] = []
    for (const [from, tiers] of editions) {
      tiers.sort((a, b) => a.tier.first - b.tier.first)
      let next = 0
      for (const { tier, place } of tiers) {
        const begins = next === 0 ? tier.first <= 1 : tier.first === next
        if (!begins)
          this.#problem(
            `${place}, tier`,
            `begins at ${tier.first}, and the tiers of ${what} from that day go on at ${next}: each begins one above the one before`,
          )
        next = tier.last + 1
      }
      found.push({ from, tiers: tiers.map(({ tier }) => tier) })
    }
    return found.sort((a, b) => b.from - a.from)
  }
}

/** The two ends of `0:750000`; anything else has none. */
function tierEnds(tier: string): string[] {
  const ends = tier.split(':')
  return ends.length === 2 ? ends : ['', '']
}

const plain = (value: unknown): string =>
  typeof value === 'string' ? value.trim() : typeof value === 'number' ? String(value) : ''
const shown = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 60))
