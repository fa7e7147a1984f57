import { createHash, randomBytes } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'

/** An answer as plain values, for any HTTP server. */
export type StaticAnswer = { status: number; headers: Record<string, string>; body: Buffer }

export type StaticFiles = {
  /** Returns the answer for one of the files, or undefined when there is no such file. */
  answer(path: string, headers: StaticRequest): StaticAnswer | undefined
  /**
   * Returns an HTML page with a new nonce and a policy that names the nonce. Undefined when the pages are not built.
   * `camera`: the page may ask for the device's camera.
   */
  page(name: string, policy: (nonce: string) => string, also?: { camera?: boolean }): StaticAnswer | undefined
}

type StaticRequest = { 'accept-encoding'?: string | undefined; 'if-none-match'?: string | undefined }

const TYPES: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.json': 'application/json',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
}

type Held = { type: string; etag: string; plain: Buffer; br?: Buffer; gzip?: Buffer }

/** Headers of every answer with a page or a file. */
export const SAFE_HEADERS: Record<string, string> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
}

/**
 * Reads the built pages once and keeps them in memory. A path is a key of a map and never reaches the file system. File
 * names contain a hash of their content, so browsers may cache them for good; pages are not cached.
 */
export function loadStaticFiles(folder: string): StaticFiles {
  const files = new Map<string, Held>()
  const pages = new Map<string, string>()
  for (const name of existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : []) {
    const path = name.replaceAll('\\', '/')
    if (path.endsWith('.html')) pages.set(path.slice(0, -5), readFileSync(join(folder, name), 'utf8'))
    const type = TYPES[extname(path)]
    if (type === undefined) continue
    const plain = readFileSync(join(folder, name))
    const copy = (ending: string): Buffer | undefined =>
      existsSync(join(folder, name + ending)) ? readFileSync(join(folder, name + ending)) : undefined
    const br = copy('.br')
    const gzip = copy('.gz')
    const etag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`
    files.set(path, { type, etag, plain, ...(br && { br }), ...(gzip && { gzip }) })
  }

  return {
    answer(path, request) {
      const held = files.get(path)
      if (!held) return undefined
      const headers: Record<string, string> = {
        ...SAFE_HEADERS,
        'content-type': held.type,
        'cache-control': 'public, max-age=31536000, immutable',
        etag: held.etag,
        vary: 'accept-encoding',
      }
      if (request['if-none-match'] === held.etag) return { status: 304, headers, body: Buffer.alloc(0) }
      const takes = new Set((request['accept-encoding'] ?? '').split(/[\s,;]+/))
      const [encoding, body] =
        held.br && takes.has('br')
          ? (['br', held.br] as const)
          : held.gzip && takes.has('gzip')
            ? (['gzip', held.gzip] as const)
            : ([undefined, held.plain] as const)
      return { status: 200, headers: { ...headers, ...(encoding && { 'content-encoding': encoding }) }, body }
    },
    page(name, policy, { camera = false } = {}) {
      const html = pages.get(name)
      if (html === undefined) return undefined
      const nonce = randomBytes(16).toString('base64url')
      return {
        status: 200,
        headers: {
          ...SAFE_HEADERS,
          'content-type': 'text/html; charset=utf-8',
          'cache-control': 'no-store',
          'content-security-policy': policy(nonce),
          'permissions-policy': `camera=(${camera ? 'self' : ''}), geolocation=(), payment=()`,
        },
        body: Buffer.from(html.replaceAll('%NONCE%', nonce)),
      }
    },
  }
}

/** A Content-Security-Policy that allows the page's own files only. `also` widens single directives. */
export function pagePolicy(nonce: string, also: { img?: string; media?: string; connect?: string } = {}): string {
  const more = (text: string | undefined): string => (text === undefined ? '' : ` ${text}`)
  return [
    `default-src 'none'`,
    `script-src 'self'`,
    // The component library writes computed sizes into style elements that carry the nonce.
    `style-src 'self' 'nonce-${nonce}'`,
    `img-src 'self' data: blob:${more(also.img)}`,
    `media-src 'self' blob:${more(also.media)}`,
    `font-src 'self'`,
    `connect-src 'self'${more(also.connect)}`,
    `form-action 'self'`,
    `base-uri 'none'`,
    `frame-ancestors 'none'`,
  ].join('; ')
}
