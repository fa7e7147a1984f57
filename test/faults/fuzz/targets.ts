import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { RESOURCES } from '../../../packages/gateway/src/domain/resources/resources.ts'
import { sign } from '../../support/meta.ts'
import { ADMIN_TOKEN, type World } from '../../support/world.ts'
import { headers, jsonBody, multipart, pick, query, urlPiece, type Headers } from './generate.ts'
import { CHANNEL, QUERY_VALUES, SEEDS, SENDS, WEBHOOKS } from './seeds.ts'

export type Request = { path: string; headers: Headers; body?: string | Buffer }

/** One public route and the requests for it. */
export type Target = {
  /** `METHOD /path`, the name in the tables. */
  name: string
  origin: string
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  request: (random: () => number) => Request
  /** True when an answer is always JSON in our envelope. */
  envelope: boolean
}

type Operation = { parameters?: { in: string; name: string }[]; requestBody?: { content: Record<string, unknown> } }
type Document = { paths: Record<string, Record<string, Operation>> }

const PNG = readFileSync(new URL('../../fixtures/media/image_rgb24.png', import.meta.url))
const JSON_TYPE = { 'content-type': 'application/json' }
const CODE = { 'certification-code': 'postern-demo-certification-code' }
const ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` }

/** Share of requests with unusual headers. */
const ODD_HEADERS = 0.1

/**
 * Every operation of the OpenAPI document, and the other public routes: Meta's webhook, the pages, the routes for
 * machines, the sandbox. A new operation is included automatically; one with a JSON body needs a valid body in `SEEDS`.
 */
export async function targetsOf(world: World): Promise<Target[]> {
  const { url: origin } = world.gateway
  const document = (await (await fetch(`${origin}/openapi.json`)).json()) as Document
  const ids = await rightIds(world)
  const targets: Target[] = []
  for (const [path, item] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(item)) {
      targets.push(targetOf(origin, method.toUpperCase() as Target['method'], path, operation, ids))
    }
  }
  // Routes that delete come last.
  targets.sort((a, b) => Number(a.method === 'DELETE') - Number(b.method === 'DELETE'))
  return [...targets, ...besides(world)]
}

function targetOf(
  origin: string,
  method: Target['method'],
  path: string,
  operation: Operation,
  ids: Record<string, string[]>,
): Target {
  const name = `${method} ${path}`
  const seeds = SEEDS[name]
  const content = Object.keys(operation.requestBody?.content ?? {})
  const takesJson = content.includes('application/json')
  assert.ok(!takesJson || seeds, `${name} takes JSON: give it a right body in seeds.ts`)
  const words = (operation.parameters ?? []).filter((one) => one.in === 'query').map((one) => one.name)
  const credential = path.startsWith('/admin/') ? ADMIN : CODE
  return {
    name,
    origin,
    method,
    envelope: !/\/media(\/|$)|\/(stream|export)$/.test(path),
    request(random) {
      const right = (param: string): string[] => spared(name, param, ids) ?? ids[param] ?? []
      const filled = path.replace(/\{(\w+)\}/g, (_, param: string) => urlPiece(right(param), random, 0.5))
      const request: Request = {
        path: filled + query(words, { ...QUERY_VALUES, ...ids }, random),
        headers: { ...credential },
      }
      if (takesJson) Object.assign(request.headers, JSON_TYPE)
      if (takesJson || random() < 0.02) request.body = jsonBody(seeds ?? [{}], random)
      if (content.includes('multipart/form-data')) {
        const { body, type } = multipart(PNG, random)
        request.body = body
        request.headers['content-type'] = type
      }
      if (random() < ODD_HEADERS) Object.assign(request.headers, headers(random))
      return request
    },
  }
}

/** Objects that the other routes need are kept: routes that delete, or change endpoints, get other objects. */
function spared(name: string, param: string, ids: Record<string, string[]>): string[] | undefined {
  const harms = name.startsWith('DELETE ') || /(PUT|rotate-secret)/.test(name)
  if (!harms) return undefined
  if (param === 'channel_id') return name.includes('/templates') || name.includes('/contacts') ? ['1'] : ['2']
  if (param === 'contact') return ['85200000001']
  return ids[param]?.slice(-1)
}

/** One object of each kind that a path can name. */
async function rightIds(world: World): Promise<Record<string, string[]>> {
  const data = async <T>(answer: Promise<{ data: never }>): Promise<T> => (await answer).data
  const wamid = await world.send({ to: '16505551234', type: 'text', text: 'hello' })
  await world.sandbox.phone('16505551234').says('hello yourself')
  await world.receiver.gets({ event: 'new_message' })
  await world.admin('POST', '/admin/channels', CHANNEL)
  const message = await data<{ reference: string }>(world.customer('GET', `/external/messages/${wamid}`))
  const broadcast = await data<{ id: string }>(
    world.customer('POST', '/external/broadcasts', { message: { type: 'text', text: 'x' } }),
  )
  const templates = await data<{ template_id: string }[]>(world.customer('GET', '/external/templates'))
  const endpoints = await Promise.all(
    ['1', '1', '2'].map(async (id) => {
      const endpoint = { name: 'fuzz', url: 'http://127.0.0.1:9/' }
      const answer = world.admin('POST', `/admin/channels/${id}/endpoints`, endpoint)
      return (await data<{ endpoint_id: string }>(answer)).endpoint_id
    }),
  )
  const file = new FormData()
  file.set('file', new Blob([PNG], { type: 'image/png' }), 'a.png')
  const uploads = await Promise.all(
    [1, 2].map(async () => {
      const answer = await fetch(`${world.gateway.url}/external/media`, { method: 'POST', headers: CODE, body: file })
      return ((await answer.json()) as { data: { id: string } }).data.id
    }),
  )
  const deliveries = await data<{ id: string }[]>(world.admin('GET', '/admin/deliveries'))
  const talks = await data<{ conversations: { contact_id: number | string }[] }>(
    world.admin('GET', '/admin/conversations?channel_id=1'),
  )
  const user = await data<{ user_id: string }>(
    world.admin('POST', '/admin/users', { email: 'fuzz@shop.example', name: 'Fuzz', role: 'viewer' }),
  )
  const key = await data<{ key_id: string }>(world.admin('POST', '/admin/keys', { name: 'fuzz' }))
  const ids = {
    channel_id: ['1', '2'],
    msg_id: [wamid, message.reference],
    reference: [wamid, message.reference],
    id: [broadcast.id, deliveries[0]!.id, ...uploads],
    last_id: [broadcast.id, deliveries[0]!.id, message.reference, templates[0]!.template_id],
    to: ['16505551234', 'US.16505551234'],
    contact: ['85200000001', '16505551234'],
    contact_id: talks.conversations.map((talk) => String(talk.contact_id)),
    template_id: templates.map((one) => one.template_id),
    code_id: ['code_x'],
    step: ['registration'],
    user_id: [user.user_id],
    key_id: [key.key_id],
    endpoint_id: endpoints,
    name: Object.keys(RESOURCES),
  }
  for (const [name, some] of Object.entries(ids)) assert.ok(some.length > 0 && some.every(Boolean), `no ${name}`)
  return ids
}

function besides(world: World): Target[] {
  const { url: origin } = world.gateway
  const at = (
    method: Target['method'],
    path: string,
    request: (random: () => number, path: string) => Partial<Request>,
    where = origin,
  ): Target => ({
    name: `${method} ${where === origin ? '' : 'sandbox '}${path}`,
    origin: where,
    method,
    envelope: false,
    request(random) {
      const made = { path, headers: {}, ...request(random, path) }
      return random() < ODD_HEADERS ? { ...made, headers: { ...made.headers, ...headers(random) } } : made
    },
  })
  const looked = (path: string, words: string[] = []): Target =>
    at('GET', path, (random) => ({ path: path + query(words, QUERY_VALUES, random) }))
  const handshake = ['hub.mode', 'hub.verify_token', 'hub.challenge']
  const phones = ['16505551234', '85268411234']
  const json = (seeds: unknown[], path: (random: () => number) => string, extra: Headers = {}) => ({
    make: (random: () => number): Request => ({
      path: path(random),
      headers: { ...JSON_TYPE, ...extra },
      body: jsonBody(seeds, random),
    }),
  })
  const graph = { authorization: 'Bearer sandbox-token' }
  const said = [
    { text: 'hi' },
    { type: 'location', location: { latitude: 1, longitude: 2 } },
    { button: 'Yes' },
    { to: 'x' },
  ]
  const sandbox = world.sandbox.url
  return [
    at('POST', '/webhooks/meta', (random) => {
      const body = jsonBody(WEBHOOKS, random)
      return { headers: { ...JSON_TYPE, 'x-hub-signature-256': sign(body, world.sandbox.appSecret) }, body }
    }),
    looked('/webhooks/meta', handshake),
    looked('/healthz'),
    looked('/readyz'),
    looked('/metrics'),
    looked('/openapi.json'),
    looked('/docs'),
    looked('/docs/messages'),
    looked('/'),
    at('GET', '/assets/*', (random) => ({ path: `/assets/${urlPiece(['index.js'], random)}` })),
    at('GET', '/*', (random) => ({ path: `/${urlPiece(['external', 'admin'], random)}/${urlPiece([], random)}` })),
    looked('/console/session'),
    at('DELETE', '/console/session', () => ({})),
    at('GET', '/console/events', (random) => ({ headers: { cookie: `x=${urlPiece([], random)}` } })),
    at('POST', '/console/session', (random) =>
      json([{ token: 'x' }, { email: 'fuzz@shop.example', password: 'x', code: '1' }], () => '/console/session').make(
        random,
      ),
    ),
    ...['/console/invitation', '/console/invitation/accept'].map((path) =>
      at('POST', path, (random) =>
        json([{ token: 'inv_x', password: 'a long password', code: '123456' }], () => path).make(random),
      ),
    ),
    at(
      'POST',
      '/v25.0/{phone_number_id}/messages',
      (random) => {
        const id = (r: () => number): string => `/v25.0/${urlPiece(['302702419599374'], r, 0.9)}/messages`
        return json(SENDS, id, graph).make(random)
      },
      sandbox,
    ),
    at(
      'GET',
      '/v25.0/{id}/{edge}',
      (random) => ({
        path: `/v25.0/${urlPiece(['302702419599374', '102290129340398'], random, 0.8)}/${urlPiece(['message_templates', 'phone_numbers', 'settings', 'block_users'], random, 0.8)}${query(['fields', 'limit', 'after'], QUERY_VALUES, random)}`,
        headers: graph,
      }),
      sandbox,
    ),
    at(
      'POST',
      '/sandbox/phones/{number}/{verb}',
      (random) => {
        const verb = pick(random, ['says', 'replies', 'reacts', 'taps', 'picks', 'submits', 'reads', 'plays', 'x'])
        return json(said, (r) => `/sandbox/phones/${urlPiece(phones, r, 0.8)}/${verb}`).make(random)
      },
      sandbox,
    ),
    at(
      'GET',
      '/sandbox/{what}',
      (random) => {
        const what = urlPiece(['phones', 'faults', 'clock', 'messages'], random, 0.7)
        return { path: `/sandbox/${what}${query(['count', 'about', 'with'], QUERY_VALUES, random)}` }
      },
      sandbox,
    ),
  ]
}
