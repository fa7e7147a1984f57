import { fileTypeFromBuffer } from 'file-type'
import {
  FORMATS,
  inWords,
  listed,
  STATIC_STICKER_BYTES,
  knownExtension,
  typeOfName,
  type MediaKind,
} from './formats.ts'
import { markupOf } from './markup.ts'
import { refuse, type Refusal } from '../../domain/media/verdict.ts'

/** A type as detected from the first bytes of a file. Each relevant variant has one name. */
export type ContentType = string

const SAME: Record<string, string> = {
  'image/apng': 'image/png', // an animated PNG is sent, and accepted, as a PNG
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'audio/ogg; codecs=opus': 'audio/ogg',
  'video/3gpp2': 'video/3gpp',
}

// Enough for every signature that file-type knows, and for most of a JPEG's headers.
const LONGEST_LOOK = 64 * 1024

/**
 * The MIME type of a file that begins with `head`, or `undefined` when the bytes do not tell it. `text/html` is
 * detected because broken links return a page, and SVG because WhatsApp accepts it as no kind.
 */
export async function contentTypeOf(head: Uint8Array): Promise<ContentType | undefined> {
  const found = await fileTypeFromBuffer(head.subarray(0, LONGEST_LOOK)).catch(() => undefined)
  if (found && found.mime !== 'application/xml') return SAME[found.mime] ?? found.mime
  return markupOf(head) ?? found?.mime
}

/** True for bytes that are not text: NUL, or invalid UTF-8 (an incomplete last character is allowed). */
export function isBinary(head: Uint8Array): boolean {
  if (head.includes(0)) return true
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true })
    return false
  } catch {
    return true
  }
}

/**
 * The reason why a file cannot be sent as `kind`, as far as its first bytes show. `undefined` when there is none.
 * `size` is the size of the whole file, when it is known.
 */
export async function refusalOfContent(kind: MediaKind, head: Uint8Array, size?: number): Promise<Refusal | undefined> {
  const type = await contentTypeOf(head)
  return wrongType(kind, type, head) ?? wrongSize(kind, head, size) ?? wrongPixels(type, head) ?? wrongOgg(type, head)
}

function wrongType(kind: MediaKind, type: ContentType | undefined, head: Uint8Array): Refusal | undefined {
  const accepted = Object.keys(FORMATS[kind].types)
  if (type === undefined) {
    // Every JPEG, PNG and WebP begins with a signature, so another beginning is wrong. Files of the other kinds may
    // have none: text, MP3 and AAC after junk, MP4 with its boxes in another order.
    const always = kind === 'image' || kind === 'sticker'
    return always && head.length >= 32 ? notOf(kind, 'of no known image type') : undefined
  }
  if (accepted.includes(type)) return undefined
  // Both use one container. The tracks inside decide.
  if (kind === 'audio' && (type === 'video/mp4' || type === 'video/3gpp')) return undefined
  if (kind === 'video' && type === 'audio/mp4') return undefined
  if (kind === 'document') {
    // Office files use one of two containers, and the first bytes do not always show which document is inside.
    if (type === 'application/zip' || type === 'application/x-cfb') return undefined
    // A text may begin like another format.
    if (/^(text\/(?!html)|application\/(xml|json))/.test(type)) return undefined
  }
  return notOf(kind, type)
}

function notOf(kind: MediaKind, found: string): Refusal {
  const accepted = Object.keys(FORMATS[kind].types)
  return refuse('type', 'media_type_wrong', `the file is ${found}; ${aKind(kind)} is ${listed(accepted)}`, {
    actual: found,
  })
}

/** WhatsApp shows only this type as a voice message. */
const VOICE_TYPE = 'audio/ogg'

/**
 * The reason why a file of this MIME type cannot be sent as `kind`, when only its type is known: the file was uploaded
 * before.
 */
export function refusalOfType(kind: MediaKind, type: string, isVoice = false): Refusal | undefined {
  if (type === '') return undefined
  if (!(type in FORMATS[kind].types)) return notOf(kind, type)
  if (!isVoice || type === VOICE_TYPE) return undefined
  const message = `the file is ${type}; a voice message is ${VOICE_TYPE}`
  return refuse('type', 'media_type_wrong', message, { actual: type })
}

export const aKind = (kind: MediaKind) => (kind === 'image' || kind === 'audio' ? `an ${kind}` : `a ${kind}`)

export function wrongSize(kind: MediaKind, head: Uint8Array, size: number | undefined): Refusal | undefined {
  if (size === undefined) return undefined
  const limit = kind === 'sticker' && isStillWebp(head) ? STATIC_STICKER_BYTES : FORMATS[kind].maxBytes
  return size > limit ? tooLarge(kind, limit, size) : undefined
}

