import { systemClock, type Clock } from '@postern/runtime/clock'
import type { MediaCalls } from '../../platform/cloud-api/media-calls.ts'
import { OutboundRefused, type Outbound } from '../../platform/outbound/guard.ts'
import { fetchPublic, headerOf } from './fetch.ts'
import { MEDIA_KINDS, type MediaKind } from './formats.ts'
import { linkKey, TtlCache } from './ttl-cache.ts'
import { MediaBroken, uploadStream } from './upload.ts'

export type KeptMedia = {
  mediaId: string
  kind: MediaKind
  /** Epoch milliseconds. */
  expiresAt: number
  mimeType?: string
  bytes?: number
}

/** Stores media ids for later starts and other nodes. A media id belongs to the number that uploaded it. */
export type MediaStorage = {
  get(channelId: string, url: string, kind: MediaKind): Promise<KeptMedia | undefined>
  put(channelId: string, url: string, media: KeptMedia): Promise<void>
  remove(channelId: string, url: string): Promise<void>
}

export type MediaCacheOptions = {
  api: Pick<MediaCalls, 'uploadMedia'>
  outbound: Outbound
  storage: MediaStorage
  clock?: Clock
  /** For fetching and uploading one file. */
  timeoutMs?: number
  /** How long an id is used. Meta keeps uploads for 30 days. */
  keepMs?: number
}

export type MediaCache = {
  /**
   * Returns the id under which `channel` can send the file of `url`. The first call fetches and uploads the file; later
   * calls return the stored id. Throws `MediaRefused` (not sendable as `kind`), `MediaUnreachable` (the link returns no
   * file), or an error of the Cloud API.
   */
  idFor(channel: { id: string; phoneNumberId: string; token: string }, url: string, kind: MediaKind): Promise<string>
  /** For an id that Meta no longer knows: the next call uploads the file again. */
  forget(channelId: string, url: string): Promise<void>
}

/** The link does not return a file. */
export class MediaUnreachable extends Error {
  readonly reason: 'media_host_not_public' | 'media_unreachable'

  constructor(reason: MediaUnreachable['reason'], why: string, cause?: unknown) {
    super(`the file could not be fetched: ${why}`, { cause })
    this.name = 'MediaUnreachable'
    this.reason = reason
  }
}

const DAY_MS = 24 * 3600_000

/**
 * Replaces links by media ids, so that Meta does not fetch the link for every message: the file is transferred once for
 * all recipients.
 */
export function createMediaCache(options: MediaCacheOptions): MediaCache {
  const { api, outbound, storage, clock = systemClock, timeoutMs = 60_000, keepMs = 29 * DAY_MS } = options
  // A cache in front of the storage, so that a broadcast reads the storage once and not per message.
  const near = new TtlCache<KeptMedia>(clock, { ms: 600_000, max: 1_000 })
  // A file may be sendable as one kind and not as another, so an id is valid only for the kind it was checked as.
  const isGood = (media: KeptMedia | undefined, kind: MediaKind): media is KeptMedia =>
    media !== undefined && media.kind === kind && media.expiresAt > clock.now()

  return {
    async idFor(channel, url, kind) {
      const key = keyOf(channel.id, url, kind)
      const known = near.get(key)
      if (isGood(known, kind)) return known.mediaId
      const media = await near.share(key, async () => {
        const kept = await storage.get(channel.id, url, kind)
        if (isGood(kept, kind)) return kept
        const { id: mediaId, mimeType, bytes } = await move(channel, url, kind)
        const fresh = { mediaId, kind, expiresAt: clock.now() + keepMs, mimeType, bytes }
        await storage.put(channel.id, url, fresh)
        return fresh
      })
      return media.mediaId
    },

    async forget(channelId, url) {
      for (const kind of MEDIA_KINDS) near.delete(keyOf(channelId, url, kind))
      await storage.remove(channelId, url)
    },
  }

  async function move(channel: { phoneNumberId: string; token: string }, url: string, kind: MediaKind) {
    if (!URL.canParse(url)) throw new MediaUnreachable('media_unreachable', 'the link is not a full address')
    const signal = AbortSignal.timeout(timeoutMs)
    const fetched = await fetchPublic(outbound, new URL(url), { signal }).catch((error: Error) => {
      const reason = error instanceof OutboundRefused ? 'media_host_not_public' : 'media_unreachable'
      throw new MediaUnreachable(reason, error.message || error.name, error)
    })
    if (fetched.status !== 200) {
      fetched.body.destroy()
      throw new MediaUnreachable('media_unreachable', `the host answered ${fetched.status}`)
    }
    const length = headerOf(fetched, 'content-length')
    const packed = (headerOf(fetched, 'content-encoding') ?? 'identity') !== 'identity'
    try {
      return await uploadStream({
        api,
        phoneNumberId: channel.phoneNumberId,
        token: channel.token,
        stream: fetched.body,
        filename: lastPart(fetched.url),
        length: length && !packed && /^\d{1,15}$/.test(length) ? Number(length) : undefined,
        kind,
        timeoutMs,
      })
    } catch (error) {
      if (error instanceof MediaBroken) throw new MediaUnreachable('media_unreachable', error.message, error)
      throw error
    }
  }
}

const keyOf = (channelId: string, url: string, kind: MediaKind) => linkKey(`${channelId} ${kind}`, url)

function lastPart(url: URL): string {
  const last = url.pathname.slice(url.pathname.lastIndexOf('/') + 1)
  try {
    return decodeURIComponent(last)
  } catch {
    return last
  }
}
