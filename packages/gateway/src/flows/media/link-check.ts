import { systemClock, type Clock } from '@postern/runtime/clock'
import { OutboundRefused, type Outbound } from '../../platform/outbound/guard.ts'
import { extensionsOf, knownExtension, listed, type MediaKind } from './formats.ts'
import { aKind } from './content.ts'
import { probe } from './probe.ts'
import { linkKey, TtlCache } from './ttl-cache.ts'
import { refuse, type Refusal, type Verdict } from '../../domain/media/verdict.ts'

export type MediaCheckMode = 'probe' | 'type' | 'off'

export type LinkCheckOptions = {
  outbound: Outbound
  clock?: Clock
  /** For one link, with all its requests. */
  budgetMs?: number
  /** Meta also caches a fetched link for ten minutes. */
  rememberMs?: number
  maxRemembered?: number
  /** Maximum number of concurrent checks. Further links pass unchecked, because a send must not wait for slow hosts. */
  maxProbes?: number
  maxBytes?: number
}

export type LinkCheck = {
  /**
   * Never throws. A cached verdict and a verdict on the URL alone are returned at once. A request takes at most the
   * time limit.
   */
  check(url: string, kind: MediaKind, mode: MediaCheckMode): Verdict | Promise<Verdict>
}

const UNSEEN: Verdict = { ok: true, evidence: 'none', why: 'the check is off' }
const BUSY: Verdict = { ok: true, evidence: 'none', why: 'too many links are being looked at' }
const BY_URL: Verdict = { ok: true, evidence: 'url' }

/** Checks media links before a send, so that a problem is reported at once and not by Meta minutes later. */
export function createLinkCheck(options: LinkCheckOptions): LinkCheck {
  const { outbound, clock = systemClock, budgetMs = 2_000, maxProbes = 64 } = options
  const limits = { stepBytes: 64 * 1024, maxBytes: options.maxBytes ?? 2 * 1024 * 1024 }
  const remembered = new TtlCache<Verdict>(clock, {
    ms: options.rememberMs ?? 600_000,
    max: options.maxRemembered ?? 10_000,
  })

  return {
    check(url, kind, mode) {
      if (mode === 'off') return UNSEEN
      if (mode === 'type') {
        const looked = checkUrl(outbound, url, kind)
        return looked instanceof URL ? BY_URL : looked
      }
      const key = linkKey(kind, url)
      const known = remembered.get(key)
      if (known) return known
      const looked = checkUrl(outbound, url, kind)
      if (!(looked instanceof URL)) return looked
      if (remembered.running >= maxProbes && !remembered.isRunning(key)) return BUSY
      return remembered.share(key, () => look(looked, kind))
    },
  }

  async function look(url: URL, kind: MediaKind): Promise<Verdict> {
    try {
      // Parsing is fast and reading obeys the signal. The timer still enforces the limit.
      return await withinBudget((signal) => probe(outbound, url, kind, limits, signal), budgetMs)
    } catch (error) {
      if (error instanceof OutboundRefused) return notPublic(error)
      return { ok: true, evidence: 'none', why: error instanceof Error ? wordsFor(error) : 'the look failed' }
    }
  }
}

async function withinBudget<T>(work: (signal: AbortSignal) => Promise<T>, ms: number): Promise<T> {
  const over = new AbortController()
  let timer: NodeJS.Timeout | undefined
  const end = new Promise<never>((_, fail) => {
    timer = setTimeout(() => {
      const error = new Error(`no answer within ${ms} ms`)
      over.abort(error)
      fail(error)
    }, ms)
  })
  const working = work(over.signal)
  working.catch(() => {}) // it may fail after the time limit
  try {
    return await Promise.race([working, end])
  } finally {
    clearTimeout(timer)
  }
}

function wordsFor(error: Error): string {
  return `the host could not be asked: ${(error.message || (error as NodeJS.ErrnoException).code) ?? error.name}`
}

/** Checks the URL alone. Returns a `URL` when it has no problem. */
function checkUrl(outbound: Outbound, text: string, kind: MediaKind): URL | Refusal {
  const check = outbound.checkUrl(text)
  if (!check.ok) {
    if (check.reason === 'host_not_public') return notPublic()
    return refuse('url', 'media_url_invalid', `the link must be a full http:// or https:// address`)
  }
  const extension = knownExtension(check.url.pathname)
  const accepted = extensionsOf(kind)
  if (extension === undefined || accepted.includes(extension)) return check.url
  const message = `the link ends in .${extension}; ${aKind(kind)} is ${listed(shown(kind))}`
  return refuse('type', 'media_type_wrong', message, { actual: `.${extension}` })
}

const shown = (kind: MediaKind) =>
  extensionsOf(kind)
    .filter((extension) => !['jpe', 'jfif', '3gpp', 'oga', 'opus'].includes(extension))
    .map((extension) => `.${extension}`)

function notPublic(error?: OutboundRefused): Refusal {
  const host = error ? ` (${error.host})` : ''
  return refuse(
    'host',
    'media_host_not_public',
    `the link's host${host} is not on the public internet; WhatsApp could not fetch it`,
  )
}
