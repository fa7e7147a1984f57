import { fileTypeFromBuffer } from 'file-type'

export type MediaKind = 'image' | 'video' | 'gif' | 'audio' | 'document' | 'sticker'

/** MIME types of each kind of message (reference: supported assets). Documents may have any type. */
const TAKES: Record<MediaKind, readonly string[]> = {
  image: ['image/jpeg', 'image/png'],
  video: ['video/mp4', 'video/3gpp'],
  gif: ['video/mp4'],
  audio: ['audio/aac', 'audio/mp4', 'audio/mpeg', 'audio/amr', 'audio/ogg'],
  document: [],
  sticker: ['image/webp'],
}

export const MEDIA_KINDS = new Set(Object.keys(TAKES))

/** Other names that a detector gives the same content. */
const SAME: Record<string, string> = {
  'audio/x-m4a': 'audio/mp4',
  'audio/opus': 'audio/ogg',
  'audio/vnd.dlna.adts': 'audio/aac',
  'video/x-m4v': 'video/mp4',
}

export type Media = { kind: MediaKind; voice: boolean; mimeType: string; bytes: Buffer | undefined }

/**
 * Returns the reason why WhatsApp cannot show this media as this kind, or undefined. Only known problems are refused:
 * unrecognised bytes pass with their declared type.
 */
export async function formatProblem(media: Media): Promise<string | undefined> {
  const { kind, voice, bytes } = media
  if (kind === 'document') return undefined
  const declared = baseOf(media.mimeType)
  if (!TAKES[kind].includes(declared)) return unsupported(kind, declared)
  if (voice && declared !== 'audio/ogg') return `Voice messages must be audio/ogg with the OPUS codec, got ${declared}.`
  if (!bytes) return undefined
  const found = baseOf((await fileTypeFromBuffer(bytes.subarray(0, 8_192)))?.mime ?? '')
  // An MP4 with sound only is detected as MP4 video.
  const fits = found === '' || TAKES[kind].includes(found) || (declared === 'audio/mp4' && found === 'video/mp4')
  if (!fits) return unsupported(kind, found)
  if (found === 'audio/ogg') return opusProblem(bytes)
  return found === 'video/mp4' || found === 'video/3gpp' || found === 'audio/mp4' ? tracksProblem(bytes) : undefined
}

function baseOf(mimeType: string): string {
  const base = mimeType.split(';')[0]!.trim().toLowerCase()
  return SAME[base] ?? base
}

const unsupported = (kind: MediaKind, mimeType: string): string =>
  `Unsupported ${kind} mime type ${mimeType}. Please use one of ${TAKES[kind].join(', ')}.`

/** An Ogg stream begins with a page that names its codec. For Opus, the number of channels follows nine bytes later. */
function opusProblem(bytes: Buffer): string | undefined {
  const head = bytes.subarray(0, 512).indexOf('OpusHead', 0, 'latin1')
  if (head < 0) return 'Unsupported audio codec. audio/ogg must hold the OPUS codec.'
  return (bytes[head + 9] ?? 1) > 1 ? 'Unsupported audio channels. audio/ogg must be mono.' : undefined
}

/** H.264 with AAC, and at most one audio stream. A file whose tracks cannot be listed passes. */
async function tracksProblem(bytes: Buffer): Promise<string | undefined> {
  const { BufferSource, Input, MP4, QTFF } = await parser()
  const input = new Input({ formats: [MP4, QTFF], source: new BufferSource(bytes) })
  try {
    const audio: (string | null)[] = []
    for (const track of await input.getTracks()) {
      const codec = await track.getCodec()
      if (track.type === 'audio') audio.push(codec)
      else if (track.type === 'video' && codec !== 'avc')
        return `Unsupported video codec ${codec ?? 'unknown'}: use H.264.`
    }
    if (audio.length > 1) return 'Unsupported video: it has more than one audio stream.'
    if (audio.some((codec) => codec !== 'aac')) return `Unsupported audio codec ${audio[0] ?? 'unknown'}: use AAC.`
    return undefined
  } catch {
    return undefined
  } finally {
    input.dispose()
  }
}

let loaded: Promise<typeof import('mediabunny')> | undefined

/** Imported at the first video: most sandboxes never get one. */
function parser(): Promise<typeof import('mediabunny')> {
  loaded ??= import('mediabunny').then((library) => {
    library.Logging.level = library.LogLevel.Silent
    return library
  })
  return loaded
}
