/** The type of message for a file. WhatsApp takes WebP as a sticker only, and sends any other file as a document. */
export function kindOfFile(mime: string): 'image' | 'video' | 'audio' | 'document' | 'sticker' {
  if (mime === 'image/webp') return 'sticker'
  if (mime === 'image/jpeg' || mime === 'image/png') return 'image'
  if (mime.startsWith('video/')) return 'video'
  if (mime.startsWith('audio/')) return 'audio'
  return 'document'
}
