import assert from 'node:assert/strict'
import { type EndpointFilter, EVERYTHING, MOST_ENDPOINTS } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import { allChannels, insertChannel } from '../../packages/gateway/src/store/channels.ts'
import {
  deleteEndpoint,
  insertEndpoint,
  patchEndpoint,
  removeLeftovers,
  rotateSecret,
  setWebhook,
  wholeUrl,
} from '../../packages/gateway/src/store/endpoints.ts'
import { eraseEvents } from '../../packages/gateway/src/store/erasures.ts'
import { deliveries, deliveriesOfEvent } from '../../packages/gateway/src/store/events.ts'
import { fillEndpoint } from '../../packages/gateway/src/store/fill.ts'
import { findContact } from '../../packages/gateway/src/store/messages.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import { pruneEvents } from '../../packages/gateway/src/store/retention.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { onBothEngines, type World } from './engines.ts'
import { attemptAt, inbound, notice, offerOf, phone, status } from './facts.ts'

const vault = createVault(new Uint8Array(32).fill(7))
const ANN = { phone: phone(1) }
const only = (part: Partial<EndpointFilter>): EndpointFilter => ({ ...EVERYTHING, ...part })

/** A channel with endpoints that want these; their ids in this order. */
async function channelWith({ store, clock }: World, ...filters: (EndpointFilter | undefined)[]) {
  const { sql } = store
  const body = { name: 'C', business_phone: '1', phone_number_id: '2', waba_id: '3', access_token: 't' }
  const channelId = (await insertChannel(sql, vault, body, clock.now()))!
  const ids: number[] = []
  for (const filter of filters) {
    const url = 'https://customer.example/'
    const added = await insertEndpoint(sql, vault, channelId, { name: 'one', url, filter }, clock.now())
    assert.ok(added.ok)
    ids.push(added.id)
  }
  const endpoints = async () =>
    (await allChannels(sql, vault, clock.now())).find(({ id }) => id === channelId)!.endpoints
  return { channelId, ids, endpoints }
}

const kindsFor = async (store: Store, endpointId: number): Promise<string[]> =>
  (await deliveries(store.sql, { endpointId, count: 100 })).map((row) => row.kind).reverse()

const waiting = (store: Store, endpointId: number) =>
  store.sql.get<{ pending: number }>('select sum(pending) as pending from delivery_counts where endpoint_id = $1', [
    endpointId,
  ])

onBothEngines('an endpoint is kept whole; what is secret is sealed', async (world) => {
  const { store, clock } = world
  const { sql } = store
  const { channelId, endpoints } = await channelWith(world)
  const filter = only({ events: ['new_message'], types: ['text'] })
  const headers = { Authorization: 'Bearer b', 'X-Team': 'crm' }
  const url = 'postgres://crm:p%40ss@db.example/crm'
  const added = await insertEndpoint(sql, vault, channelId, { name: 'CRM', url, filter, headers }, clock.now())
  assert.ok(added.ok)
  const [endpoint] = await endpoints()
  assert.deepEqual(
    { ...endpoint, health: undefined },
    {
      id: added.id,
      channelId,
      publicId: added.publicId,
      name: 'CRM',
      url: 'postgres://crm@db.example/crm',
      password: 'p%40ss',
      kind: 'postgres',
      format: 'postern',
      filter,
      headers: { authorization: 'Bearer b', 'x-team': 'crm' },
      slot: 1,
      secrets: [{ value: added.secret, until: null }],
      health: undefined,
      filling: false,
      createdAt: clock.now(),
    },
  )
  assert.equal(wholeUrl(endpoint!), url)
  const row = await sql.get<Record<string, unknown>>('select * from endpoints where id = $1', [added.id])
  const text = Object.values(row!)
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString('latin1') : String(value)))
    .join(' ')
  for (const secret of ['p%40ss', 'Bearer b', added.secret]) assert.ok(!text.includes(secret), secret)

  assert.ok(await patchEndpoint(sql, vault, added.id, { name: 'Sales', headers: {}, filter: EVERYTHING }, clock.now()))
  const [patched] = await endpoints()
  assert.deepEqual([patched!.name, patched!.headers, patched!.filter], ['Sales', {}, EVERYTHING])
  assert.equal(patched!.url, 'postgres://crm@db.example/crm')
  const second = await rotateSecret(sql, vault, added.id, clock.now())
  assert.deepEqual(
    (await endpoints())[0]!.secrets.map(({ value }) => value),
    [second, added.secret],
  )
  assert.equal(await patchEndpoint(sql, vault, 999_999, { name: 'x' }, clock.now()), false)
})

