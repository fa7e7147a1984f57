import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { STORY_PROBLEMS, STORY_SAYS, STORY_WAITS } from '../../packages/gateway/src/domain/story.ts'
import type { StoryState } from '../../packages/sandbox/src/index.ts'
import { startWorld, type World } from '../support/world.ts'

const [MEI, PABLO] = ['85268411234', '16505551234'] as const

type Endpoint = { endpoint_id: string; name: string; url: string }
type Delivery = {
  event: string
  state: string
  reference: string
  body: { message?: { messages?: { id: string; from: string }[] } }
  attempts: { status: number | null }[]
}

let world: World
before(async () => {
  world = await startWorld({ gateway: { story: { withinMs: 8_000 } } })
})
after(() => world?.stop())

async function story(verb = '', body: unknown = {}): Promise<StoryState & { error?: { message: string } }> {
  const response = await fetch(`${world.sandbox.url}/sandbox/story${verb && `/${verb}`}`, {
    ...(verb && { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  })
  return (await response.json()) as StoryState
}

/** Resolves with the first state that fits. */
function until(fits: (state: StoryState) => boolean): Promise<StoryState> {
  const { promise, resolve, reject } = Promise.withResolvers<StoryState>()
  const late = setTimeout(() => reject(new Error('the story did not come that far')), 30_000)
  const stop = world.sandbox.on((event) => {
    if (event.type !== 'story') return
    const state = event.data as StoryState
    if (fits(state)) resolve(state)
    else if (state.state === 'failed') reject(new Error(`step ${state.step}: ${state.says}`))
  })
  return promise.finally(() => {
    clearTimeout(late)
    stop()
  })
}

const endpoints = async (): Promise<Endpoint[]> => (await world.admin('GET', '/admin/channels/1/endpoints')).data
const textsOf = (phone: string): string[] =>
  world.sandbox
    .phone(phone)
    .messages()
    .filter((one) => one.type !== 'reaction')
    .map((one) => `${one.direction} ${one.type}`)
/** What a person could have set, without what changes as they talk. */
const settingsOf = (phone: string): object => {
  const { lastWroteAt: _, userIds: __, ...rest } = world.sandbox.phone(phone).contact
  return structuredClone(rest)
}

test('the day is played once, on phones, wire and gateway, and nothing is left of it', async () => {
  const [own] = await endpoints()
  const people = [settingsOf(MEI), settingsOf(PABLO)]
  const over = until(({ state }) => state === 'over' || state === 'failed')
  const [first, second] = await Promise.all([story('start', { speed: 'fast' }), story('start', { speed: 'fast' })])
  assert.deepEqual([first.state, second.state], ['running', 'running'])
  const end = await over
  assert.deepEqual([end.state, end.says, end.step], ['over', STORY_SAYS.over.says, end.steps])
  await world.gateway.settled()

  // The phones: what was said once is there once.
  assert.deepEqual(textsOf(MEI), [
    ...['out template', 'in button', 'out text'],
    ...['in image', 'out text'],
    ...['in text', 'out text'],
  ])
  assert.deepEqual(textsOf(PABLO), [
    ...['in text', 'out interactive', 'in interactive'],
    ...['out interactive', 'out text'],
    ...['in text', 'in text', 'out text'],
  ])
  assert.deepEqual([settingsOf(MEI), settingsOf(PABLO)], people)

  // WhatsApp: one call for each message of the shop.
  const sent = world.sandbox
    .received()
    .filter(({ path, body }) => path.endsWith('/messages') && body['to'] !== undefined)
  assert.equal(sent.length, end.sent)
  assert.ok(sent.every(({ status }) => status === 200))

  // The gateway: every message has arrived.
  const { data } = await world.customer('GET', '/external/messages?count=100')
  const messages = data as { direction: string; type: string; status: string }[]
  const out = messages.filter(({ direction, type }) => direction === 'outbound' && type !== 'reaction')
  assert.equal(out.length, end.sent - 1)
  assert.deepEqual([...new Set(out.map(({ status }) => status))], ['read'])

  // The console: three messages were refused at first, and each was taken once, in the order of its contact.
  const all = await endpoints()
  assert.deepEqual(
    all.map(({ name }) => name),
    [own!.name, 'Run the story'],
  )
  const { data: rows } = await world.admin('GET', `/admin/deliveries?endpoint_id=${all[1]!.endpoint_id}&count=100`)
  const deliveries = rows as Delivery[]
  assert.deepEqual([...new Set(deliveries.map(({ state }) => state))], ['delivered'])
  const retried = deliveries.filter(({ attempts }) => attempts.length > 1)
  assert.ok(retried.length >= 2 && end.refused >= 2, 'attempts failed')
  for (const { attempts } of retried) {
    assert.equal(attempts.at(-1)!.status, 204)
    assert.ok(attempts.slice(0, -1).every(({ status }) => status === 503))
  }
  assert.equal(end.twice, 0)

  // The operator's own endpoint heard the same, each event once.
  const heard = world.receiver.received.map(({ id }) => id)
  assert.equal(new Set(heard).size, heard.length)
  assert.equal(world.receiver.received.filter(({ body }) => body['event'] === 'payment_status').length, 1)

  assert.equal((await story('stop')).state, 'idle')
  assert.deepEqual(
    (await endpoints()).map(({ url }) => url),
    [world.receiver.url],
  )
  assert.equal(world.sandbox.faults().length, 0)
})

test('a story that is stopped while the webhook is down leaves nothing', async () => {
  const down = until(({ name }) => name === 'down')
  await story('start', { speed: 'fast' })
  await down
  assert.equal((await endpoints()).length, 2)
  assert.equal((await story('stop')).state, 'idle')
  assert.deepEqual(
    (await endpoints()).map(({ url }) => url),
    [world.receiver.url],
  )
  await world.gateway.settled()
  const before = world.sandbox.received().length
  // It can be played again at once: the control that the next one does go on.
  const step = until(({ name }) => name === 'tap')
  await story('start', { speed: 'fast' })
  await step
  assert.ok(world.sandbox.received().length > before)
  await story('stop')
})

test('a paused story stands still until it goes on', async () => {
  const tap = until(({ name }) => name === 'tap')
  await story('start', { speed: 'fast' })
  assert.equal((await story('pause')).state, 'paused')
  assert.equal((await story('start', { speed: 'fast' })).state, 'paused', 'it is not started anew')
  const { step } = await story()
  assert.equal((await story('resume')).state, 'running')
  await tap
  assert.ok(step <= 1)
  await story('stop')
})

test('a story does not start beside a fault, and ends with the sandbox’s reset, or when a step does not happen', async () => {
  const fault = world.sandbox.fault({ on: 'messages', code: 130429, times: null })
  assert.equal((await story('start')).error?.message, STORY_PROBLEMS.faults.says)
  fault.remove()
  assert.equal((await story('start', { speed: 'slow' })).error?.message, '"speed" must be normal or fast.')
  assert.equal((await story('dance')).error?.message, 'A story can: start, pause, resume, stop.')
  assert.equal((await story()).state, 'idle')

  await using small = await startWorld({ webhook: false, gateway: { story: { withinMs: 200 } } })
  const [was, here] = [world, small]
  world = here
  try {
    world.sandbox.phone(MEI).goesOffline()
    const waited = until(({ state }) => state === 'failed')
    await story('start', { speed: 'fast' })
    assert.equal((await waited).says, STORY_WAITS.webhook.says)
    assert.deepEqual(await endpoints(), [])
    assert.equal(world.sandbox.phone(MEI).contact.online, false, 'the phone stays as it was set')
    world.sandbox.phone(MEI).comesOnline()

    const failed = until(({ state }) => state === 'failed')
    await story('start')
    world.sandbox.reset()
    assert.equal((await failed).says, STORY_PROBLEMS.reset.says)
    assert.deepEqual(await endpoints(), [])
  } finally {
    world = was
  }
})

test('an endpoint that somebody made theirs meanwhile stays', async () => {
  const over = until(({ state }) => state === 'over')
  await story('start', { speed: 'fast' })
  await over
  const added = (await endpoints()).find(({ name }) => name === 'Run the story')!
  await world.admin('PATCH', `/admin/channels/1/endpoints/${added.endpoint_id}`, { url: 'http://127.0.0.1:9/mine' })
  await story('stop')
  const left = (await endpoints()).find(({ endpoint_id }) => endpoint_id === added.endpoint_id)
  assert.deepEqual([left?.name, left?.url], ['webhook', 'http://127.0.0.1:9/mine'])
  await world.admin('DELETE', `/admin/channels/1/endpoints/${added.endpoint_id}`)
})

test('an endpoint that is kept to look at goes by itself; one of a killed gateway goes at the next start', async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-story-'))
  const was = world
  try {
    world = await startWorld({ dataDir, webhook: false, gateway: { story: { keptForMs: 1 } } })
    const over = until(({ state }) => state === 'over')
    await story('start', { speed: 'fast' })
    await over
    while ((await endpoints()).length > 0) await new Promise((resolve) => setTimeout(resolve, 5))
    for (const url of ['http://127.0.0.1:9/postern-story', 'http://127.0.0.1:9/hook'])
      await world.admin('POST', '/admin/channels/1/endpoints', { name: 'one', url })
    await world.stop()
    world = await startWorld({ dataDir, webhook: false })
    assert.deepEqual(
      (await endpoints()).map(({ url }) => url),
      ['http://127.0.0.1:9/hook'],
    )
    // The gateway's stop ends a story that plays.
    await story('start')
    await world.stop()
    world = await startWorld({ dataDir, webhook: false })
    assert.equal((await endpoints()).length, 1)
    await world.stop()
  } finally {
    world = was
    rmSync(dataDir, { recursive: true, force: true })
  }
})
