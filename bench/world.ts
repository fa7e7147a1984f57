import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Pool } from 'undici'

/**
 * Everything around a gateway, in one process and as lean as it gets: the business that sends, the Graph API that
 * answers and posts three signed statuses for each message, and the customer's endpoint that counts them in.
 */
export type BenchWorld = {
  graphUrl: string
  customerUrl: string
  secret: string
  close(): Promise<void>
  /** As fast as `inFlight` at a time go. */
  run(target: Target, mode: Mode, inFlight: number, ms: number): Promise<Result>
  /** Webhooks at a steady rate, however long their answers take; the times are from when each was due to its 200. */
  paced(target: Target, perSecond: number, ms: number): Promise<Result>
  /** Whole messages at a steady rate, however long they take; the times are from when each was due to its last callback. */
  pacedWhole(target: Target, perSecond: number, ms: number): Promise<Result>
  /** Calls that the customer's endpoint has had. */
  readonly calls: number
}

/** One gateway, or several nodes of one that take turns. Its channel has so many `endpoints`, all at the customer's; 1 unless told. */
export type Target = { urls: string[]; headers: Record<string, string>; endpoints?: number }
/**
 * send: POST and its answer. ack: one status webhook until it is answered, on a number without an endpoint. webhook:
 * one until the customer was called. whole: a send, its three statuses, and each endpoint called with each of them.
 */
export type Mode = 'send' | 'ack' | 'webhook' | 'whole'
export type Result = { perSecond: number; done: number; p50: number; p99: number; failed: number }

const PNID = '1000'
/** The number of a channel without an endpoint: what is acknowledged there goes nowhere. */
export const QUIET_PNID = '1001'
// So many that no pair of number and person comes near WhatsApp’s limit of one message in six seconds.
const PEOPLE = 20_000

