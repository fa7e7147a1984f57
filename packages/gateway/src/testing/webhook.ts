import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { CallbackRefused, verifyCallback, type Callback, type CallbackEvent } from '@postern/client'
import { DEMO } from '../app/demo.ts'

/** Gets an event, and its id. The gateway waits until the promise settles. */
export type WebhookHandler = (event: CallbackEvent, callback: Callback) => unknown

export type WebhookOptions = {
  /** Only these events, for instance `['new_message']`. Default: all. */
  events?: string[]
  /** Only inbound messages of these types. */
  types?: string[]
  /** A secret that your program already has (`whsec_…`). Default: a new one. */
  secret?: string
  /** Default: the demo channel. */
  channelId?: number
  /** Called with what your function threw. The event is delivered again later. Default: prints it. */
  onError?: (error: unknown) => void
}

export type Webhook = {
  /** Its id at the gateway. */
  readonly endpointId: string
  readonly url: string
  /** Signs the callbacks. */
  readonly secret: string
  /** Events that the function accepted, in order. Empty for a URL. */
  readonly received: readonly CallbackEvent[]
  /** Stops the server of a function. The gateway still has the endpoint. */
  close(): Promise<void>
}

type Gateway = { url: string; adminToken: string }

/** Adds an endpoint to the channel: a URL, or a server that verifies callbacks and gives their events to a function. */
export async function addWebhook(
  gateway: Gateway,
  target: WebhookHandler | string,
  options: WebhookOptions = {},
): Promise<Webhook> {
  if (typeof target === 'string') {
    const added = await addEndpoint(gateway, target, options)
    return { ...added, url: target, received: [], close: () => Promise.resolve() }
  }
  const received: CallbackEvent[] = []
  const known: { secret?: string } = { ...(options.secret !== undefined && { secret: options.secret }) }
  const server = serverOf(target, known, received, options.onError ?? printError)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  const close = async (): Promise<void> => {
    server.closeAllConnections()
    await new Promise<void>((resolve) => void server.close(() => resolve()))
  }
  try {
    const added = await addEndpoint(gateway, url, options)
    known.secret = added.secret
    return { ...added, url, received, close }
  } catch (error) {
    await close()
    throw error
  }
}

function serverOf(
  handle: WebhookHandler,
  known: { secret?: string },
  received: CallbackEvent[],
  onError: (error: unknown) => void,
): Server {
  return createServer((request, response) => {
    void (async () => {
      try {
        const body = await buffer(request)
        const callback = await verifyCallback(body, request.headers, known.secret ?? [])
        await handle(callback.event, callback)
        received.push(callback.event)
        response.writeHead(204).end()
      } catch (error) {
        if (!(error instanceof CallbackRefused)) onError(error)
        response.writeHead(error instanceof CallbackRefused ? 401 : 500).end()
      }
    })()
  })
}

const printError = (error: unknown): void => console.error('The webhook function threw:', error)

async function addEndpoint(
  { url, adminToken }: Gateway,
  target: string,
  { channelId = DEMO.channelId, events, types, secret }: WebhookOptions,
): Promise<{ endpointId: string; secret: string }> {
  const name = `test ${target}`.slice(0, 60)
  const response = await fetch(`${url}/admin/channels/${channelId}/endpoints`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ name, url: target, events, types, secret }),
  })
  const answer = (await response.json()) as { message: string; data: { endpoint_id: string; secret: string } }
  if (!response.ok) throw new Error(`The webhook ${target} was not added: ${answer.message}`)
  return { endpointId: answer.data.endpoint_id, secret: answer.data.secret }
}
