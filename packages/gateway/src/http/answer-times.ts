import type { IncomingMessage, ServerResponse } from 'node:http'
import type { FastifyInstance } from 'fastify'

type OnAnswered = (seconds: number, route: string, method: string, status: string) => void

/** Requests without a route: anybody can invent paths, and metrics must stay few. */
const NO_ROUTE = 'none'

/** Measures every answer of the server but those that go on as long as their reader stays. */
export function timeAnswers(app: FastifyInstance, onAnswered: OnAnswered): void {
  const templates = new Map<string, string>()
  app.addHook('onResponse', (request, reply, done) => {
    const { url, config } = request.routeOptions
    const route = request.is404 || url === undefined ? NO_ROUTE : (templates.get(url) ?? templateOf(url))
    if (url !== undefined && route !== NO_ROUTE) templates.set(url, route)
    const method = route === NO_ROUTE ? '' : request.method
    if (config.goesOn !== true) onAnswered(reply.elapsedTime / 1000, route, method, classOf(reply.statusCode))
    done()
  })
}

/** Measures what is answered without the framework. */
export function timeDirect(
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
  { onAnswered }: { onAnswered?: OnAnswered },
): void {
  if (!onAnswered) return
  const startedAt = performance.now()
  response.once('finish', () =>
    onAnswered((performance.now() - startedAt) / 1000, path, request.method!, classOf(response.statusCode)),
  )
}

const CLASSES = ['', '1xx', '2xx', '3xx', '4xx', '5xx']
const classOf = (status: number): string => CLASSES[Math.floor(status / 100)] ?? ''

/** The path as the documents write it. */
export const templateOf = (route: string): string => route.replace(/:(\w+)/g, '{$1}')
