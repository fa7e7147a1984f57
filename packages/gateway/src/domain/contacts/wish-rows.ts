import { msOf } from '../messages/later.ts'
import { contactNameOf } from './contact-name.ts'
import type { Names } from './identity.ts'

/*
 * The rows of a file that says who wants marketing: read and written. Decides only. A row that is wrong has a sentence that
 * names the column and not the value, which is personal.
 */

const CONTACT = ['to', 'number', 'phone', 'phone_number', 'recipient', 'user_id']
const WISHES = { stopped: 'stopped', stop: 'stopped', allowed: 'allowed', resume: 'allowed' } as const

export type WishColumns = { contact: number; marketing: number | undefined; since: number | undefined }
export type WishRow = { contact: Names; state: 'allowed' | 'stopped'; at: number }

/**
 * The columns of a first row, by their names. Undefined when it is a row like all others, because its first cell is a
 * contact: then that column is the contact, and everybody in the file stopped. A sentence when it is neither.
 */
export function columnsOf(cells: readonly string[]): WishColumns | string | undefined {
  const names = cells.map((cell) => cell.trim().toLowerCase())
  const contact = CONTACT.map((name) => names.indexOf(name)).find((index) => index >= 0)
  const indexOf = (name: string): number | undefined => (names.includes(name) ? names.indexOf(name) : undefined)
  if (contact !== undefined) return { contact, marketing: indexOf('marketing'), since: indexOf('since') }
  if (contactNameOf((cells[0] ?? '').trim()) !== undefined) return undefined
  return `the first line must name the columns: one of ${CONTACT.join(', ')}, and if you like marketing and since`
}

export const NO_HEAD: WishColumns = { contact: 0, marketing: undefined, since: undefined }

/** A sentence when the row is wrong. A wish without a time is of `now`; a time in the future is `now`. */
export function readWish(cells: readonly string[], columns: WishColumns, now: number): WishRow | string {
  const cell = (index: number | undefined): string => (index === undefined ? '' : (cells[index] ?? '').trim())
  const given = cell(columns.contact)
  if (given === '') return 'the contact is missing'
  const contact = contactNameOf(given)
  if (!contact) return 'the contact must be a number with its country code, or a business-scoped user id'
  const wish = cell(columns.marketing).toLowerCase() || 'stopped'
  if (!Object.hasOwn(WISHES, wish)) return 'marketing must be stopped or allowed'
  const since = cell(columns.since)
  const at = since === '' ? now : momentOf(since)
  if (at === undefined)
    return 'since must be Unix seconds, or ISO 8601 with an offset such as 2026-12-01T09:00:00+08:00'
  return { contact, state: WISHES[wish as keyof typeof WISHES], at: Math.min(at, now) }
}

function momentOf(text: string): number | undefined {
  if (/^\d{1,11}$/.test(text)) return msOf(Number(text))
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d)$/.test(text)) return undefined
  const at = Date.parse(text)
  return Number.isNaN(at) || at < 0 ? undefined : at
}
