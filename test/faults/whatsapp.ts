import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as after } from 'node:timers/promises'
import { sign } from '../support/meta.ts'

export const PNID = '302702419599374'
export const WABA = '102290129340398'
export const APP_SECRET = 'faults-app-secret'

/**
 * A minimal WhatsApp: accepts messages and stores our id of each, then posts `sent` and `delivered`, repeating each
 * until it is answered 200. It counts, so that a message that was sent twice is found.
 */
export type WhatsApp = {
  readonly port: number
  /** How often each message was accepted, by our id. */
  readonly taken: Map<string, number>
  /** How often each text was accepted for each number, as `<number> <text>`. Finds what was sent twice under two ids. */
  readonly texts: Map<string, number>
  /** Statuses that the gateway has acknowledged, as `<wamid> <status>`. */
  readonly acknowledged: string[]
  /** True while no status waits for its acknowledgement. */
  readonly isQuiet: boolean
  /** The webhook of an acknowledged status. */
  webhookOf(status: string): string | undefined
  close(): Promise<void>
}

export async function startWhatsApp(target: () => string): Promise<WhatsApp> {
  const taken = new Map<string, number>()
  const texts = new Map<string, number>()
  const acknowledged: string[] = []
  const webhooks = new Map<string, string>()
  let counter = 0
  let waiting = 0
  let closed = false

  async function tell(wamid: string, to: string, reference: string): Promise<void> {
    waiting++
    for (const status of ['sent', 'delivered']) {
      const body = JSON.stringify(statusWebhook(wamid, to, status, reference))
      while (!closed && !(await postWebhook(target(), body))) await after(25)
      acknowledged.push(`${wamid} ${status}`)
      webhooks.set(`${wamid} ${status}`, body)
    }
    waiting--
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('error', () => {})
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString('utf8')
      if (!request.url?.endsWith('/messages')) {
        response.writeHead(200, { 'content-type': 'application/json' }).end('{"data":[]}')
        return
      }
      const message = JSON.parse(body) as Record<string, string> & { text?: { body: string } }
      const { to, biz_opaque_callback_data: reference } = message
      const wamid = `wamid.out${String(++counter).padStart(8, '0')}`
      taken.set(reference!, (taken.get(reference!) ?? 0) + 1)
      const text = `${to!.replace('+', '')} ${message.text?.body}`
      texts.set(text, (texts.get(text) ?? 0) + 1)
      response.writeHead(200, { 'content-type': 'application/json' }).end(
        JSON.stringify({
          messaging_product: 'whatsapp',
          contacts: [{ input: to, wa_id: to }],
          messages: [{ id: wamid }],
        }),
      )
      void tell(wamid, to!, reference!)
    })
  })
  server.keepAliveTimeout = 72_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    taken,
    texts,
    acknowledged,
    webhookOf: (status) => webhooks.get(status),
    get isQuiet() {
      return waiting === 0
    },
    close() {
      closed = true
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}

/** True when the gateway answered 200, and so has stored it. */
export async function postWebhook(origin: string, body: string): Promise<boolean> {
  return (await webhookAnswer(origin, body)) === 200
}

/** The HTTP status, 0 when there was none. */
export async function webhookAnswer(origin: string, body: string): Promise<number> {
  try {
    const answer = await fetch(`${origin}/webhooks/meta`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body, APP_SECRET) },
      body,
      signal: AbortSignal.timeout(25_000),
    })
    await answer.arrayBuffer()
    return answer.status
  } catch {
    return 0
  }
}

/** Waits until the gateway accepts webhooks again. Returns the time in ms. */
export async function untilTaken(origin: string, name: string | number, withinMs = 60_000): Promise<number> {
  const startedAt = performance.now()
  const body = JSON.stringify(textWebhook('15550999999', `wamid.probe${name}`, 'anybody there?'))
  while (!(await postWebhook(origin, body))) {
    if (performance.now() - startedAt > withinMs) throw new Error(`no webhook was taken within ${withinMs} ms`)
    await after(30)
  }
  return performance.now() - startedAt
}

export function statusWebhook(wamid: string, to: string, status: string, reference: string): unknown {
  return value({
    statuses: [{ id: wamid, status, timestamp: now(), recipient_id: to, biz_opaque_callback_data: reference }],
  })
}

export function textWebhook(from: string, wamid: string, body: string): unknown {
  return value({
    contacts: [{ profile: { name: `Person ${from}` }, wa_id: from }],
    messages: [{ from, id: wamid, timestamp: now(), type: 'text', text: { body } }],
  })
}

const now = (): string => String(Math.floor(Date.now() / 1000))

const value = (content: Record<string, unknown>): unknown => ({
  object: 'whatsapp_business_account',
  entry: [
    {
      id: WABA,
      changes: [
        {
          value: {
            messaging_product: 'whatsapp',
            metadata: { display_phone_number: '6281519236680', phone_number_id: PNID },
            ...content,
          },
          field: 'messages',
        },
      ],
    },
  ],
})
