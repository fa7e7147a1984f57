import { createHash, timingSafeEqual } from 'node:crypto'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { localhostHostValidation, localhostOriginValidation, toNodeHandler } from '@modelcontextprotocol/node'
import { createMcpHandler, type McpServer } from '@modelcontextprotocol/server'

const LARGEST_BODY = 256 * 1024

/**
 * Serves `/mcp` (Streamable HTTP) on loopback. Pages of a browser are kept out by Host and Origin, other programs of this
 * machine by the token.
 */
export async function serveHttp(options: { port: number; token: string; server: () => McpServer }) {
  const handler = createMcpHandler(options.server, { maxRequestBodySize: LARGEST_BODY })
  const serve = toNodeHandler(handler)
  const [isLocalHost, isLocalOrigin] = [localhostHostValidation(), localhostOriginValidation()]
  const http = createServer((request, response) => {
    if (!isLocalHost(request, response) || !isLocalOrigin(request, response)) return
    const [path] = (request.url ?? '').split('?')
    const refuse = (status: number, message: string): void => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify({ message }))
    }
    if (path !== '/mcp') return refuse(404, 'The address is /mcp.')
    if (!isToken(request.headers.authorization, options.token))
      return refuse(401, 'Send "authorization: Bearer" with the token that postern mcp printed, or POSTERN_MCP_TOKEN.')
    void serve(request, response)
  })
  http.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(options.port, '127.0.0.1', resolve)
  })
  return {
    url: `http://127.0.0.1:${(http.address() as AddressInfo).port}/mcp`,
    async close(): Promise<void> {
      http.closeAllConnections()
      await Promise.all([new Promise((resolve) => http.close(resolve)), handler.close()])
    },
  }
}

function isToken(given: string | undefined, token: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(given ?? ''), digest(`Bearer ${token}`))
}
