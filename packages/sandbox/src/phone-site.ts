import type { IncomingMessage, ServerResponse } from 'node:http'
import { loadStaticFiles, pagePolicy, SAFE_HEADERS, type StaticAnswer } from '@postern/runtime/static-files'
import { fileURLToPath } from 'node:url'
import { refusal } from './control/guard.ts'

export type PhoneSiteOptions = {
  /** The callbacks that the gateway sent about a message, by wamid. Absent when the sandbox runs alone. */
  trace?: (wamid: string) => Promise<unknown>
  /** The newest callbacks of the gateway. Absent when the sandbox runs alone. */
  callbacks?: () => Promise<unknown>
}

const PAGES = fileURLToPath(new URL('../pages/', import.meta.url))
const TRACE = '/sandbox/trace/'
const CALLBACKS = '/sandbox/callbacks'

/** Serves the phones' page at `/` of the sandbox. Returns true when it answered the request. */
export function phoneSite(
  options: PhoneSiteOptions = {},
): (request: IncomingMessage, response: ServerResponse) => boolean {
  const files = loadStaticFiles(PAGES)

  const give = (response: ServerResponse, { status, headers, body }: StaticAnswer): true => {
    response.writeHead(status, { ...headers, 'content-length': body.length }).end(body)
    return true
  }

  const json = (response: ServerResponse, status: number, value: unknown): void => {
    const headers = { ...SAFE_HEADERS, 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
    give(response, { status, headers, body: Buffer.from(JSON.stringify(value)) })
  }

  return (request, response) => {
    const path = (request.url ?? '/').split('?')[0]!
    // The page asks so whether the sandbox is there. It is no call of the Graph API.
    if (request.method === 'HEAD' && path === '/')
      return give(response, { status: 200, headers: SAFE_HEADERS, body: Buffer.alloc(0) })
    if (request.method !== 'GET') return false
    if (path === '/') {
      // Phones show media of any link, as real phones do.
      const wide = { img: 'http: https:', media: 'http: https:' }
      const page = files.page('index', (nonce) => pagePolicy(nonce, wide), { camera: true })
      if (page) return give(response, page)
      const headers = { ...SAFE_HEADERS, 'content-type': 'text/plain; charset=utf-8' }
      return give(response, {
        status: 503,
        headers,
        body: Buffer.from('The phones are not built. Run: npm run build:web\n'),
      })
    }
    if (path.startsWith('/assets/')) {
      const { 'accept-encoding': encodings, 'if-none-match': known } = request.headers
      const answer = files.answer(path.slice(1), {
        'accept-encoding': typeof encodings === 'string' ? encodings : undefined,
        'if-none-match': known,
      })
      return answer ? give(response, answer) : false
    }
    const { trace, callbacks } = options
    const ask =
      path === CALLBACKS
        ? callbacks
        : path.startsWith(TRACE)
          ? trace && (() => trace(decodeURIComponent(path.slice(TRACE.length)).slice(0, 512)))
          : undefined
    if (!ask) return false
    const refused = refusal(request)
    if (refused) json(response, refused.status, { error: { message: refused.why } })
    else {
      ask().then(
        (data) => json(response, 200, { data }),
        () => json(response, 503, { error: { message: 'The gateway could not look it up.' } }),
      )
    }
    return true
  }
}
