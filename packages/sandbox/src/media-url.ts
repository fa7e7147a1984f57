import { createHmac } from 'node:crypto'
import type { Cloud } from './cloud.ts'

const URL_LIFE_MS = 5 * 60_000
export const MEDIA_PATH = '/whatsapp_business/attachments/'

const signatureOf = (cloud: Cloud, id: string, ext: string): string =>
  'AT' + createHmac('sha256', cloud.source.fixed('media url')).update(`${id}.${ext}`).digest('base64url').slice(0, 32)

/** A download address that is valid for five minutes, and only with a token. */
export function mediaUrl(cloud: Cloud, id: string): string {
  const ext = String(Math.floor((cloud.clock.now() + URL_LIFE_MS) / 1000))
  return `${cloud.origin}${MEDIA_PATH}?mid=${id}&ext=${ext}&hash=${signatureOf(cloud, id, ext)}`
}

/** Returns the media id of an address that is still valid. */
export function mediaIdOf(cloud: Cloud, query: URLSearchParams): string | undefined {
  const id = query.get('mid')
  const ext = query.get('ext')
  if (id === null || ext === null || query.get('hash') !== signatureOf(cloud, id, ext)) return undefined
  return Number(ext) * 1000 > cloud.clock.now() ? id : undefined
}