onBothEngines('an operator pauses and resumes an endpoint, and another URL is new', async (world) => {
  const { store, clock } = world
  const { ids, endpoints } = await channelWith(world, undefined, undefined)
  const patch = (state: 'active' | 'paused') => patchEndpoint(store.sql, vault, ids[1]!, { state }, clock.now())
  const states = async () => (await endpoints()).map(({ health }) => `${health.state} ${health.pausedBy}`)
  await patch('paused')
  assert.deepEqual(await states(), ['active null', 'paused operator'])
  await patch('active')
  assert.deepEqual(await states(), ['active null', 'active null'])
  const before = (await endpoints())[1]!.health.epoch
  await patchEndpoint(store.sql, vault, ids[1]!, { url: 'https://other.example/' }, clock.now())
  assert.equal((await endpoints())[1]!.health.epoch, before + 1)
})

onBothEngines('a channel has 20 endpoints at most, whoever adds them at once', async (world) => {
  const { store, clock } = world
  const { channelId, endpoints } = await channelWith(world)
  const nodes = [store, await world.node()]
  const added = await Promise.all(
    Array.from({ length: 26 }, (_, i) =>
      insertEndpoint(nodes[i % 2]!.sql, vault, channelId, { name: `${i}`, url: 'https://x.example/' }, clock.now()),
    ),
  )
  assert.equal(added.filter(({ ok }) => ok).length, MOST_ENDPOINTS)
  const slots = (await endpoints()).map(({ slot }) => slot)
  assert.equal(new Set(slots).size, MOST_ENDPOINTS)
  const first = (await endpoints())[0]!
  await deleteEndpoint(store.sql, first.id)
  const again = await insertEndpoint(store.sql, vault, channelId, { name: 'a', url: 'https://x.example/' }, clock.now())
  assert.ok(again.ok)
  assert.ok(
    !slots.includes((await endpoints()).at(-1)!.slot),
    'a slot that was freed is not the next one that is given',
  )
})

onBothEngines('two that set the first webhook of a channel at once make one endpoint', async (world) => {
  const { store, clock } = world
  const { channelId, endpoints } = await channelWith(world)
  const nodes = [store, await world.node()]
  const secrets = await Promise.all(
    [1, 2, 3, 4].map((n) => setWebhook(nodes[n % 2]!.sql, vault, channelId, `https://${n}.example/`, clock.now())),
  )
  const found = await endpoints()
  assert.equal(found.length, 1)
  assert.ok(secrets.includes(found[0]!.secrets[0]!.value))
})

onBothEngines('what a filter leaves out costs no lane, no count and no delivery', async (world) => {
  const { store, clock } = world
  const { channelId, ids } = await channelWith(
    world,
    undefined,
    only({ events: ['new_message'] }),
    only({ types: ['image'], statuses: ['failed'] }),
  )
  const [all, messages, some] = ids as [number, number, number]
  await store.applyFacts(
    [
      inbound(ANN, { channelId }),
      inbound(ANN, { channelId, type: 'image' }),
      status('sent', { wamid: 'wamid.1' }, ANN, { channelId }),
      status('failed', { wamid: 'wamid.2' }, ANN, { channelId }),
      notice('k', { channelId }),
    ],
    null,
  )
  assert.equal((await store.sql.all('select seq from events where channel_id = $1', [channelId])).length, 5)
  const [text, picture, sent, failed, template] = [
    ...['new_message', 'new_message', 'message_status_update', 'message_status_update', 'template_status_update'],
  ] as const
  assert.deepEqual(await kindsFor(store, all), [text, picture, sent, failed, template])
  assert.deepEqual(await kindsFor(store, messages), [text, picture])
  assert.deepEqual(await kindsFor(store, some), [picture, failed, template])
  assert.deepEqual(
    await Promise.all(ids.map((id) => waiting(store, id).then((row) => Number(row!.pending)))),
    [5, 2, 3],
  )
  const lanes = await store.claimLanes(some, 10, offerOf('n1'))
  const bodies = lanes.flatMap(({ events }) => events.map(({ body }) => body))
  assert.equal(bodies.length, 3)
  assert.equal(
    await store.claimLanes(messages, 10, offerOf('n1')).then((claimed) => claimed.length),
    1,
    'none for the notice',
  )
  for (const lane of lanes)
    for (let events = lane.events; events.length > 0;)
      events = await store.recordAttempt(attemptAt({ ...lane, events }, 'n1', clock.now(), 'delivered'))
  assert.equal(Number((await waiting(store, some))!.pending), 0)
  assert.deepEqual(await store.claimLanes(some, 10, offerOf('n1')), [])
})

