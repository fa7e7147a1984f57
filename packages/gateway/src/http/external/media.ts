import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { GatewayError } from '../../platform/errors.ts'
import { openMedia, removeMedia } from '../../flows/media/open.ts'
import { MediaBroken, MediaRefused, uploadStream } from '../../flows/media/upload.ts'
import { repeatable } from '../../flows/send/to-gateway-error.ts'
import { findMedia, insertMedia, removeMediaRow } from '../../store/media.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'
import { filePart } from './file-part.ts'

/** Meta keeps an uploaded file for 30 days. */
const LIFE_MS = 30 * 24 * 3600_000

export const uploadedShape = z.object({
  id: z.string(),
  mime_type: z.string().describe('The type, detected from the file’s bytes.'),
  file_size: z.int().describe('Bytes.'),
  expires_at: z.int().describe('Unix seconds.'),
})

export const UPLOAD_FAILS = [
  'validation_failed',
  'bad_request',
  'media_too_large',
  'media_type_not_supported',
  ...UPSTREAM_FAILS,
] as const

type MediaDeps = { store: Store; cloudApi: CloudApi; clock: Clock }

/** Files that a customer sends by id, and files of contacts. Neither way holds a file in memory. */
export function mediaRoutes(deps: MediaDeps): Route[] {
  const { store, cloudApi } = deps
  return [
    route({
      method: 'POST',
      path: '/external/media',
      tag: 'media',
      summary: 'Upload a file, to send it by id',
      description: 'Streamed to WhatsApp. The id is valid for 30 days, on this number only.',
      auth: 'code',
      multipart: true,
      created: true,
      data: uploadedShape,
      fails: UPLOAD_FAILS,
      handle: ({ request, channel }) => takeUpload(deps, request, channel),
    }),
    route({
      method: 'GET',
      path: '/external/media/{id}',
      tag: 'media',
      summary: 'The bytes of a received or uploaded file',
      description: 'Supports one Range. WhatsApp keeps received files for 7 days and uploaded files for 30.',
      auth: 'code',
      readsConversation: true,
      data: null,
      fails: UPSTREAM_FAILS,
      async handle({ request, reply, channel, params }) {
        const id = params.id!
        const { phoneNumberId, accessToken: token } = channel
        const range = request.headers.range
        const opened = await repeatable(() => openMedia({ api: cloudApi, phoneNumberId, token, id, range }))
        if (!opened) throw missing(id)
        const name = (await findMedia(store.sql, channel.id, id).catch(() => undefined))?.filename
        reply.status(opened.status).headers(opened.headers)
        if (name) reply.header('content-disposition', `attachment; filename*=UTF-8''${encodedName(name)}`)
        reply.send(opened.body)
        return undefined
      },
    }),
    route({
      method: 'DELETE',
      path: '/external/media/{id}',
      tag: 'media',
      summary: 'Delete a file',
      description: 'WhatsApp deletes an uploaded file. A message that was sent with it keeps it.',
      auth: 'code',
      data: z.object({ success: z.literal(true) }),
      fails: UPSTREAM_FAILS,
      async handle({ channel, params }) {
        const id = params.id!
        const { phoneNumberId, accessToken: token } = channel
        if (!(await repeatable(() => removeMedia({ api: cloudApi, phoneNumberId, token, id })))) throw missing(id)
        await removeMediaRow(store.sql, channel.id, id)
        return { success: true }
      },
    }),
  ]
}

/** Takes the file of an upload, and gives it to WhatsApp for messages of this channel. */
export async function takeUpload(
  { store, cloudApi, clock }: MediaDeps,
  request: FastifyRequest,
  channel: Channel,
): Promise<z.infer<typeof uploadedShape>> {
  const part = await filePart(request)
  const now = clock.now()
  const uploaded = await repeatable(async () => {
    try {
      return await uploadStream({
        api: cloudApi,
        phoneNumberId: channel.phoneNumberId,
        token: channel.accessToken,
        stream: part.file,
        rest: 'drain',
        filename: part.filename,
      })
    } catch (error) {
      throw told(error)
    }
  })
  await insertMedia(store.sql, {
    channel_id: channel.id,
    id: uploaded.id,
    kind: uploaded.kind,
    mime_type: uploaded.mimeType,
    bytes: uploaded.bytes,
    filename: part.filename === '' ? null : part.filename.slice(-200),
    link: null,
    created_at: now,
    expires_at: now + LIFE_MS,
  })
  return {
    id: uploaded.id,
    mime_type: uploaded.mimeType,
    file_size: uploaded.bytes,
    expires_at: Math.floor((now + LIFE_MS) / 1000),
  }
}

const missing = (id: string) => new GatewayError('resource_not_found', { what: 'media', id: id.slice(0, 100) })

function told(error: unknown): unknown {
  if (error instanceof MediaBroken) {
    return new GatewayError('bad_request', { problem: error.message }, { cause: error })
  }
  if (!(error instanceof MediaRefused)) return error
  const { refusal, status } = error
  const reason = status === 413 ? 'media_too_large' : 'media_type_not_supported'
  const { ok: _ok, ...field } = refusal
  return new GatewayError(
    reason,
    { problem: `file: ${refusal.message}` },
    { data: { reason: refusal.reason, fields: [{ path: 'file', ...field }] } },
  )
}

/** RFC 8187: letters, digits and a few marks are written as they are. */
function encodedName(name: string): string {
  return encodeURIComponent(name.toWellFormed()).replace(
    /['()*]/g,
    (mark) => `%${mark.charCodeAt(0).toString(16).toUpperCase()}`,
  )
}
