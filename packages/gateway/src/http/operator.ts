import type { FastifyInstance } from 'fastify'
import { bySeverity, type Incident, publicIncident } from '../domain/incidents/incident.ts'
import type { MetricsText } from '../platform/metrics.ts'
import type { Store } from '../store/store.ts'
import { keptText } from './kept-text.ts'
import { openApiDocument } from './openapi.ts'
import type { Document } from './reference/document.ts'
import { REFERENCE_POLICY, referenceAddress, referencePage } from './reference/page.ts'
import type { Route } from './route.ts'
import { SAFE_HEADERS } from '@postern/runtime/static-files'
import { createReadiness } from './readiness.ts'

const MOST_SHOWN = 50

/** Health, readiness, metrics and the OpenAPI document, for machines. */
export function addOperatorRoutes(
  app: FastifyInstance,
  options: {
    store: Store
    routes: readonly Route[]
    /** The text for Prometheus. */
    metrics: () => Promise<MetricsText>
    version: string
    stopping: () => boolean
    /** Undefined: nobody knows. */
    incidents: () => Promise<readonly Incident[] | undefined>
  },
): void {
  const { store } = options
  const whyNotReady = createReadiness(store)
  let document: Promise<Record<string, unknown>> | undefined
  const documented = (): Promise<Record<string, unknown>> =>
    (document ??= openApiDocument(options.routes, options.version))

  /** Kinds and times only: anybody may ask. They never change the status. */
  async function openIncidents(): Promise<{ incidents?: object[]; incidents_known?: false }> {
    const open = await options.incidents().catch(() => undefined)
    if (!open) return { incidents_known: false }
    if (open.length === 0) return {}
    const shown = [...open].sort(bySeverity).slice(0, MOST_SHOWN).map(publicIncident)
    return { incidents: shown.map(({ kind, severity, since }) => ({ kind, severity, since })) }
  }

  app.get('/healthz', async () => ({ status: 'ok', version: options.version }))

  app.get('/readyz', async (_request, reply) => {
    if (options.stopping()) return reply.status(503).send({ status: 'stopping' })
    const reason = await whyNotReady()
    const details = await openIncidents()
    if (reason === undefined) return { status: 'ready', store: store.engine, ...details }
    return reply.status(503).send({ status: 'not_ready', reason, ...details })
  })

  app.get(
    '/openapi.json',
    keptText(async () => JSON.stringify(await documented()), {
      'content-type': 'application/json',
      'cache-control': 'no-cache',
    }),
  )

  for (const tag of [undefined, ...new Set([...options.routes.map((route) => route.tag), 'events'])])
    app.get(
      referenceAddress(tag),
      keptText(async () => (await referencePage((await documented()) as unknown as Document, tag))!, {
        ...SAFE_HEADERS,
        'content-security-policy': REFERENCE_POLICY,
        'cache-control': 'no-cache',
        'content-type': 'text/html; charset=utf-8',
      }),
    )

  app.get('/metrics', async (_request, reply) => {
    const { type, text } = await options.metrics()
    return reply.type(type).send(text)
  })
}
