/** Known problem of a link or a file. Snake case, stable: customers match on it. */
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
  /** The rule that is broken, as validation errors name rules. */
  rule: 'url' | 'host' | 'type' | 'size' | 'codec' | 'tracks' | 'colour' | 'channels'
  reason: MediaReason
  message: string
  limit?: number
  actual?: number | string
}

/**
 * `content`: the file was looked at and nothing speaks against it. `url`: only the link was. `none`: it was to be
 * looked at and could not be; `why` says what came in the way. None of the three is a promise that WhatsApp takes it.
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
 * What comes of asking for the id under which a channel sends a file. `none`: the file could not be had, which proves
 * nothing against it. `failed`: WhatsApp did not take it.
 */
export type IdOutcome =
  | { kind: 'id'; id: string }
  | { kind: 'refused'; refusal: Refusal }
  | { kind: 'none' }
  | { kind: 'failed'; error: Error }

/** What we know of a media id that we gave: its link when it was made of one, and what speaks against sending it so. */
export type KnownMedia = { link: string | undefined; isExpired: boolean; refusal: Refusal | undefined }
