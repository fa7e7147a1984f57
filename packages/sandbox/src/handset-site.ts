import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Drain } from '@postern/runtime/drain'
import type { Cloud } from './cloud.ts'
import { answer } from './control/control.ts'
import { strangeHost } from './control/guard.ts'
import { handsetControl } from './control/handset-control.ts'
import type { Sandbox } from './index.ts'
import type { SandboxOptions } from './options.ts'

export type HandsetSite = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>

export const isHandset = (url: URL): boolean => url.pathname.startsWith('/handset/')

/**
 * Everything below `/handset/{token}/`: the page, and the calls of one phone. The page holds no secret, so an unknown
 * token gets it too, and the page says that the code has ended.
 */
export function handsetSite(cloud: Cloud, sandbox: () => Sandbox, site: SandboxOptions['site']): HandsetSite {
  return async (request, response, url) => {
    const found = /^\/handset\/([\w-]{1,64})(\/.*)$/.exec(url.pathname)
    const [, token = '', rest = ''] = found ?? []
    if (rest === '/' || rest.startsWith('/assets/')) {
      request.url = rest
      return (
        site?.(request, response) === true || answer(response, 404, { error: { message: 'There is no such file.' } })
      )
    }
    if (rest !== '/sandbox' && !rest.startsWith('/sandbox/'))
      return answer(response, 404, { error: { message: 'There is nothing here.' } })
    const handset = cloud.handsets.find(token, cloud.clock.now())
    return handsetControl(cloud, sandbox(), request, response, { url, rest, handset })
  }
}

/** A listener on all addresses that serves handsets and nothing else. */
export async function listenForHandsets(port: number, site: HandsetSite, drain: Drain): Promise<Server> {
  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    try {
      const url = new URL(request.url ?? '/', 'http://sandbox')
      const refused = strangeHost(request)
      if (refused) answer(response, refused.status, { error: { message: refused.why } })
      else if (!isHandset(url)) answer(response, 404, { error: { message: 'Only phones with a code are here.' } })
      else await site(request, response, url)
    } catch {
      response.destroy()
    }
  }
  const server = createServer(
    { keepAliveTimeout: 30_000, requestTimeout: 60_000, headersTimeout: 15_000 },
    drain.listener((request, response) => void serve(request, response)),
  )
  drain.watch(server)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '0.0.0.0', resolve)
  })
  return server
}
