import { codePoints } from '../fields/text.ts'
import type { Rule } from '../fields/problem.ts'
import type { Finding, RefusalCode } from './refusal.ts'

/** Builds findings. Each has the wanted and the given value, so that the caller knows what to change. */

type Facts = { rule: Rule; limit?: number; actual?: number; wants: string; got: string; message?: string }

export function finding(code: RefusalCode, details: string, path: string, facts: Facts): Finding {
  const { rule, limit, actual, wants, got } = facts
  const message = facts.message ?? `the template wants ${wants}, got ${got}`
  return {
    code,
    details,
    field: {
      path,
      rule,
      ...(limit !== undefined && { limit }),
      ...(actual !== undefined && { actual }),
      wants,
      got,
      message,
    },
  }
}

/** `part` is Meta's word for the place: header, body. `oneThing` names the wanted item when it is not a variable. */
export function wrongCount(
  part: string,
  path: string,
  wanted: readonly string[],
  got: number,
  oneThing?: string,
): Finding {
  const count = wanted.length
  const details = `${part}: number of localizable_params (${got}) does not match the expected number of params (${count})`
  const names = count > 0 ? ` (${wanted.map((name) => `{{${name}}}`).join(', ')})` : ''
  return finding(132000, details, path, {
    rule: got > count ? 'maxItems' : 'minItems',
    limit: count,
    actual: got,
    wants: `${count === 0 ? 'no parameters' : (oneThing ?? `${counted(count, 'parameter')}${names}`)} in the ${part}`,
    got: got === 0 ? 'none' : String(got),
  })
}

export function wrongKind(part: string, path: string, wanted: string, got: string | undefined): Finding {
  const details = `${part}: Format mismatch, expected ${wanted.toUpperCase()}, received ${(got ?? 'unknown').toUpperCase()}`
  return finding(132012, details, path, {
    rule: got === undefined ? 'required' : 'type',
    wants: `${article(wanted)} parameter in the ${part}`,
    got: got === undefined ? 'none' : article(got),
  })
}

/** Rules for the text of a parameter: Meta forbids characters that would break its layout. */
export function textFindings(text: string, path: string): Finding[] {
  if (text === '') {
    return [
      finding(131008, 'Param text cannot be empty', path, {
        rule: 'minLength',
        limit: 1,
        actual: 0,
        wants: 'text that is not empty',
        got: 'empty text',
        message: 'must not be empty: WhatsApp refuses empty parameters',
      }),
    ]
  }
  const found = /[\n\r\t]/.test(text)
    ? 'a line break or a tab'
    : text.includes('     ')
      ? 'five or more spaces in a row'
      : ''
  if (!found) return []
  const details = 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces'
  return [
    finding(132018, details, path, {
      rule: 'pattern',
      wants: 'one line without tabs and without more than 4 spaces in a row',
      got: `text with ${found}`,
      message: `must not hold ${found}: WhatsApp allows neither line breaks, tabs nor more than 4 spaces in a row here`,
    }),
  ]
}

export function tooLong(
  code: RefusalCode,
  details: string,
  path: string,
  limit: number,
  actual: number,
  what: string,
): Finding {
  return finding(code, details, path, {
    rule: 'maxLength',
    limit,
    actual,
    wants: `at most ${limit} characters`,
    got: `${actual} characters`,
    message: `${what}: at most ${limit} characters, got ${actual}`,
  })
}

export function lengthFindings(text: string, limit: number, path: string, what: string): Finding[] {
  const actual = text.length > limit ? codePoints(text) : text.length
  return actual > limit ? [tooLong(131009, `${what} is too long. Max length: ${limit}`, path, limit, actual, what)] : []
}

export function counted(count: number, word: string): string {
  return count === 1 ? `1 ${word}` : `${count} ${word}s`
}

const WORDS: Record<string, string> = {
  image: 'an image',
  text: 'a text',
  video: 'a video',
  gif: 'a GIF',
  document: 'a document',
  location: 'a location',
  product: 'a product',
  action: 'an action',
  payload: 'a payload',
  coupon_code: 'a coupon_code',
  ttl_minutes: 'a ttl_minutes',
  currency: 'a currency',
  date_time: 'a date_time',
  limited_time_offer: 'a limited_time_offer',
}

export function article(kind: string): string {
  return WORDS[kind] ?? kind
}
