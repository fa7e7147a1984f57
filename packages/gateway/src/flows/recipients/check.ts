import type { Clock } from '@postern/runtime/clock'
import { finishedReport, type PriceFacts, type Report } from '../../domain/broadcasts/finished-report.ts'
import { type ContactFacts, NOTHING_KNOWN, type Terms } from '../../domain/broadcasts/report.ts'
import type { GivenMap } from '../../domain/broadcasts/row-map.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import { isNumber, phoneKey, userKey } from '../../domain/contacts/identity.ts'
import type { QuietHours } from '../../domain/contacts/quiet-hours.ts'
import { type ContactState, freeUntil, limitedUntil, readState } from '../../domain/contacts/state.ts'
import { dayOf } from '../../domain/costs/cost.ts'
import { monthOf } from '../../domain/costs/report.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { validationError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { oldRates, type RateCard } from '../../platform/rates/rate-card.ts'
import {
  addPart,
  beginFile,
  contactFacts,
  type ContactFactsRow,
  endFile,
  KEYS_AT_ONCE,
  removeFile,
} from '../../store/broadcast-files.ts'
import { givenRecipients } from '../../store/broadcast-drafts.ts'
import { billedSums, countedSums } from '../../store/costs.ts'
import type { Sql } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import { partsOf } from './files.ts'
import type { FileFormat } from './read-rows.ts'
import { runTask } from './thread.ts'
import type { Handlers, Reading } from './thread-calls.ts'

/** The part of the template catalogue that a check needs. */
export type Templates = {
  entries(channel: Channel): Promise<{ byName: ReadonlyMap<string, readonly CatalogEntry[]> }>
  refresh(channel: Channel, name: string): Promise<boolean>
}

/** What is checked: rows of a file, or recipients who came inline. */
export type Subject = {
  message: Record<string, unknown>
  map: GivenMap | null
  rows: { fileId: string; bytes: number; format: FileFormat } | { broadcastId: string }
  /** Epoch milliseconds; null: now. */
  sendAt: number | null
  quietHours: QuietHours | null
  skipBad: boolean
}

export type Checked = {
  report: Report
  /** What is theirs alone of the first rows, JSON, for a test. */
  samples: { to: string; own: string | null }[]
  reportFile: string
}

export type Checker = ReturnType<typeof createChecker>

/** A template that is not known is asked for at Meta, as a send does; not for every name of a hostile file. */
const MOST_REFRESHES = 20

/** The dry run of a broadcast: judges every row with the facts of now. Sends nothing, enters nobody. */
export function createChecker(deps: {
  store: Store
  clock: Clock
  templates: Templates
  /** All numbers of the account of a channel. */
  account: (channel: Channel) => readonly Channel[]
  rateCard: RateCard | undefined
}) {
  const { store, clock, templates, account, rateCard } = deps
  const { sql } = store

  async function facts(channel: Channel, at: number) {
    const month = monthOf(dayOf(at))
    const days = { from: month.first, to: month.next - 1, channelId: channel.id }
    const sums = await countedSums(sql, { ...days, grouping: 'category' })
    const freeServiceUsed = sums
      .filter(({ key, type, late }) => key === 'service' && type === 'free_customer_service' && Number(late) === 1)
      .reduce((sum, { messages }) => sum + Number(messages), 0)
    const { messagesPerSecond, state } = channel
    const number = { messagesPerSecond, messagingLimit: state.get('messaging_limit')?.value, freeServiceUsed }
    if (!rateCard) return { number, prices: undefined }
    const billed = (await billedSums(sql, days)).map((sum) => ({ ...sum, day: Number(sum.day) }))
    const warning = oldRates(rateCard, dayOf(clock.now())) ?? null
    const prices: PriceFacts = { card: rateCard, billed, wabaId: channel.wabaId, warning }
    return { number, prices }
  }

  return {
    async check(channel: Channel, subject: Subject): Promise<Checked> {
      const now = clock.now()
      const terms: Terms = {
        at: Math.max(now, subject.sendAt ?? now),
        quietHours: subject.quietHours ?? channel.quietHours,
        enforcesWindow: channel.windowPolicy === 'enforce',
        channelCreatedAt: channel.createdAt,
        marketing: channel.marketing,
      }
      const others = account(channel).filter(({ id }) => id !== channel.id)
      const reportFile = newId('bf', now)
      const report = {
        channelId: channel.id,
        id: reportFile,
        kind: 'report',
        filename: null,
        format: 'csv',
        now,
      } as const
      await beginFile(sql, report)
      try {
        let [n, bytes] = [0, 0]
        const handlers: Handlers = {
          ...rowsOf(sql, subject),
          template: lookUp(templates, channel),
          contacts: ({ names, marketing }) =>
            factsOf(sql, { channel, others: marketing ? others : [] }, names, terms.at),
          async report(text) {
            const piece = Buffer.from(text)
            bytes += piece.length
            await addPart(sql, reportFile, n++, piece)
            return null
          },
        }
        const tally = await runTask({ kind: 'check', reading: readingOf(channel, subject), terms }, handlers)
        const { number, prices } = await facts(channel, terms.at)
        await endFile(sql, channel.id, reportFile, {
          ...{ format: 'csv', delimiter: ',', columns: '[]', bytes, sha256: null },
          rows: tally.rows,
        })
        const { skipBad } = subject
        const isFile = 'fileId' in subject.rows
        const samples = tally.preview.map(({ to, own }) => ({ to, own }))
        return {
          report: finishedReport(tally, { terms, skipBad, isFile, facts: number, prices, now }),
          samples,
          reportFile,
        }
      } catch (error) {
        await removeFile(sql, channel.id, reportFile)
        throw error
      }
    },
  }
}

