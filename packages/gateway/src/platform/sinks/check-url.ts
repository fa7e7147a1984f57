import type { Outbound, UrlCheck } from '../outbound/guard.ts'
import { readPostgresTarget } from './postgres/url.ts'
import { readRedisTarget } from './redis/url.ts'

const KINDS: Record<string, 'postgres' | 'stream'> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'redis:': 'stream',
  'rediss:': 'stream',
}

/** The kind of sink by the scheme of an endpoint's URL; undefined for other schemes. */
export function sinkKindOf(url: string): 'postgres' | 'stream' | undefined {
  const scheme = /^[a-z]{1,12}:/i.exec(url)?.[0].toLowerCase()
  return scheme === undefined ? undefined : KINDS[scheme]
}

/** The hosts in a sink's URL. Throws an error that says what to change and never quotes the URL. */
export function hostsOfSink(url: string): string[] {
  return sinkKindOf(url) === 'stream'
    ? [readRedisTarget(url).host]
    : readPostgresTarget(url).hosts.map(({ host }) => host)
}

/** Checks a sink's URL as far as possible without DNS, as `checkUrl` does for HTTP. */
export function checkSinkUrl(
  url: string,
  outbound: Pick<Outbound, 'refusalOf'>,
): { ok: true } | Extract<UrlCheck, { ok: false }> {
  try {
    for (const host of hostsOfSink(url)) {
      const refusal = outbound.refusalOf(host)
      if (refusal) return { ok: false, reason: 'host_not_public', message: refusal.message }
    }
    return { ok: true }
  } catch (error) {
    return { ok: false, reason: 'url_malformed', message: (error as Error).message.replace(/^url:? /, '') }
  }
}