export async function startBenchWorld(): Promise<BenchWorld> {
  const secret = 'bench-app-secret'
  // Beyond all that an earlier run may have left in a store.
  let counter = Date.now() * 1000
  let people = 0
  let calls = 0
  let statusesFor: Target | undefined
  let webhookPools: Pool[] = []
  /** Resolves a message when its last callback arrives. */
  const waiting = new Map<string, { left: number; done: () => void }>()
  const early = new Map<string, number>()

  const sign = (body: string): string => `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

  function statusBody(
    wamid: string,
    to: string,
    status: string,
    reference: string | undefined,
    pnid: string = PNID,
  ): string {
    return JSON.stringify({
      object: 'whatsapp_business_account',
      entry: [
        {
          id: '2000',
          changes: [
            {
              value: {
                messaging_product: 'whatsapp',
                metadata: { display_phone_number: '15550001111', phone_number_id: pnid },
                contacts: [{ profile: { name: 'A person' }, wa_id: to, user_id: `US.${to}` }],
                statuses: [
                  {
                    id: wamid,
                    status,
                    timestamp: String(Math.floor(Date.now() / 1000)),
                    recipient_id: to,
                    recipient_user_id: `US.${to}`,
                    ...(reference && { biz_opaque_callback_data: reference }),
                    pricing: { billable: true, pricing_model: 'PMP', type: 'regular', category: 'utility' },
                  },
                ],
              },
              field: 'messages',
            },
          ],
        },
      ],
    })
  }

  async function postWebhook(body: string): Promise<void> {
    const answer = await webhookPools[++counter % webhookPools.length]!.request({
      method: 'POST',
      path: '/webhooks/meta',
      headers: { 'content-type': 'application/json', 'x-hub-signature-256': sign(body) },
      body,
    })
    await answer.body.dump()
    if (answer.statusCode !== 200) throw new Error(`a webhook was answered ${answer.statusCode}`)
  }

  const graph = await listen((body, url) => {
    if (url.includes('message_templates')) return '{"data":[]}'
    const wamid = `wamid.${String(++counter).padStart(48, '0')}`
    const to = /"to":"\+?(\d+)"/.exec(body)?.[1] ?? '0'
    const reference = /"biz_opaque_callback_data":"([^"]+)"/.exec(body)?.[1]
    if (statusesFor) {
      // After the answer, and one webhook each, in order: what a message costs at its least batched.
      setImmediate(() => {
        void (async () => {
          for (const status of ['sent', 'delivered', 'read'])
            await postWebhook(statusBody(wamid, to, status, reference))
        })().catch(() => {})
      })
    }
    return `{"messaging_product":"whatsapp","contacts":[{"input":"+${to}","wa_id":"${to}"}],"messages":[{"id":"${wamid}"}]}`
  })

  const customer = await listen((body) => {
    calls++
    // Found by pattern: parsing here would be the driver's cost, not the gateway's.
    const wamid = /"(?:message_id|id)":"(wamid\.\d+)"/.exec(body)?.[1]
    if (wamid === undefined) return 'ok'
    const entry = waiting.get(wamid)
    // The customer may be called before the business has read the answer to its send.
    if (!entry) early.set(wamid, (early.get(wamid) ?? 0) + 1)
    else if (--entry.left === 0) {
      waiting.delete(wamid)
      entry.done()
    }
    return 'ok'
  })

  const completion = (wamid: string, left: number): Promise<void> =>
    new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(wamid)
        reject(new Error('no callback within 20 s'))
      }, 20_000)
      waiting.set(wamid, {
        left,
        done: () => {
          clearTimeout(timer)
          resolve()
        },
      })
    })

  async function send(target: Target, pool: Pool, to: string): Promise<string> {
    const answer = await pool.request({
      method: 'POST',
      path: '/external/messages/whatsapp',
      headers: { 'content-type': 'application/json', ...target.headers },
      body: `{"to":"${to}","type":"text","text":"Your parcel ${counter} is on its way and arrives tomorrow."}`,
    })
    const text = await answer.body.text()
    if (answer.statusCode !== 200) throw new Error(text)
    return text
  }

  async function whole(target: Target, pool: Pool, to: string): Promise<void> {
    const wamid = /"(wamid\.[^"]+)"/.exec(await send(target, pool, to))![1]!
    const came = early.get(wamid) ?? 0
    early.delete(wamid)
    const wanted = 3 * (target.endpoints ?? 1)
    if (came < wanted) await completion(wamid, wanted - came)
  }

  const nextContact = (): string => String(15_550_100_000 + (++people % PEOPLE))

  async function run(target: Target, mode: Mode, inFlight: number, ms: number): Promise<Result> {
    const pools = target.urls.map((url) => new Pool(url, { connections: inFlight, pipelining: 1 }))
    openWebhookPools(target)
    statusesFor = mode === 'whole' ? target : undefined
    const times: number[] = []
    let failed = 0
    const startedAt = performance.now()
    const until = startedAt + ms

    async function one(): Promise<void> {
      const to = nextContact()
      if (mode === 'webhook' || mode === 'ack') {
        const wamid = `wamid.${String(++counter).padStart(48, '0')}`
        if (mode === 'ack') return postWebhook(statusBody(wamid, to, 'delivered', undefined, QUIET_PNID))
        const done = completion(wamid, 1)
        await postWebhook(statusBody(wamid, to, 'delivered', undefined))
        await done
        return
      }
      const pool = pools[people % pools.length]!
      if (mode === 'send') await send(target, pool, to)
      else await whole(target, pool, to)
    }

    async function worker(): Promise<void> {
      while (performance.now() < until) {
        const at = performance.now()
        try {
          await one()
          times.push(performance.now() - at)
        } catch (error) {
          if (failed++ === 0) process.stderr.write(`bench: ${(error as Error).message}\n`)
        }
      }
    }
    await Promise.all(Array.from({ length: inFlight }, worker))
    const seconds = (performance.now() - startedAt) / 1000
    await Promise.all([...pools, ...webhookPools].map((pool) => pool.close()))
    return resultOf(times, seconds, failed)
  }

  function openWebhookPools(target: Target): void {
    webhookPools = target.urls.map((url) => new Pool(url, { connections: 128, pipelining: 1 }))
  }

  async function paced(target: Target, perSecond: number, ms: number): Promise<Result> {
    openWebhookPools(target)
    statusesFor = undefined
    const result = await atPace(perSecond, ms, () =>
      postWebhook(statusBody(`wamid.${String(++counter).padStart(48, '0')}`, nextContact(), 'delivered', undefined)),
    )
    await Promise.all(webhookPools.map((pool) => pool.close()))
    return result
  }

  async function pacedWhole(target: Target, perSecond: number, ms: number): Promise<Result> {
    const pool = new Pool(target.urls[0]!, { connections: 16, pipelining: 1 })
    openWebhookPools(target)
    statusesFor = target
    const result = await atPace(perSecond, ms, () => whole(target, pool, nextContact()))
    await Promise.all([pool, ...webhookPools].map((one) => one.close()))
    return result
  }

  return {
    graphUrl: graph.url,
    customerUrl: `${customer.url}/hook`,
    secret,
    run,
    paced,
    pacedWhole,
    get calls() {
      return calls
    },
    close: async () => {
      await graph.close()
      await customer.close()
    },
  }
}

/** Begins one at each due moment, whatever became of those before. */
async function atPace(perSecond: number, ms: number, begin: () => Promise<void>): Promise<Result> {
  const times: number[] = []
  let failed = 0
  const startedAt = performance.now()
  const open = new Set<Promise<void>>()
  for (let begun = 0; performance.now() - startedAt < ms;) {
    const due = Math.floor(((performance.now() - startedAt) / 1000) * perSecond)
    for (; begun <= due; begun++) {
      const dueAt = startedAt + (begun / perSecond) * 1000
      const one = begin()
        .then(() => void times.push(performance.now() - dueAt))
        .catch(() => void failed++)
        .finally(() => open.delete(one))
      open.add(one)
    }
    await new Promise((resolve) => setTimeout(resolve, 1))
  }
  await Promise.all(open)
  return resultOf(times, (performance.now() - startedAt) / 1000, failed)
}

function resultOf(times: number[], seconds: number, failed: number): Result {
  times.sort((a, b) => a - b)
  const at = (share: number): number => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0
  return { perSecond: times.length / seconds, done: times.length, p50: at(0.5), p99: at(0.99), failed }
}

async function listen(
  answer: (body: string, url: string) => string,
): Promise<{ url: string; close: () => Promise<void> }> {
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = answer(Buffer.concat(chunks).toString('utf8'), request.url ?? '')
      response
        .writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
        .end(text)
    })
  })
  server.keepAliveTimeout = 72_000
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}
