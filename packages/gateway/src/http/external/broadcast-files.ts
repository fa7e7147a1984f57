import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { FILE_LIFE_MS, MOST_BYTES, type RecipientsFiles, type Upload } from '../../flows/recipients/files.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import type { BroadcastFile } from '../../store/broadcast-files.ts'
import { route, type Route } from '../route.ts'

const fileShape = z
  .object({
    file_id: z.string(),
    filename: z.string().nullable(),
    format: z.enum(['csv', 'jsonl']),
    delimiter: z.string().nullable().describe('The separator of the cells, as it was found.'),
    columns: z
      .array(z.string())
      .describe('Names of the columns, for map. "1", "2" … when the first line is no heading.'),
    rows: z.int().describe('Rows with something in them, without the heading.'),
    bytes: z.int(),
    created_at: z.int().describe('Unix seconds.'),
    expires_at: z.int().describe('Unix seconds: removed then, unless a broadcast still needs it.'),
  })
  .meta({ id: 'RecipientsFile' })

/** Lists of recipients for broadcasts: CSV in the ways that spreadsheets write it, or JSON Lines. */
export function broadcastFileRoutes({ files }: { files: RecipientsFiles }): Route[] {
  return [
    route({
      method: 'POST',
      path: '/external/broadcast-files',
      tag: 'broadcasts',
      summary: 'Upload a file of recipients',
      description:
        'CSV or JSON Lines in UTF-8, as the part `file` of a multipart form, or as the body with the content type text/csv or application/x-ndjson. Up to 1,000,000 rows and 256 MiB. Nothing is sent: give its file_id to POST /external/broadcasts.',
      auth: 'code',
      multipart: true,
      created: true,
      data: fileShape,
      fails: ['validation_failed', 'bad_request', 'body_too_large'],
      async handle({ request, channel }) {
        const { drain, failure, ...upload } = await uploadOf(request)
        try {
          return fileOf(await files.upload(channel.id, upload))
        } catch (error) {
          // The body ended in the middle of the form.
          const broken = failure()
          if (broken === null || broken !== error || broken instanceof GatewayError) throw error
          throw new GatewayError('bad_request', { problem: broken.message.slice(0, 200) }, { cause: error })
        } finally {
          drain()
        }
      },
    }),
    route({
      method: 'GET',
      path: '/external/broadcast-files/{id}',
      tag: 'broadcasts',
      summary: 'A file of recipients',
      description: 'Its columns, rows and size, as the upload answered them.',
      auth: 'code',
      data: fileShape,
      handle: async ({ channel, params }) => fileOf(await files.find(channel.id, params.id!)),
    }),
    route({
      method: 'DELETE',
      path: '/external/broadcast-files/{id}',
      tag: 'broadcasts',
      summary: 'Remove a file of recipients',
      description: 'A file that a broadcast uses stays: 409.',
      auth: 'code',
      data: z.object({ success: z.literal(true) }),
      fails: ['conflict'],
      async handle({ channel, params }) {
        await files.remove(channel.id, params.id!)
        return { success: true }
      },
    }),
  ]
}

const fileOf = (file: BroadcastFile): z.infer<typeof fileShape> => ({
  file_id: file.id,
  filename: file.filename,
  format: file.format,
  delimiter: file.delimiter,
  columns: JSON.parse(file.columns) as string[],
  rows: file.rows,
  bytes: file.bytes,
  created_at: Math.floor(file.created_at / 1000),
  expires_at: Math.floor((file.created_at + FILE_LIFE_MS) / 1000),
})

const CSV = /^(text\/csv|application\/csv|text\/plain)\b/i
const JSON_LINES = /^application\/(x-ndjson|jsonl|x-jsonlines|jsonlines)\b/i

/**
 * The bytes of the file, from a form or as the body itself. `drain` reads what was not wanted of it; `failure` tells what
 * ended it.
 */
async function uploadOf(request: FastifyRequest): Promise<Upload & { drain: () => void; failure: () => Error | null }> {
  const gone = new AbortController()
  request.raw.once('aborted', () => gone.abort(new GatewayError('bad_request', { problem: 'the upload was cut off' })))
  const { signal } = gone
  const type = request.headers['content-type'] ?? 'none'
  if (CSV.test(type) || JSON_LINES.test(type)) {
    const { raw } = request
    return {
      stream: raw,
      filename: null,
      format: CSV.test(type) ? undefined : 'jsonl',
      signal,
      drain: () => void raw.resume(),
      failure: () => raw.errored,
    }
  }
  if (!request.isMultipart())
    throw new GatewayError('wrong_content_type', {
      got: type.slice(0, 100),
      wanted: 'multipart/form-data with a part called file, text/csv or application/x-ndjson',
    })
  let part
  try {
    part = await request.file({
      limits: { fileSize: MOST_BYTES + 1, files: 1, fields: 20, fieldSize: 64 * 1024, parts: 21 },
      throwFileSizeLimit: false,
    })
  } catch (error) {
    throw new GatewayError('bad_request', { problem: (error as Error).message.slice(0, 200) }, { cause: error })
  }
  if (part?.fieldname !== 'file') {
    part?.file.resume()
    throw validationError([{ path: 'file', rule: 'required', message: 'is required: one file in a part called file' }])
  }
  const { file, filename } = part
  const format = /\.(jsonl|ndjson)$/i.test(filename) ? 'jsonl' : /\.(csv|tsv|txt)$/i.test(filename) ? 'csv' : undefined
  return {
    stream: file,
    filename: filename.slice(-200) || null,
    format,
    signal,
    drain: () => void file.resume(),
    failure: () => file.errored,
  }
}