export function tooLarge(kind: MediaKind, limit: number, actual?: number): Refusal {
  const got = actual === undefined ? '' : `, got ${actual}`
  return refuse('size', 'media_too_large', `${aKind(kind)} has at most ${inWords(limit)} (${limit} bytes)${got}`, {
    limit,
    ...(actual === undefined ? {} : { actual }),
  })
}

/** WebP: only the extended form (`VP8X`) can be animated; a bit of it says so. */
function isStillWebp(head: Uint8Array): boolean {
  if (ascii(head, 8, 4) !== 'WEBP' || head.length < 21) return false
  return ascii(head, 12, 4) !== 'VP8X' || (head[20]! & 0x02) === 0
}

function wrongPixels(type: ContentType | undefined, head: Uint8Array): Refusal | undefined {
  const found = type === 'image/png' ? pngPixels(head) : type === 'image/jpeg' ? jpegPixels(head) : undefined
  if (found === undefined) return undefined
  return refuse('colour', 'image_not_rgb', `the image is ${found}; it must be 8-bit RGB, RGBA or grayscale`, {
    actual: found,
  })
}

/**
 * The problem of a PNG's pixels. A palette's colours are 8-bit RGB, whatever the width of its indices, and shades of
 * gray of up to 8 bits become RGB without loss: WhatsApp accepts both.
 */
function pngPixels(head: Uint8Array): string | undefined {
  if (head.length < 26 || ascii(head, 12, 4) !== 'IHDR') return undefined
  const depth = head[24]!
  return depth > 8 ? `${depth}-bit` : undefined
}

/** The problem of a JPEG's pixels, from its frame header (SOF), when that is within the given bytes. */
function jpegPixels(head: Uint8Array): string | undefined {
  let at = 2
  while (at + 9 < head.length && head[at] === 0xff) {
    const marker = head[at + 1]!
    if (marker === 0xff) {
      at += 1 // padding
      continue
    }
    // C0 to CF are frames, but for the tables DHT (C4), JPG (C8) and DAC (CC).
    if (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc) {
      const depth = head[at + 4]!
      const components = head[at + 9]!
      if (depth !== 8) return `${depth}-bit`
      return components === 4 ? 'CMYK' : undefined
    }
    at += 2 + (head[at + 2]! << 8) + head[at + 3]!
  }
  return undefined
}

/** Ogg must be Opus with one channel. Its first page has the header with both (RFC 7845, section 5.1). */
function wrongOgg(type: ContentType | undefined, head: Uint8Array): Refusal | undefined {
  if (type !== 'audio/ogg' || head.length < 28) return undefined
  const start = 27 + head[26]!
  if (head.length < start + 10) return undefined
  if (ascii(head, start, 8) !== 'OpusHead') {
    return refuse('codec', 'audio_codec', 'the audio is not Opus; an .ogg file must be')
  }
  const channels = head[start + 9]!
  if (channels === 1) return undefined
  const message = `the audio has ${channels} channels; an .ogg file must be mono`
  return refuse('channels', 'audio_not_mono', message, { limit: 1, actual: channels })
}

function ascii(bytes: Uint8Array, at: number, length: number): string {
  return Buffer.from(bytes.subarray(at, at + length)).toString('latin1')
}

/**
 * The MIME type of an upload, from its first bytes. Its name decides only between types with the same beginning.
 * `undefined` when WhatsApp has no type for it.
 */
export async function uploadTypeOf(head: Uint8Array, name: string): Promise<string | undefined> {
  const type = await contentTypeOf(head)
  const named = typeOfName(name)
  // Text is uploaded as text, except when its name has the extension of another format (.svg, .csv), for which a link
  // would be refused.
  if (type === undefined) return isBinary(head) || isOtherFormat(name) ? undefined : 'text/plain'
  if (type === 'application/x-cfb')
    return oneOf(named, ['application/msword', 'application/vnd.ms-excel', 'application/vnd.ms-powerpoint'])
  if (type === 'application/zip') return named?.includes('openxmlformats') ? named : undefined
  if (type === 'video/mp4' && named === 'audio/mp4') return named
  if (/^(text\/(?!html)|application\/(xml|json))/.test(type)) return named === 'text/plain' ? named : undefined
  return type
}

const isOtherFormat = (name: string): boolean => knownExtension(name) !== undefined && typeOfName(name) === undefined

function oneOf(type: string | undefined, types: string[]): string | undefined {
  return type !== undefined && types.includes(type) ? type : undefined
}
