import type { Channel } from '../../domain/channels/channel.ts'
import type { Clock } from '@postern/runtime/clock'
import type { MediaCalls } from '../../platform/cloud-api/media-calls.ts'
import type { Log } from '../../platform/log.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import { expireMediaOfLink, findMedia, findMediaOfLink, insertMedia } from '../../store/media.ts'
import type { Sql } from '../../store/sql.ts'
import { refusalOfType } from './content.ts'
import { typeOfName, type MediaKind } from './formats.ts'
import { createLinkCheck, type LinkCheck } from './link-check.ts'
import { createMediaCache, MediaUnreachable, type MediaStorage } from './media-cache.ts'
import { linkKey, TtlCache } from './ttl-cache.ts'
import { MediaRefused } from './upload.ts'
import type { IdOutcome, KnownMedia } from '../../domain/media/verdict.ts'

/** Answers a send's questions about its files. Every result is a value; nothing is thrown. */
export type MediaResolver = {
  check(...args: [...Parameters<LinkCheck['check']>, isVoice?: boolean]): ReturnType<LinkCheck['check']>
  idFor(channel: Channel, url: string, kind: MediaKind): Promise<IdOutcome>
  forget(channelId: number, url: string): Promise<void>
  knownOf(channelId: number, id: string, kind: MediaKind, isVoice: boolean): Promise<KnownMedia | undefined>
}

/** A send waits this long for a first upload, then uses the link. The upload continues for later sends. */
const WAIT_MS = 10_000
/** An invalid file is not fetched again for every send of a broadcast. An unreachable host is tried again sooner. */
const REFUSED_FOR_MS = 600_000
const AWAY_FOR_MS = 30_000

export function createMediaResolver(options: {
  api: Pick<MediaCalls, 'uploadMedia'>
  outbound: Outbound
  sql: Sql
  clock: Clock
  log: Log
  waitMs?: number
}): MediaResolver {
  const { sql, clock, log, waitMs = WAIT_MS } = options
  const links = createLinkCheck(options)
  const cache = createMediaCache({ ...options, storage: storageOn(sql, clock) })
  const refused = new TtlCache<IdOutcome>(clock, { ms: REFUSED_FOR_MS, max: 1_000 })
  const away = new TtlCache<IdOutcome>(clock, { ms: AWAY_FOR_MS, max: 1_000 })

  async function upload(channel: Channel, url: string, kind: MediaKind, key: string): Promise<IdOutcome> {
    const { phoneNumberId, accessToken: token } = channel
    try {
      return { kind: 'id', id: await cache.idFor({ id: String(channel.id), phoneNumberId, token }, url, kind) }
    } catch (error) {
      if (error instanceof MediaRefused) {
        const outcome: IdOutcome = { kind: 'refused', refusal: error.refusal }
        refused.set(key, outcome)
        return outcome
      }
      if (error instanceof MediaUnreachable) {
        const outcome: IdOutcome = { kind: 'none' }
        away.set(key, outcome)
        return outcome
      }
      return { kind: 'failed', error: error as Error }
    }
  }

  return {
    check(url, kind, mode, isVoice = false) {
      const named = isVoice && mode !== 'off' && URL.canParse(url) ? typeOfName(new URL(url).pathname) : undefined
      const refusal = named === undefined ? undefined : refusalOfType(kind, named, isVoice)
      return refusal ?? links.check(url, kind, mode)
    },
    async idFor(channel, url, kind) {
      const key = linkKey(`${channel.id} ${kind}`, url)
      const known = refused.get(key) ?? away.get(key)
      if (known) return known
      const work = upload(channel, url, kind, key)
      let timer: NodeJS.Timeout | undefined
      const late = new Promise<IdOutcome>((resolve) => {
        timer = setTimeout(() => {
          log.info({ channel_id: channel.id, kind }, 'media.upload_late')
          resolve({ kind: 'none' })
        }, waitMs)
      })
      try {
        return await Promise.race([work, late])
      } finally {
        clearTimeout(timer)
      }
    },
    forget: (channelId, url) => cache.forget(String(channelId), url),
    async knownOf(channelId, id, kind, isVoice) {
      const row = await findMedia(sql, channelId, id)
      if (!row) return undefined
      return {
        link: row.link ?? undefined,
        isExpired: row.expires_at <= clock.now(),
        refusal: refusalOfType(kind, row.mime_type, isVoice),
      }
    },
  }
}

/** Stores ids in the store, for later starts and other nodes. */
function storageOn(sql: Sql, clock: Clock): MediaStorage {
  return {
    async get(channelId, url, kind) {
      const row = await findMediaOfLink(sql, Number(channelId), url, kind)
      return row && { mediaId: row.id, kind, expiresAt: row.expires_at }
    },
    put: (channelId, url, media) =>
      insertMedia(sql, {
        channel_id: Number(channelId),
        id: media.mediaId,
        kind: media.kind,
        mime_type: media.mimeType ?? '',
        bytes: media.bytes ?? 0,
        filename: null,
        link: url,
        created_at: clock.now(),
        expires_at: media.expiresAt,
      }),
    remove: (channelId, url) => expireMediaOfLink(sql, Number(channelId), url, clock.now()),
  }
}
