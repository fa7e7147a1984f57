import { createHash } from 'node:crypto'
import { isRecord } from '../../platform/is-record.ts'
/** Readers for Meta's JSON, which may have other types than documented. */

export const arrayOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])

export const recordsOf = (value: unknown): Record<string, unknown>[] => arrayOf(value).filter(isRecord)

/** A non-empty text of a plausible length, else undefined. */
export const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' && value.length <= 512 ? value : undefined

export function without<T extends Record<string, unknown>>(value: T, ...keys: string[]): T {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !keys.includes(name))) as T
}

export const hashOf = (value: unknown): string => createHash('sha256').update(JSON.stringify(value)).digest('base64url')

/** True for a part with an id of Meta's. */
export const hasId = (part: unknown): part is Record<string, unknown> & { id: string } =>
  isRecord(part) && typeof part.id === 'string' && part.id !== '' && part.id.length <= 512
