import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { FastifyReply, FastifyRequest } from 'fastify'

type Encoding = 'br' | 'gzip'
type Kept = { etag: string; plain: Buffer } & Record<Encoding, Buffer>

/** Costs a tenth of the best quality, for a tenth more bytes. */
const QUALITY = 5

/**
 * A handler that answers a large text, which is made and compressed once for a process. Compression runs outside of the
 * event loop.
 */
export function keptText(
  make: () => Promise<string>,
  headers: Readonly<Record<string, string>>,
): (request: FastifyRequest, reply: FastifyReply) => Promise<FastifyReply> {
  let kept: Promise<Kept> | undefined
  return async (request, reply) => {
    kept ??= keep(make).catch((error: unknown) => {
      kept = undefined
      throw error
    })
    const { etag, plain, ...compressed } = await kept
    reply.headers({ ...headers, etag, vary: 'accept-encoding' })
    if (hasTag(request.headers['if-none-match'], etag)) return reply.status(304).send()
    const encoding = encodingFor(String(request.headers['accept-encoding'] ?? ''))
    if (!encoding) return reply.send(plain)
    return reply.header('content-encoding', encoding).send(compressed[encoding])
  }
}

async function keep(make: () => Promise<string>): Promise<Kept> {
  const plain = Buffer.from(await make())
  const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
  const params = { [constants.BROTLI_PARAM_QUALITY]: QUALITY, [constants.BROTLI_PARAM_SIZE_HINT]: plain.length }
  const br = await promisify(brotliCompress)(plain, { params })
  return { etag, plain, br, gzip: await promisify(gzip)(plain) }
}

/** The best encoding that a request accepts: `br, gzip;q=0.5`. */
export function encodingFor(accepts: string): Encoding | undefined {
  const accepted = new Set(
    accepts
      .slice(0, 1_000)
      .toLowerCase()
      .split(',')
      .flatMap((one) => {
        const [name = '', ...parameters] = one.split(';').map((part) => part.trim())
        const weight = parameters.find((part) => part.startsWith('q='))
        return weight === undefined || Number(weight.slice(2)) > 0 ? [name] : []
      }),
  )
  return (['br', 'gzip'] as const).find((name) => accepted.has(name))
}

const hasTag = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',').some((one) => one.trim().replace(/^W\//, '') === etag)
