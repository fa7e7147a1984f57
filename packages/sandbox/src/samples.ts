/** The smallest valid file of each kind, for phones that send media without giving a file. */
export type Sample = { bytes: Buffer; mimeType: string; filename?: string }

/** One grey pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNoAAAAggCBd81ytgAAAABJRU5ErkJggg==',
  'base64',
)
/** One empty page. */
const PDF = Buffer.from(
  '%PDF-1.1\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 200 200]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n',
)
/** One lossless pixel. */
const WEBP = Buffer.from('UklGRhoAAABXRUJQVlA4TA0AAAAvAAAAEAcQERGIiP4HAA==', 'base64')
/** The first page of an Ogg stream with Opus, mono. */
const OGG = Buffer.from('T2dnUwACAAAAAAAAAAABAAAAAAAAAAAAAAABE09wdXNIZWFkAQE4AYC7AAAAAAA=', 'base64')
/** An empty MP4: only a file type box. */
const MP4 = Buffer.from('0000001c667479706d703432000000006d70343269736f6d61766331', 'hex')

export function sampleOf(type: string): Sample {
  switch (type) {
    case 'image':
      return { bytes: PNG, mimeType: 'image/png' }
    case 'video':
      return { bytes: MP4, mimeType: 'video/mp4' }
    case 'audio':
      return { bytes: OGG, mimeType: 'audio/ogg; codecs=opus' }
    case 'sticker':
      return { bytes: WEBP, mimeType: 'image/webp' }
    default:
      return { bytes: PDF, mimeType: 'application/pdf', filename: 'document.pdf' }
  }
}
