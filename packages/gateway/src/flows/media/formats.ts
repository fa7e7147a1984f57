/** WhatsApp's formats by kind: types, extensions and sizes of Meta's table of supported media. */

export const MEDIA_KINDS = ['image', 'video', 'audio', 'document', 'sticker'] as const
export type MediaKind = (typeof MEDIA_KINDS)[number]

type Kind = { types: Record<string, readonly string[]>; maxBytes: number }

const KIB = 1024
const MIB = 1024 * KIB

// Meta writes MB without a definition. The larger reading refuses no file that WhatsApp might accept.
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

/** A static sticker has a lower limit than an animated one. */
export const STATIC_STICKER_BYTES = 100 * KIB

/**
 * Extensions of file formats that WhatsApp accepts as no kind. Any other extension (`.php`, `.aspx`, `.v2`) belongs to
 * the server and not to the file, so it proves nothing.
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

/** The extension of a path's last part in lower case, when it is a file format; else `undefined`. */
export function knownExtension(path: string): string | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1)
  const dot = last.lastIndexOf('.')
  if (dot < 0) return undefined
  const extension = last.slice(dot + 1).toLowerCase()
  return KNOWN.has(extension) ? extension : undefined
}

/** The MIME type of a file name's extension, among the types that WhatsApp accepts. */
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

/** The kind whose table has a MIME type. */
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
