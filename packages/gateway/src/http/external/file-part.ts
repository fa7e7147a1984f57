import type { MultipartFile } from '@fastify/multipart'
import type { FastifyRequest } from 'fastify'
import { FORMATS } from '../../flows/media/formats.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'

/** The part called `file`. Parts before it are skipped, parts after it are read and dropped. */
export async function filePart(request: FastifyRequest): Promise<MultipartFile> {
  if (!request.isMultipart()) {
    const got = request.headers['content-type']?.slice(0, 100) ?? 'none'
    throw new GatewayError('wrong_content_type', { got, wanted: 'multipart/form-data with a part called file' })
  }
  let part: MultipartFile | undefined
  try {
    part = await request.file({
      // One byte more than the largest file, so that the limit of its kind applies before this one.
      limits: { fileSize: FORMATS.document.maxBytes + 1, files: 1, fields: 20, fieldSize: 64 * 1024, parts: 21 },
      throwFileSizeLimit: false,
    })
  } catch (error) {
    // A missing boundary, a part that never ends, too many parts: errors of the sender.
    throw new GatewayError('bad_request', { problem: (error as Error).message.slice(0, 200) }, { cause: error })
  }
  if (part?.fieldname === 'file') return part
  part?.file.resume()
  throw validationError([{ path: 'file', rule: 'required', message: 'is required: one file in a part called file' }])
}