/** Throws the bad rows of a file that may not be left out. */
export function mustBeGood({ report }: Pick<Checked, 'report'>): void {
  if (report.ok) return
  const fields = report.bad.first.map(({ line, reason, message }) => ({
    path: `file.${line}`,
    rule: reason,
    message: `line ${line}: ${message}`,
  }))
  const all = report.problem === null ? [] : [{ path: 'file', rule: 'rows', message: report.problem }]
  throw validationError([...all, ...fields].slice(0, 100))
}

export function readingOf(
  channel: Channel,
  { message, map, rows }: Pick<Subject, 'message' | 'map' | 'rows'>,
): Reading {
  const format = 'fileId' in rows ? rows.format : 'jsonl'
  return { message, map, format, defaultLanguage: channel.defaultLanguage }
}

export function rowsOf(sql: Sql, { rows }: Pick<Subject, 'rows'>): Required<Pick<Handlers, 'part'>> {
  return {
    part: 'fileId' in rows ? partsOf(sql, { id: rows.fileId, bytes: rows.bytes }) : inlineParts(sql, rows.broadcastId),
  }
}

const INLINE_AT_ONCE = 1_000

/** Recipients who came inline, as lines of JSON. */
function inlineParts(sql: Sql, id: string): () => Promise<Uint8Array | undefined> {
  let last = -1
  return async () => {
    const rows = await givenRecipients(sql, id, last, INLINE_AT_ONCE)
    if (rows.length === 0) return undefined
    last = Number(rows.at(-1)!.n)
    const lines = rows.map(({ person, own, name }) => {
      const given = own === null ? {} : (JSON.parse(own) as Record<string, unknown>)
      const to = /^\d+$/.test(person) ? { to: person } : { recipient: person }
      return `${JSON.stringify({ ...to, ...(name !== null && { name }), ...given })}\n`
    })
    return Buffer.from(lines.join(''))
  }
}

export function lookUp(templates: Templates, channel: Channel): (name: string) => Promise<readonly CatalogEntry[]> {
  let refreshes = 0
  return async (name) => {
    const named = async () => (await templates.entries(channel)).byName.get(name) ?? []
    if (refreshes++ < MOST_REFRESHES) await templates.refresh(channel, name)
    return named()
  }
}

async function factsOf(
  sql: Sql,
  { channel, others }: { channel: Channel; others: readonly Channel[] },
  names: readonly string[],
  at: number,
): Promise<(ContactFacts | null)[]> {
  const keys = names.map((name) => (isNumber(name) ? phoneKey(name) : userKey(name)))
  const found = new Map<string, ContactFacts>()
  const known = async (channelId: number, learn: (row: ContactFactsRow, state: ContactState) => void) => {
    for (let i = 0; i < keys.length; i += KEYS_AT_ONCE)
      for (const row of await contactFacts(sql, channelId, keys.slice(i, i + KEYS_AT_ONCE)))
        learn(row, readState(row.state))
  }
  await known(channel.id, (row, state) =>
    found.set(row.key, {
      stopped: state.marketing?.state === 'stopped',
      limitedUntil: limitedUntil(state, at) ?? null,
      lastInboundAt: row.last_inbound_at === null ? undefined : Number(row.last_inbound_at),
      freeUntil: freeUntil(state, at),
    }),
  )
  // A limit counts at all numbers of the account.
  for (const { id } of others)
    await known(id, (row, state) => {
      const until = limitedUntil(state, at)
      if (until === undefined) return
      const here = found.get(row.key) ?? NOTHING_KNOWN
      found.set(row.key, { ...here, limitedUntil: Math.max(here.limitedUntil ?? 0, until) })
    })
  return keys.map((key) => found.get(key) ?? null)
}
