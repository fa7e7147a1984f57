import type { MediaSource, NamedMedia } from '../generated/schemas.ts'
import { checked, checkedLink } from './check.ts'

/** A file: its public URL, or the id of an upload. */
export type File = string | { id: string }

export const mediaOf = (file: File, at: string): MediaSource =>
  typeof file === 'string' ? { link: checkedLink(file, at) } : { id: checked(file.id, at, 256) }

/** A document in a header. */
export const documentOf = (file: File, filename: string | undefined): NamedMedia => ({
  ...mediaOf(file, 'header.document'),
  ...(filename !== undefined && { filename: checked(filename, 'header.document', 1024) }),
})
