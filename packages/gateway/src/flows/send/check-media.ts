import type { Channel } from '../../domain/channels/channel.ts'
import { CloudApiError } from '../../platform/cloud-api/errors.ts'
import { GatewayError } from '../../platform/errors.ts'
import type { IdOutcome, KnownMedia, Verdict } from '../../domain/media/verdict.ts'
import { mediaIn, type MediaPart } from '../../domain/messages/media-in.ts'
import type { MediaType, OutgoingMessage } from '../../domain/messages/message.ts'
import { outcomeOf } from './outcome.ts'
import { toGatewayError } from './to-gateway-error.ts'

/** The part of the media resolver that this flow uses (`flows/media/media-resolver.ts`). */
export type MediaResolver = {
  /** Returns the known problem of a link: at once when it is cached, otherwise within two seconds. */
  check(url: string, kind: MediaType, mode: Channel['mediaCheck'], isVoice?: boolean): Verdict | Promise<Verdict>
  /**
   * Returns the id under which the channel sends the file of a link. Uploads the file when it has none. Never throws.
   */
  idFor(channel: Channel, url: string, kind: MediaType): Promise<IdOutcome>
  /** For an id that Meta no longer knows. */
  forget(channelId: number, url: string): Promise<void>
  /** A media id that we returned: the link it was made from, if any, and the reason why its file cannot be sent. */
  knownOf(channelId: number, id: string, kind: MediaType, isVoice: boolean): Promise<KnownMedia | undefined>
}

/** A message whose files were checked. */
export type PreparedMedia = {
  message: OutgoingMessage
  /**
   * After Meta answered that it does not know an id: the message with new ids, once. Undefined when no id can be
   * renewed.
   */
  again(): Promise<OutgoingMessage | undefined>
}

/**
 * Checks and prepares the files of a message before a send. Undefined: there is nothing to do. Throws a GatewayError
 * with every file that WhatsApp would refuse.
 */
export type PrepareMedia = (
  channel: Channel,
  message: OutgoingMessage,
) => Promise<PreparedMedia | undefined> | undefined

/** A part with an id that we made of `link`, or can make again. */
type Sourced = { index: number; link: string; id: string | undefined }

export function createMediaPreparation(resolver: MediaResolver): PrepareMedia {
  return (channel, message) => {
    const parts = mediaIn(message)
    if (parts.length === 0) return undefined
    const uploads = channel.mediaMode === 'upload'
    // An upload checks the whole file itself, so its beginning need not be checked before.
    const mode = uploads && channel.mediaCheck === 'probe' ? 'type' : channel.mediaCheck
    const verdicts = parts.map(({ media, kind }) =>
      media.link === undefined ? undefined : resolver.check(media.link, kind, mode, media.voice === true),
    )
    const isKnown = verdicts.every((verdict) => !(verdict instanceof Promise))
    if (isKnown) refuse(parts, verdicts as (Verdict | undefined)[])
    const needsIds = parts.some(({ media }) => media.id !== undefined || uploads)
    if (isKnown && !needsIds) return undefined
    return finish()

    async function finish(): Promise<PreparedMedia | undefined> {
      if (!isKnown) refuse(parts, await Promise.all(verdicts.map((verdict) => Promise.resolve(verdict))))
      return needsIds ? await withIds(channel, message, parts, uploads) : undefined
    }
  }

  async function withIds(
    channel: Channel,
    message: OutgoingMessage,
    parts: readonly MediaPart[],
    uploads: boolean,
  ): Promise<PreparedMedia> {
    const known = await Promise.all(
      parts.map(async ({ media, kind }) =>
        media.id === undefined ? undefined : await resolver.knownOf(channel.id, media.id, kind, media.voice === true),
      ),
    )
    if (channel.mediaCheck !== 'off') {
      refuse(
        parts,
        known.map((one) => one?.refusal),
      )
    }
    const sources = parts.map(({ media }, index): (Sourced & { isNew: boolean }) | undefined => {
      if (media.id === undefined) return uploads ? { index, link: media.link!, id: undefined, isNew: true } : undefined
      const { link, isExpired = false } = known[index] ?? {}
      return link === undefined ? undefined : { index, link, id: media.id, isNew: isExpired }
    })
    const sourced = sources.filter((source) => source !== undefined)
    const fill = (list: readonly Sourced[]) => fillIn(channel, message, parts, list)
    const prepared = await fill(sourced.filter((source) => source.isNew))
    return {
      message: prepared ?? message,
      async again() {
        if (sourced.length === 0) return undefined
        try {
          for (const { link } of sourced) await resolver.forget(channel.id, link)
          return await fill(sourced)
        } catch {
          // Meta's error is then the answer to the caller.
          return undefined
        }
      },
    }
  }

  /** The message with ids in the listed parts. Undefined when no id could be had. */
  async function fillIn(
    channel: Channel,
    message: OutgoingMessage,
    parts: readonly MediaPart[],
    list: readonly Sourced[],
  ): Promise<OutgoingMessage | undefined> {
    const outcomes = await Promise.all(list.map(({ index, link }) => resolver.idFor(channel, link, parts[index]!.kind)))
    refuse(
      list.map(({ index }) => parts[index]!),
      outcomes.map((outcome) => (outcome.kind === 'refused' ? outcome.refusal : undefined)),
    )
    const failed = outcomes.find((outcome) => outcome.kind === 'failed')
    if (failed) {
      const outcome = outcomeOf(failed.error)
      // The send would fail in the same way. An unproven problem is left to Meta, by link.
      if (outcome.kind === 'refused') throw toGatewayError(outcome)
    }
    if (!outcomes.some((outcome) => outcome.kind === 'id')) return undefined
    const copy = structuredClone(message)
    const places = mediaIn(copy)
    outcomes.forEach((outcome, i) => {
      if (outcome.kind !== 'id') return
      const { media } = places[list[i]!.index]!
      delete media.link
      media.id = outcome.id
    })
    return copy
  }
}

/** True when Meta refused a send because it does not know a media id: this proves that the message was not accepted. */
export function isMediaUnknown(error: unknown): boolean {
  return (
    error instanceof CloudApiError &&
    error.code === 100 &&
    /media attachment id/i.test(`${error.message} ${error.details ?? ''}`)
  )
}

function refuse(parts: readonly MediaPart[], verdicts: readonly (Verdict | undefined)[]): void {
  const fields = verdicts.flatMap((verdict, i) => {
    if (!verdict || verdict.ok) return []
    const { ok: _ok, ...refusal } = verdict
    const { path, media } = parts[i]!
    return [{ path: `${path}.${media.link === undefined ? 'id' : 'link'}`, ...refusal }]
  })
  const [first] = fields
  if (!first) return
  throw new GatewayError(
    'validation_failed',
    { problem: `${first.path}: ${first.message}` },
    { data: { reason: first.reason, fields } },
  )
}
