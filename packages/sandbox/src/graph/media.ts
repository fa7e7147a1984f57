import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { wordOf, type Json } from '../checker.ts'
import { DAY_MS, type Cloud } from '../cloud.ts'
import { GraphError, invalid, noSuchObject } from '../graph-error.ts'
import { objectId } from '../identifiers.ts'
import { MEDIA_PATH, mediaIdOf, mediaUrl } from '../media-url.ts'
import type { BusinessNumber, Media } from '../world.ts'
import { numberFor, seesAccount, type Answer, type Call } from './call.ts'
import { checkProduct } from './messages.ts'

const MB = 1_048_576
const OFFICE = 'application/vnd.openxmlformats-officedocument.'

/** Types that may be uploaded, and their size limits (reference: supported assets). */
const SUPPORTED: Record<string, number> = {
  'audio/aac': 16 * MB,
  'audio/mp4': 16 * MB,
  'audio/mpeg': 16 * MB,
  'audio/amr': 16 * MB,
  'audio/ogg': 16 * MB,
  'text/plain': 100 * MB,
  'application/pdf': 100 * MB,
  'application/msword': 100 * MB,
  'application/vnd.ms-excel': 100 * MB,
  'application/vnd.ms-powerpoint': 100 * MB,
  [`${OFFICE}wordprocessingml.document`]: 100 * MB,
  [`${OFFICE}spreadsheetml.sheet`]: 100 * MB,
  [`${OFFICE}presentationml.presentation`]: 100 * MB,
  'image/jpeg': 5 * MB,
  'image/png': 5 * MB,
  'image/webp': 500 * 1024,
  'video/mp4': 16 * MB,
  'video/3gpp': 16 * MB,
}
const LIFE_MS = 30 * DAY_MS
const MOST_MEDIA = 2_000

/** `POST /{phone number id}/media`, multipart. */
export async function uploadMedia(call: Call): Promise<Answer> {
  const number = numberFor(call, call.path[0]!)
  const form = await formOf(call)
  checkProduct({ messaging_product: form.get('messaging_product') ?? call.body['messaging_product'] })
  const file = form.get('file')
  if (file === null || typeof file === 'string') throw invalid('The parameter file is required.')
  const declared = form.get('type')
  const type = (typeof declared === 'string' && declared !== '' ? declared : file.type).toLowerCase()
  const base = type.split(';')[0]!.trim()
  const most = SUPPORTED[base]
  if (most === undefined) {
    throw invalid(
      `Param file must be a file with one of the following types: ${Object.keys(SUPPORTED).join(', ')}. Received file of type '${base || 'application/octet-stream'}'.`,
    )
  }
  // Meta's text for this error is not known.
  if (file.size > most) throw invalid(`Param file must be at most ${most} bytes, got ${file.size}.`)
  if (file.size === 0) throw invalid('Param file must not be empty.')
  const bytes = Buffer.from(await file.arrayBuffer())
  const media = keepMedia(call.cloud, number, { bytes, mimeType: type, filename: file.name })
  return { body: { id: media.id } }
}

async function formOf(call: Call): Promise<FormData> {
  const type = call.request.headers['content-type'] ?? ''
  if (!/^multipart\/form-data/i.test(type)) throw invalid('The parameter messaging_product is required.')
  try {
    return await new Response(new Uint8Array(call.raw), { headers: { 'content-type': type } }).formData()
  } catch {
    throw invalid('The parameter file is required.')
  }
}

export function keepMedia(
  cloud: Cloud,
  number: BusinessNumber,
  file: { bytes: Buffer; mimeType: string; filename?: string; id?: string; inbound?: boolean; lifeMs?: number },
): Media {
  const now = cloud.clock.now()
  for (const old of cloud.world.media.values()) if (old.expiresAt <= now) forget(cloud, old.id)
  const media: Media = {
    id: file.id ?? objectId(cloud.source, 'media', 16),
    numberId: number.id,
    mimeType: file.mimeType,
    sha256: createHash('sha256').update(file.bytes).digest('hex'),
    size: file.bytes.length,
    ...(file.filename !== undefined && { filename: file.filename }),
    createdAt: now,
    expiresAt: now + (file.lifeMs ?? LIFE_MS),
    inbound: file.inbound ?? false,
  }
  cloud.media.put(media.id, file.bytes)
  cloud.world.saveMedia(media)
  if (cloud.world.media.size > MOST_MEDIA) forget(cloud, cloud.world.media.keys().next().value!)
  return media
}

function forget(cloud: Cloud, id: string): void {
  cloud.media.remove(id)
  cloud.world.removeMedia(id)
}

function mediaFor(call: Call): Media {
  const id = call.path[0]!
  const { world, clock } = call.cloud
  const media = world.media.get(id)
  const number = media && world.numbers.get(media.numberId)
  const asked = call.query.get('phone_number_id')
  const ok =
    number &&
    media.expiresAt > clock.now() &&
    seesAccount(call.token, number.wabaId) &&
    (asked === null || asked === media.numberId)
  if (!ok) throw noSuchObject(id, call.method)
  return media
}

