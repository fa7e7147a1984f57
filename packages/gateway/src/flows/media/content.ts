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

/** A type as the file's own first bytes tell it; the variants that matter here have one name each. */
export type ContentType = string

const SAME: Record<string, string> = {
  'image/apng': 'image/png', // an animated PNG is sent, and taken, as a PNG
  'audio/x-m4a': 'audio/mp4',
  'video/x-m4v': 'video/mp4',
  'audio/ogg; codecs=opus': 'audio/ogg',
  'video/3gpp2': 'video/3gpp',
}

// Enough for every signature that file-type knows, and for most of a JPEG's headers.
const LONGEST_LOOK = 64 * 1024

/**
 * The MIME type of a file that begins with `head`, or `undefined` when the bytes do not say.
 * `text/html` is told apart because a page where a file was expected is what broken links give, and SVG because it is
 * a picture that WhatsApp takes in no kind.
 */
export async function contentTypeOf(head: Uint8Array): Promise<ContentType | undefined> {
  const found = await fileTypeFromBuffer(head.subarray(0, LONGEST_LOOK)).catch(() => undefined)
  if (found && found.mime !== 'application/xml') return SAME[found.mime] ?? found.mime
  return markupOf(head) ?? found?.mime
}

/** True for bytes that no text has: NUL, or bytes that are not UTF-8 (an unfinished last character is forgiven). */
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
 * What speaks against sending a file as `kind`, as far as its first bytes show; `undefined` when nothing does.
 * `size` is the whole file's, when it is known for sure.
 */
export async function refusalOfContent(kind: MediaKind, head: Uint8Array, size?: number): Promise<Refusal | undefined> {
  const type = await contentTypeOf(head)
  return wrongType(kind, type, head) ?? wrongSize(kind, head, size) ?? wrongPixels(type, head) ?? wrongOgg(type, head)
}

function wrongType(kind: MediaKind, type: ContentType | undefined, head: Uint8Array): Refusal | undefined {
  const accepted = Object.keys(FORMATS[kind].types)
  if (type === undefined) {
    // JPEG, PNG and WebP have signatures that every such file begins with, so something else is something wrong.
    // The other kinds have members without one: text, MP3 and AAC behind junk, MP4 with its boxes in another order.
    const always = kind === 'image' || kind === 'sticker'
    return always && head.length >= 32 ? notOf(kind, 'of no known image type') : undefined
  }
  if (accepted.includes(type)) return undefined
  // One container for both; the tracks inside decide.
  if (kind === 'audio' && (type === 'video/mp4' || type === 'video/3gpp')) return undefined
  if (kind === 'video' && type === 'audio/mp4') return undefined
  if (kind === 'document') {
    // Office files are one of two containers, and the first bytes do not always reveal which document is inside.
    if (type === 'application/zip' || type === 'application/x-cfb') return undefined
    // Text that begins like something else is still text.
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

/** WhatsApp shows only these as voice messages. */
const VOICE_TYPE = 'audio/ogg'

/**
 * What speaks against sending a file of this MIME type as `kind`, when nothing but the type is known: of a file that
 * was uploaded before.
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

/** WebP: only the extended form (`VP8X`) can be animated, and it has a bit that says so. */
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
 * What is wrong with a PNG's pixels. A palette's colours are 8-bit RGB, whatever the width of its indices, and shades
 * of gray of up to 8 bits become RGB without loss: WhatsApp takes both.
 */
function pngPixels(head: Uint8Array): string | undefined {
  if (head.length < 26 || ascii(head, 12, 4) !== 'IHDR') return undefined
  const depth = head[24]!
  return depth > 8 ? `${depth}-bit` : undefined
}

/** What is wrong with a JPEG's pixels, from its frame header (SOF), when that lies within the bytes at hand. */
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

/** Ogg must be Opus with one channel; its first page holds the header that says both (RFC 7845, section 5.1). */
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
 * The MIME type under which a file is uploaded, from its first bytes; its name decides only between types that look
 * alike from the front. `undefined` when WhatsApp has no type for it.
 */
export async function uploadTypeOf(head: Uint8Array, name: string): Promise<string | undefined> {
  const type = await contentTypeOf(head)
  const named = typeOfName(name)
  // Text is text, but for a name that says it is of a kind (.svg, .csv) which a link would be refused for.
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
