import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { CallbackRefused, createClient, verifyCallback, type CallbackEvent, type Client } from '@postern/client'
import type { Sandbox } from '@postern/sandbox'
import { STORY_PROBLEMS } from '../../domain/story.ts'
import type { Log } from '../../platform/log.ts'
import type { Outbound } from '../../platform/outbound/guard.ts'
import type { Vault } from '../../platform/secrets.ts'
import type { Directory } from '../../store/directory.ts'
import { deleteEndpointAt, insertEndpoint, patchEndpoint } from '../../store/endpoints.ts'
import type { Store } from '../../store/store.ts'
import { DEMO } from '../demo.ts'
import { StoryEnds } from './pace.ts'
import { STORY_PATH } from './remove-old.ts'

/** The gateway around the story. */
export type StoryNeeds = {
  /** Address of the gateway, and of its console for browsers. */
  url: string
  consoleUrl: string
  sandbox: Sandbox
  store: Store
  vault: Vault
  directory: Directory
  callbacks: Pick<Outbound, 'checkUrl'>
  log: Log
}

const NAME = 'Run the story'
/** The name of a channel's endpoint that was set by its URL alone. */
const NAME_OF_OTHERS = 'webhook'
const MOST_BYTES = 1_048_576
const MOST_HEARD = 2_000

export type Heard = { id: string; event: CallbackEvent }

/** The shop's software: it sends through the public API, and hears at a webhook of its own. */
export type Shop = {
  readonly client: Client
  readonly endpointId: number
  /** Events that the webhook took, in the order of their arrival. */
  readonly heard: readonly Heard[]
  /** Attempts that the webhook refused, and events that came again after it took them. */
  readonly refused: number
  readonly twice: number
  /** The webhook answers 503. */
  isDown: boolean
  /** Removes the endpoint, then ends the server. */
  close(): Promise<void>
}

export async function openShop(needs: StoryNeeds, onHeard: () => void): Promise<Shop> {
  const known: { secret?: string } = {}
  const shop = { heard: [] as Heard[], refused: 0, twice: 0, isDown: false }
  const seen = new Set<string>()

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request)
    if (body === undefined) return void response.writeHead(413).end()
    const { id, event } = await verifyCallback(body, request.headers, known.secret ?? [])
    if (shop.isDown) {
      shop.refused++
      response.writeHead(503, { 'content-type': 'text/plain' }).end('The shop is closed for a moment.')
    } else {
      if (seen.has(id)) shop.twice++
      else if (shop.heard.length < MOST_HEARD) {
        seen.add(id)
        shop.heard.push({ id, event })
      }
      response.writeHead(204).end()
    }
    onHeard()
  }

  const server = await listenTo((request, response) => {
    if (request.method !== 'POST' || request.url !== STORY_PATH) return void response.writeHead(404).end()
    answer(request, response).catch((error: unknown) => {
      const isRefused = error instanceof CallbackRefused
      if (!isRefused) needs.log.warn({ err: error }, 'story.callback_failed')
      if (!response.headersSent) response.writeHead(isRefused ? 401 : 500).end()
    })
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${STORY_PATH}`
  try {
    const { id, secret } = await addEndpoint(needs, url)
    known.secret = secret
    return Object.assign(shop, {
      client: createClient({ url: needs.url, certificationCode: DEMO.certificationCode }),
      endpointId: id,
      async close() {
        await giveBack(needs, id, url)
        await end(server)
      },
    })
  } catch (error) {
    await end(server)
    throw error
  }
}

async function addEndpoint(needs: StoryNeeds, url: string): Promise<{ id: number; secret: string }> {
  const { store, vault, directory, callbacks } = needs
  const checked = callbacks.checkUrl(url)
  if (!checked.ok) throw new StoryEnds(checked.message)
  if (directory.channel(DEMO.channelId)?.phoneNumberId !== DEMO.phoneNumberId)
    throw new StoryEnds(STORY_PROBLEMS.noChannel.says)
  const added = await insertEndpoint(store.sql, vault, DEMO.channelId, { name: NAME, url }, await store.now())
  if (!added.ok)
    throw new StoryEnds(added.problem === 'too_many' ? STORY_PROBLEMS.tooMany.says : STORY_PROBLEMS.noChannel.says)
  await directory.refresh()
  return added
}

/** When it has another URL meanwhile, somebody has made it theirs: it stays, under the name that theirs would have. */
async function giveBack({ store, vault, directory }: StoryNeeds, id: number, url: string): Promise<void> {
  if (!(await deleteEndpointAt(store.sql, id, url))) {
    const others = directory.endpoint(id)
    if (others?.name === NAME) await patchEndpoint(store.sql, vault, id, { name: NAME_OF_OTHERS }, await store.now())
  }
  await directory.refresh()
}

async function listenTo(listener: (request: IncomingMessage, response: ServerResponse) => void): Promise<Server> {
  const server = createServer({ requestTimeout: 10_000, headersTimeout: 5_000 }, listener)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  return server
}

async function end(server: Server): Promise<void> {
  server.closeAllConnections()
  await new Promise<void>((resolve) => void server.close(() => resolve()))
}

async function bodyOf(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}
