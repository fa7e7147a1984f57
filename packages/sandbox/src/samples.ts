import { PICTURE, STICKER, VIDEO, VOICE } from './sample-files.ts'

/** A small file of each kind that one sees or hears, for phones that send media without giving a file. */
export type Sample = { bytes: Buffer; mimeType: string; filename?: string }

/** One empty page. */
const PDF = Buffer.from(
  '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
)

export function sampleOf(type: string): Sample {
  switch (type) {
    case 'image':
      return { bytes: PICTURE, mimeType: 'image/png' }
    case 'video':
      return { bytes: VIDEO, mimeType: 'video/mp4' }
    case 'audio':
      return { bytes: VOICE, mimeType: 'audio/ogg; codecs=opus' }
    case 'sticker':
      return { bytes: STICKER, mimeType: 'image/webp' }
    default:
      return { bytes: PDF, mimeType: 'application/pdf', filename: 'document.pdf' }
  }
}
