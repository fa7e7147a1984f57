/** What WhatsApp takes, kind by kind: types, extensions and sizes of Meta's table of supported media. */

export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const
export type MediaKind = (typeof MEDIA_KINDS)[number]

type Kind = { types: Record<string, readonly string[]>; maxBytes: number }

const KIB = 1024
const MIB = 1024 * KIB

// Meta writes MB without saying which. The larger reading refuses nothing that might have been accepted.
export const FORMATS: Readonly<Record<MediaKind, Kind>> = {
  image: { maxBytes: 5 * MIB, types: { 'image/jpeg': ['jpeg', 'jpg', 'jpe', 'jfif'], 'image/png': ['png'] } },
  video: { maxBytes: 16 * MIB, types: { 'video/mp4': ['mp4'], 'video/3gpp': ['3gp', '3gpp'] } },
  audio: {
    maxBytes: 16 * MIB,
    types: {
      'audio/aac': ['aac'],
      'audio/amr': ['amr'],
      'audio/mpeg': ['mp3'],
      'audio/mp4': ['m4a'],
      'audio/ogg': ['ogg', 'oga', 'opus'],
    },
  },
  document: {
    maxBytes: 100 * MIB,
    types: {
      'text/plain': ['txt'],
      'application/pdf': ['pdf'],
      'application/msword': ['doc'],
      'application/vnd.openxmlformats-officedocument.wordprocessingml.document': ['docx'],
      'application/vnd.ms-excel': ['xls'],
      'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': ['xlsx'],
      'application/vnd.ms-powerpoint': ['ppt'],
      'application/vnd.openxmlformats-officedocument.presentationml.presentation': ['pptx'],
    },
  },
  sticker: { maxBytes: 500 * KIB, types: { 'image/webp': ['webp'] } },
}

/** A sticker that stands still may be a fifth of one that moves. */
export const STATIC_STICKER_BYTES = 100 * KIB

/**
 * Extensions that name a file format which WhatsApp takes in no kind. Anything else behind a dot (`.php`, `.aspx`,
 * `.v2`) says how a server works, not what it sends, and is no evidence.
 */
const OTHER_FORMATS = new Set(
  (
    'gif bmp tif tiff svg heic heif avif ico psd raw dng eps ai jp2 jxl ' +
    'mov qt avi mkv webm wmv flv mpg mpeg mpe vob ogv mts m2ts asf rm swf ' +
    'wav wave flac wma aif aiff mid midi ape ac3 mka ' +
    'zip rar 7z gz tgz bz2 xz tar iso dmg exe msi apk ipa jar deb rpm bin dll ' +
    'rtf odt ods odp csv tsv xml json yaml yml md epub mobi pages numbers key ics vcf sql'
  ).split(' '),
)

const KNOWN = new Set([...OTHER_FORMATS, ...MEDIA_KINDS.flatMap((kind) => extensionsOf(kind))])

export function extensionsOf(kind: MediaKind): string[] {
  return Object.values(FORMATS[kind].types).flat()
}

/** The extension of a path's last part in lower case, when it names a file format; else `undefined`. */
export function knownExtension(path: string): string | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1)
  const dot = last.lastIndexOf('.')
  if (dot < 0) return undefined
  const extension = last.slice(dot + 1).toLowerCase()
  return KNOWN.has(extension) ? extension : undefined
}

/** The MIME type of a file name's extension, among those that WhatsApp takes. */
export function typeOfName(name: string): string | undefined {
  const extension = knownExtension(name)
  if (extension === undefined) return undefined
  for (const kind of MEDIA_KINDS) {
    for (const [type, extensions] of Object.entries(FORMATS[kind].types)) {
      if (extensions.includes(extension)) return type
    }
  }
  return undefined
}

/** The kind whose table holds a MIME type. */
export function kindOfType(type: string): MediaKind | undefined {
  return MEDIA_KINDS.find((kind) => type in FORMATS[kind].types)
}

export function inWords(bytes: number): string {
  return bytes >= MIB ? `${bytes / MIB} MB` : `${bytes / KIB} KB`
}

/** `a`, `a or b`, `a, b or c` */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`
}
