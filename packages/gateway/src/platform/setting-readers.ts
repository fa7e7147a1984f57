import { isIP } from 'node:net'
import type { RateCard } from './rates/rate-card.ts'
import { loadRateCard } from './rates/read-rate-card.ts'
import { pathWithoutEnd } from './url-path.ts'

// Each reads the text of one setting, or throws Wrong with what it must be.

export class Wrong extends Error {}
export const wrong = (message: string): never => {
  throw new Wrong(message)
}

export const text = (value: string): string => value
export const whole =
  (min: number, max: number) =>
  (value: string): number => {
    const number = Number(value)
    return /^\d+$/.test(value) && number >= min && number <= max
      ? number
      : wrong(`must be a whole number from ${min} to ${max}, got "${value}"`)
  }
export const port = whole(0, 65535)

const UNITS: Record<string, number> = { m: 60_000, h: 60 * 60_000, d: 24 * 60 * 60_000 }

/** `30m`, `6h`, `1d` as milliseconds. */
export const duration =
  (least: string, most: string) =>
  (value: string): number => {
    const ms = msOf(value)
    return ms !== undefined && ms >= msOf(least)! && ms <= msOf(most)!
      ? ms
      : wrong(`must be a time from ${least} to ${most}, such as 30m, 6h or 1d, got "${value}"`)
  }

function msOf(text: string): number | undefined {
  const [, count, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  return unit === undefined ? undefined : Number(count) * UNITS[unit]!
}

export function origin(value: string): string {
  let url: URL
  try {
    url = new URL(value)
  } catch {
    return wrong(`must be an http or https origin such as https://graph.facebook.com, got "${value}"`)
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return wrong('must begin with https:// or http://')
  if (url.username || url.password) return wrong('must not contain a user name or password')
  return url.origin + pathWithoutEnd(url)
}

/** https, or http on this machine for a tunnel during tests. */
export function publicUrl(value: string): string {
  const url = origin(value)
  return url.startsWith('https://') || /^http:\/\/(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:|\/|$)/.test(url)
    ? url
    : wrong('must begin with https://: Meta sends webhooks to no other address')
}

/** An address that people write to or open. */
export function contactUrl(value: string): string {
  return /^(mailto:[^\s@]+@[^\s@]+|https:\/\/[^\s]+|tel:\+[\d-]+)$/.test(value)
    ? value
    : wrong('must begin with mailto:, https:// or tel:')
}

export function databaseUrl(value: string): string {
  return /^postgres(ql)?:\/\/.+/.test(value) ? value : wrong('must begin with postgres:// or postgresql://')
}

export function version(value: string): string {
  return /^v\d{1,3}\.\d$/.test(value) ? value : wrong(`must look like v25.0, got "${value}"`)
}

/** 32 bytes in Base64: the form of `MASTER_KEY` and its file. */
export const isKey32 = (value: string): boolean =>
  Buffer.from(value, 'base64').length === 32 && /^[A-Za-z0-9+/_-]{43}=?$/.test(value)

/** Minimum length of an admin token, wherever it comes from: it gives access to everything. */
export const LEAST_TOKEN = 16

export function key32(value: string): string {
  return isKey32(value) ? value : wrong('must be 32 bytes in base64; make one with: openssl rand -base64 32')
}

export function cidrs(value: string): string[] {
  return value
    .split(/[\s,]+/)
    .filter((part) => part !== '')
    .map((part) => {
      const [address = '', bits, more] = part.split('/')
      const most = { 4: 32, 6: 128 }[isIP(address)] ?? -1
      const okay =
        more === undefined &&
        !address.includes('%') &&
        most > 0 &&
        (bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= most))
      return okay ? `${address}/${bits ?? most}` : wrong(`has "${part}", which is not a CIDR such as 10.0.0.0/8`)
    })
}

export function rateCard(path: string): RateCard {
  try {
    return loadRateCard(path)
  } catch (error) {
    return wrong((error as Error).message)
  }
}

export function ratio(value: string): number {
  const number = Number(value)
  return /^(?:\d{1,9}(?:\.\d{0,18})?|\.\d{1,18})$/.test(value) && number <= 1
    ? number
    : wrong(`must be a number from 0 to 1 such as 0.01, got "${value}"`)
}

/** The text of `headersIn`, when that can read it. */
export const headerList = (value: string): string => {
  headersIn(value)
  return value
}

/** `name=value,name=value`, each value percent-encoded, as OpenTelemetry writes headers. */
export function headersIn(value: string): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const part of value.split(',')) {
    const [name = '', ...rest] = part.split('=')
    const text = decoded(rest.join('=').trim())
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name.trim()) || rest.length === 0 || text === undefined)
      return wrong('must be name=value pairs, separated by commas, such as authorization=Bearer%20abc')
    headers[name.trim().toLowerCase()] = text
  }
  return headers
}

function decoded(text: string): string | undefined {
  try {
    const plain = decodeURIComponent(text)
    return /^[\x20-\x7e]*$/.test(plain) ? plain : undefined
  } catch {
    return undefined
  }
}

export const oneOf =
  <T extends string>(choices: readonly T[]) =>
  (value: string): T =>
    choices.includes(value as T) ? (value as T) : wrong(`must be one of ${choices.join(', ')}, got "${value}"`)

export const optional = <T>(read: (value: string) => T): ((value: string) => T | undefined) => read
