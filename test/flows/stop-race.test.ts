import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { startWorld, type World } from '../support/world.ts'

const FIRST = 15_550_710_000
const CODE = {
  ...{ type: 'button', sub_type: 'copy_code', index: '0' },
  parameters: [{ type: 'coupon_code', coupon_code: 'A10' }],
}
const MARKETING = { type: 'template', template: { name: 'test_button_code_1', components: [CODE] } }
/** The long form: `STOP_RACES=500 node --test test/flows/stop-race.test.ts`. */
const ASKED = Number(process.env.STOP_RACES ?? 0)

type Shown = {
  id: string
  state: string
  counts: Record<'accepted' | 'stopped', number>
  failed_by_code: { code: number | null; reason: string }[]
}

for (const [engine, races] of [
  ['sqlite', ASKED || 500],
  ['postgres', ASKED || 100],
] as const)
  test(`${engine}: whoever stops marketing while the broadcast runs gets nothing after the stop was acknowledged`, async (t) => {
    const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
    const env = { DATABASE_URL: databaseUrl!, MASTER_KEY: Buffer.alloc(32, 1).toString('base64') }
    const world = await startWorld({ webhook: false, ...(databaseUrl && { env }) })
    try {
      t.diagnostic(`${await race(world, races)} of ${races} got it before their stop`)
    } finally {
      await world.stop()
      if (databaseUrl !== undefined) await dropDatabase(databaseUrl)
    }
  })

/** Stops each person of a broadcast as it comes to them. The answer is how many got it before. */
async function race(world: World, races: number): Promise<number> {
  /** On a busy machine, the answer says to send the same request again. */
  const call: World['customer'] = async (...given) => {
    for (;;) {
      const answer = await world.customer(...given)
      if ((answer.error as { reason?: string } | undefined)?.reason !== 'overloaded') return answer
      await sleep(200)
    }
  }
  const gotBy = (phone: string): number =>
    world.sandbox
      .phone(phone)
      .messages()
      .filter((message) => message.direction === 'out').length
  const all = Array.from({ length: races }, (_, i) => String(FIRST + i))
  await world.admin('PATCH', '/admin/channels/1', { messages_per_second: 150 })
  const made = await call('POST', '/external/broadcasts', { message: MARKETING, recipients: all })
  assert.equal(made.http, 201, JSON.stringify(made))
  const { id } = made.data as Shown

  const atStop = new Map<string, number>()
  let next = 0
  const stopNext = async (): Promise<void> => {
    while (next < all.length) {
      const phone = all[next++]!
      const answer = await call('PUT', `/external/contacts/${phone}/preferences`, { marketing: 'stopped' })
      assert.equal(answer.http, 200, JSON.stringify(answer))
      atStop.set(phone, gotBy(phone))
    }
  }
  await Promise.all(Array.from({ length: 16 }, stopNext))
  let done: Shown
  do {
    await sleep(30)
    done = (await call('GET', `/external/broadcasts/${id}`)).data as Shown
  } while (done.state === 'running')
  assert.equal(done.state, 'done')
  for (const phone of all) assert.equal(gotBy(phone), atStop.get(phone), `${phone} got it after the stop`)
  const got = all.filter((phone) => gotBy(phone) === 1).length
  assert.deepEqual([done.counts.accepted, done.counts.stopped], [got, races - got])
  assert.deepEqual(
    done.failed_by_code.map(({ code, reason }) => [code, reason]),
    got === races ? [] : [[null, 'opted_out']],
  )
  return got
}
