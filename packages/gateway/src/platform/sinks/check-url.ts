import type { Outbound, UrlCheck } from '../outbound/guard.ts'
import { readPostgresTarget } from './postgres/url.ts'
import { readRedisTarget } from './redis/url.ts'

const KINDS: Record<string, 'postgres' | 'stream'> = {
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
  'redis:': 'stream',
  'rediss:': 'stream',
}

/** What kind of sink an endpoint's URL names by its scheme; undefined: none. */
export function sinkKindOf(url: string): 'postgres' | 'stream' | undefined {
  const scheme = /^[a-z]{1,12}:/i.exec(url)?.[0].toLowerCase()
  return scheme === undefined ? undefined : KINDS[scheme]
}

/** The hosts that a sink's URL names. Throws with words on what to change, which never quote the URL. */
export function hostsOfSink(url: string): string[] {
  return sinkKindOf(url) === 'stream'
    ? [readRedisTarget(url).host]
    : readPostgresTarget(url).hosts.map(({ host }) => host)
}

/** Judges a sink's URL as far as that can be done without DNS, as `checkUrl` does one over HTTP. */
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