export function getMedia(call: Call): Answer {
  const media = mediaFor(call)
  const body: Json = {
    messaging_product: 'whatsapp',
    url: mediaUrl(call.cloud, media.id),
    mime_type: media.mimeType,
    sha256: media.sha256,
    file_size: String(media.size),
    id: media.id,
  }
  return { body }
}

export function deleteMedia(call: Call): Answer {
  forget(call.cloud, mediaFor(call).id)
  return { body: { success: true } }
}

/** Sends the bytes of a download address. Returns false when the path is not a download address. */
export function downloadMedia(cloud: Cloud, request: IncomingMessage, response: ServerResponse, url: URL): boolean {
  if (url.pathname !== MEDIA_PATH) return false
  const refuse = (status: number): true => {
    response.writeHead(status, { 'content-type': 'text/plain' }).end()
    return true
  }
  const token = /^(?:Bearer|OAuth)\s+(\S.*)$/i.exec(request.headers.authorization ?? '')?.[1]
  if (token === undefined) return refuse(401)
  const id = mediaIdOf(cloud, url.searchParams)
  const media = id === undefined ? undefined : cloud.world.media.get(id)
  const number = media && cloud.world.numbers.get(media.numberId)
  const access = cloud.world.tokens.get(token)
  const bytes = media && media.expiresAt > cloud.clock.now() ? cloud.media.get(media.id) : undefined
  if (!bytes || !number || !access || !seesAccount(access, number.wabaId)) return refuse(404)
  const headers = {
    'content-type': media.mimeType,
    'accept-ranges': 'bytes',
    'content-disposition': `attachment; filename="${(media.filename ?? media.id).replace(/[^\w.-]/g, '_')}"`,
  }
  const range = rangeOf(request.headers.range, bytes.length)
  if (range === 'unsatisfiable') {
    response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
    return true
  }
  const [from, to] = range ?? [0, bytes.length - 1]
  response.writeHead(range ? 206 : 200, {
    ...headers,
    'content-length': to - from + 1,
    ...(range && { 'content-range': `bytes ${from}-${to}/${bytes.length}` }),
  })
  response.end(request.method === 'HEAD' ? undefined : bytes.subarray(from, to + 1))
  return true
}

/** The first and last byte of a single range. Undefined when there is no range, or a form that may be ignored. */
function rangeOf(header: string | undefined, size: number): [number, number] | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? '')
  if (!match || (match[1] === '' && match[2] === '')) return undefined
  const from = match[1] === '' ? Math.max(0, size - Number(match[2])) : Number(match[1])
  const to = match[1] === '' || match[2] === '' ? size - 1 : Math.min(Number(match[2]), size - 1)
  return from > to || from >= size ? 'unsatisfiable' : [from, to]
}

/** `POST /{app id}/uploads`: the first step towards a header handle. */
const HANDLE_TYPES = ['application/pdf', 'image/jpeg', 'image/jpg', 'image/png', 'video/mp4']

export function startUpload(call: Call): Answer {
  const { cloud, query, body } = call
  if (call.path[0] !== cloud.world.app.id && call.path[0] !== 'app') throw noSuchObject(call.path[0]!, call.method)
  const parameter = (key: string): string => query.get(key) ?? wordOf(body[key] ?? '')
  const type = parameter('file_type').toLowerCase()
  const length = Number(parameter('file_length'))
  if (!HANDLE_TYPES.includes(type))
    throw invalid(`Param file_type must be one of {${HANDLE_TYPES.join(', ')}} - got "${type}".`)
  if (!Number.isInteger(length) || length < 1) throw invalid('The parameter file_length is required.')
  if (length > 100 * MB) throw invalid('Param file_length is too large.')
  const id = `upload:${cloud.source.draw('upload').toString('base64url', 0, 24)}`
  const signature = `AR${cloud.source.draw('upload').toString('base64url', 0, 12)}`
  cloud.uploads.set(id, { id, signature, length, type, name: parameter('file_name'), offset: 0 })
  // Bounds the memory of sessions that are never finished.
  if (cloud.uploads.size > 1_000)
    for (const [old] of cloud.uploads) {
      cloud.uploads.delete(old)
      break
    }
  return { body: { id: `${id}?sig=${signature}` } }
}

/** `POST /upload:…?sig=…` with the bytes, and `GET` for the offset so far. */
export function continueUpload(call: Call): Answer {
  const { cloud } = call
  const session = cloud.uploads.get(call.path[0]!)
  if (!session || call.query.get('sig') !== session.signature) throw noSuchObject(call.path[0]!, call.method)
  if (call.method === 'GET')
    return { body: { id: `${session.id}?sig=${session.signature}`, file_offset: session.offset } }
  const offset = Number(call.request.headers['file_offset'] ?? 0)
  if (offset !== session.offset) throw new GraphError(100, { message: `(#100) file_offset must be ${session.offset}.` })
  session.offset += call.raw.length
  if (session.offset > session.length) throw invalid('The file is longer than its file_length.')
  if (session.offset < session.length)
    return { body: { id: `${session.id}?sig=${session.signature}`, file_offset: session.offset } }
  cloud.uploads.delete(session.id)
  const name = Buffer.from(session.name || 'file').toString('base64')
  const kind = Buffer.from(session.type).toString('base64')
  return { body: { h: `4::${name}:${kind}:${cloud.source.draw('handle').toString('base64url')}:e:0` } }
}