onBothEngines('an idle lane does not read again what its endpoint does not want', async (world) => {
  const { store } = world
  const { channelId, ids } = await channelWith(world, only({ events: ['new_message'] }))
  const told = (n: number) => status('sent', { wamid: `wamid.o.${n}` }, ANN, { channelId })
  await store.applyFacts([inbound(ANN, { channelId })], null)
  const [lane] = await store.claimLanes(ids[0]!, 1, offerOf('n1'))
  await store.recordAttempt(attemptAt(lane!, 'n1', 0, 'delivered'))
  await store.applyFacts([1, 2, 3, 4, 5].map(told), null)
  const last = await store.sql.get<{ seq: number }>('select max(seq) as seq from events')
  await store.applyFacts([inbound(ANN, { channelId })], null)
  const row = await store.sql.get<{ cursor: number }>('select cursor from lanes where endpoint_id = $1', [ids[0]!])
  assert.equal(row!.cursor, last!.seq)
  assert.equal((await store.claimLanes(ids[0]!, 1, offerOf('n1')))[0]!.events.length, 1)
})

onBothEngines('two contacts that become one bring along what each endpoint wants', async (world) => {
  const { store } = world
  const { channelId, ids } = await channelWith(world, undefined, only({ types: ['text'] }), only({ types: ['image'] }))
  const id = { userId: 'US.1' }
  await store.applyFacts(
    [inbound(id, { channelId }), inbound(ANN, { channelId }), inbound(id, { channelId, type: 'image' })],
    null,
  )
  await store.applyFacts([inbound({ ...ANN, ...id }, { channelId })], null)
  const counts: number[] = []
  for (const endpointId of ids) {
    const lanes = await store.claimLanes(endpointId, 10, offerOf('n1'))
    assert.equal(lanes.length, 1)
    const seqs = lanes[0]!.events.map(({ seq }) => seq)
    assert.deepEqual(
      seqs,
      seqs.toSorted((a, b) => a - b),
    )
    counts.push(seqs.length)
    assert.equal(Number((await waiting(store, endpointId))!.pending), seqs.length)
  }
  assert.deepEqual(counts, [4, 3, 1])
})

onBothEngines('a replay owes what was not meant for an endpoint, and nothing that waits already', async (world) => {
  const { store, clock } = world
  const { channelId, ids } = await channelWith(world, only({ types: ['text'] }))
  const [endpointId] = ids as [number]
  await store.applyFacts([inbound(ANN, { channelId }), inbound(ANN, { channelId, type: 'image' })], null)
  const [text, image] = (await store.sql.all<{ seq: number }>('select seq from events order by seq')).map(
    ({ seq }) => seq,
  )
  assert.equal(await replay(store, { channelId, endpointId, seq: text! }), 0, 'it waits')
  assert.equal(await replay(store, { channelId, endpointId, seq: image! }), 1)
  assert.equal(await replay(store, { channelId, endpointId, seq: image! }), 0)
  assert.equal(Number((await waiting(store, endpointId))!.pending), 2)
  const [lane] = await store.claimLanes(endpointId, 1, offerOf('n1'))
  assert.deepEqual(
    lane!.events.map(({ seq, owed }) => [seq, owed]),
    [
      [text, undefined],
      [image, true],
    ],
  )
  await store.recordAttempt(attemptAt(lane!, 'n1', clock.now(), 'delivered', { more: true }))
  await store.recordAttempt(attemptAt({ ...lane!, events: lane!.events.slice(1) }, 'n1', clock.now(), 'delivered'))
  assert.equal(Number((await waiting(store, endpointId))!.pending), 0)
})

onBothEngines('retention and erasure look at who an event was meant for', async (world) => {
  const { store, clock } = world
  const { channelId, ids } = await channelWith(world, only({ types: ['text'] }), undefined)
  const [texts, all] = ids as [number, number]
  await store.applyFacts([inbound(ANN, { channelId })], null)
  await store.applyFacts([inbound(ANN, { channelId, type: 'image' })], null)
  // The one that wants all has everything; the other waits for the text alone.
  const [lane] = await store.claimLanes(all, 1, offerOf('n1'))
  for (let events = lane!.events; events.length > 0;)
    events = await store.recordAttempt(attemptAt({ ...lane!, events }, 'n1', clock.now(), 'delivered'))
  const { gone } = await pruneEvents(store.sql, clock.now() + 1, 100, '')
  assert.equal(gone, 1, 'the image waits for nobody')
  assert.equal(Number((await waiting(store, texts))!.pending), 1)
  await store.applyFacts([inbound(ANN, { channelId, type: 'image' })], null)
  const contact = (await findContact(store.sql, channelId, ANN))!
  await eraseEvents(store.sql, channelId, contact.id, [contact.id], 100)
  assert.deepEqual(
    [Number((await waiting(store, texts))!.pending), Number((await waiting(store, all))!.pending)],
    [0, 0],
  )
})

