import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { FastifyInstance } from 'fastify'
import { SAFE_HEADERS } from '@postern/runtime/static-files'
import { GatewayError } from '../platform/errors.ts'

const TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.webp': 'image/webp',
}

/** The guide's pages have no inline script and no inline style. */
const POLICY = [
  `default-src 'none'`,
  `script-src 'self'`,
  `style-src 'self'`,
  `img-src 'self' data:`,
  `connect-src 'self'`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

const NOT_BUILT = 'The guide is not built. Run: npm run build:web\n'

/**
 * Serves the guide: `docs/` as a website, made by `scripts/build-guide.js`. The files are read from the disk for each
 * request, because few people read them, and a gateway should not keep them in memory. A path is compared with the names
 * in the folder and is never a path of the file system.
 */
export function addGuide(app: FastifyInstance, folder: string): void {
  let names: Promise<Set<string>> | undefined

  app.get('/docs/guide', async (_request, reply) => reply.redirect('guide/', 308))

  app.get('/docs/guide/*', async (request, reply) => {
    const asked = (request.params as { '*': string })['*']
    const known = await (names ??= namesIn(folder))
    if (known.size === 0)
      return reply.status(503).headers(SAFE_HEADERS).type('text/plain; charset=utf-8').send(NOT_BUILT)
    const name = [asked, `${asked}.html`, `${asked}index.html`].find((one) => known.has(one))
    const type = name === undefined ? undefined : TYPES[extname(name)]
    if (name === undefined || type === undefined)
      throw new GatewayError('route_not_found', { method: 'GET', path: `/docs/guide/${asked}`.slice(0, 200) })
    const zipped = known.has(`${name}.gz`) && /\bgzip\b/.test(String(request.headers['accept-encoding'] ?? ''))
    const body = await readFile(join(folder, zipped ? `${name}.gz` : name))
    const etag = `"${createHash('sha256').update(body).digest('base64url').slice(0, 22)}"`
    reply
      .headers({ ...SAFE_HEADERS, 'content-security-policy': POLICY, 'cache-control': 'no-cache' })
      .headers({ etag, vary: 'accept-encoding', 'content-type': type, ...(zipped && { 'content-encoding': 'gzip' }) })
    return request.headers['if-none-match'] === etag ? reply.status(304).send() : reply.send(body)
  })
}

const namesIn = async (folder: string): Promise<Set<string>> =>
  new Set((await readdir(folder, { recursive: true }).catch(() => [])).map((name) => name.replaceAll('\\', '/')))
