/** Known problem of a link or a file. Snake case and stable: customers match on it. */
export type MediaReason =
  | 'media_url_invalid'
  | 'media_host_not_public'
  | 'media_type_wrong'
  | 'media_too_large'
  | 'image_not_rgb'
  | 'video_codec'
  | 'video_audio_codec'
  | 'video_audio_tracks'
  | 'audio_codec'
  | 'audio_not_mono'

export type Refusal = {
  ok: false
  /** The broken rule, as validation errors name rules. */
  rule: 'url' | 'host' | 'type' | 'size' | 'codec' | 'tracks' | 'colour' | 'channels'
  reason: MediaReason
  message: string
  limit?: number
  actual?: number | string
}

/**
 * Source of the verdict. `content`: the file was checked and no problem was found. `url`: only the link was checked.
 * `none`: the file could not be checked; `why` gives the reason. None of them promises that WhatsApp accepts the file.
 */
export type Verdict = { ok: true; evidence: 'content' | 'url' } | { ok: true; evidence: 'none'; why: string } | Refusal

export function refuse(
  rule: Refusal['rule'],
  reason: MediaReason,
  message: string,
  numbers: Pick<Refusal, 'limit' | 'actual'> = {},
): Refusal {
  return { ok: false, rule, reason, message, ...numbers }
}

/**
 * Result of a request for the id under which a channel sends a file. `none`: the file could not be fetched, which
 * proves nothing about it. `failed`: WhatsApp did not accept it.
 */
export type IdOutcome =
  | { kind: 'id'; id: string }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'none' }
  | { kind: 'failed'; error: Error }

/** Known facts of a media id that we returned: the link it was made from, and the reason why it cannot be sent so. */
export type KnownMedia = { link: string | undefined; isExpired: boolean; refusal: Refusal | undefined }