onBothEngines('an endpoint that goes takes its own along, and nothing of the others', async (world) => {
  const { store, clock } = world
  const { channelId, ids } = await channelWith(world, undefined, undefined)
  const [gone, stays] = ids as [number, number]
  await store.applyFacts(
    Array.from({ length: 30 }, (_, n) => inbound({ phone: phone(n) }, { channelId })),
    null,
  )
  const [lane] = await store.claimLanes(gone, 1, offerOf('n1'))
  await store.recordAttempt(attemptAt(lane!, 'n1', clock.now(), 'dead'))
  assert.equal(await deleteEndpoint(store.sql, gone), true)
  assert.equal(await deleteEndpoint(store.sql, gone), false)
  const left = async (id: number) => {
    const rows = ['lanes', 'owed_events', 'dead_events', 'delivery_counts'].map((table) =>
      store.sql.all(`select * from ${table} where endpoint_id = $1`, [id]),
    )
    return (await Promise.all(rows)).flat().length
  }
  assert.equal(await left(gone), 0)
  assert.equal(await left(stays), 31)
  // Of a node that heard of it late.
  await store.sql.run(
    'insert into lanes (endpoint_id, contact_id, channel_id, cursor, due_at) select $1, contact_id, channel_id, 0, 0 from lanes where endpoint_id = $2',
    [gone, stays],
  )
  assert.deepEqual(await store.claimLanes(gone, 1, offerOf('n1')), [], 'nothing waits for who is gone')
  assert.equal(await removeLeftovers(store.sql), 30)
  assert.equal(await left(stays), 31)
})

onBothEngines('an endpoint that begins at a place gets what is stored from there on, in order', async (world) => {
  const { store, clock } = world
  const { sql } = store
  const { channelId, ids, endpoints } = await channelWith(world, undefined)
  const bodyOf = (type: string) => JSON.stringify({ event: 'new_message', message: { messages: [{ type }] } })
  const write = (type: string) => store.applyFacts([inbound(ANN, { channelId, type, body: bodyOf(type) })], null)
  for (let i = 0; i < 300; i++) await write(i % 3 === 0 ? 'image' : 'text')
  const places = (await sql.all<{ seq: number }>('select seq from events order by seq')).map(({ seq }) => seq)
  const fields = { name: 'late', url: 'https://l.example/', filter: only({ types: ['text'] }), fromSeq: places[30]! }
  const added = await insertEndpoint(sql, vault, channelId, fields, clock.now())
  assert.ok(added.ok)
  assert.equal((await endpoints()).at(-1)!.filling, true)
  await write('text')
  assert.equal(await fillEndpoint(store, added.id, () => false), 180)
  assert.equal((await endpoints()).at(-1)!.filling, false)
  assert.equal(await fillEndpoint(store, added.id, () => false), undefined, 'it is filled')
  assert.equal(Number((await waiting(store, added.id))!.pending), 181)
  const told: number[] = []
  const [lane] = await store.claimLanes(added.id, 1, offerOf('n1'))
  for (let { events } = lane!; events.length > 0;) {
    told.push(events[0]!.seq)
    events = await store.recordAttempt(attemptAt({ ...lane!, events }, 'n1', clock.now(), 'delivered'))
  }
  assert.deepEqual(
    told,
    told.toSorted((a, b) => a - b),
  )
  assert.equal(told.length, 181)
  assert.ok(told[0]! >= places[30]!)
  assert.equal(Number((await waiting(store, ids[0]!))!.pending), 301, 'the other endpoint has its own')
})

onBothEngines('deliveries of one event stand together, over pages too', async (world) => {
  const { store } = world
  const { channelId, ids } = await channelWith(world, undefined, undefined, only({ types: ['image'] }))
  for (const type of ['text', 'image', 'text', 'image', 'text'])
    await store.applyFacts([inbound(ANN, { channelId, type })], null)
  const seen: string[] = []
  let beforeSeq: number | undefined
  for (;;) {
    const page = await deliveries(store.sql, { channelId, count: 4, ...(beforeSeq !== undefined && { beforeSeq }) })
    if (page.length === 0) break
    assert.ok(page.length <= 4)
    seen.push(...page.map(({ seq, endpoint_id: id }) => `${seq} ${id}`))
    beforeSeq = page.at(-1)!.seq
  }
  assert.equal(seen.length, 12)
  assert.equal(new Set(seen).size, 12)
  const pending = await deliveries(store.sql, { channelId, state: 'pending', count: 100 })
  assert.deepEqual(
    pending.map(({ seq, endpoint_id: id }) => `${seq} ${id}`),
    seen,
  )
  assert.equal((await deliveries(store.sql, { endpointId: ids[2]!, state: 'pending', count: 100 })).length, 2)
  assert.equal((await deliveriesOfEvent(store.sql, pending.at(-1)!.seq)).length, 2)
})
