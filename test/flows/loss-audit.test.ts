import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { ShiftedClock } from '../../packages/runtime/src/clock.ts'
import { run } from '../../packages/gateway/src/cli/run.ts'
import type { ShownIncident } from '../../packages/gateway/src/domain/incidents/incident.ts'
import type { ShownLoss } from '../../packages/gateway/src/domain/losses/loss.ts'
import { openStore } from '../../packages/gateway/src/store/open.ts'
import type { Sql } from '../../packages/gateway/src/store/sql.ts'
import { post, text, webhook } from '../support/meta.ts'
import { dropDatabase, freshDatabase } from '../support/shared-postgres.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

/* What was accepted, beside what WhatsApp told and what endpoints acknowledged, against the sandbox. */

const MINUTE = 60_000
const SEND = '/external/messages/whatsapp'
const TO = '85268411234'
const say = { to: TO, type: 'text', text: 'hello' }
const WORDS = ['sent', 'delivered', 'read', 'failed']

/** One for all worlds: ids of messages never go back within a process. */
const clock = new ShiftedClock()

type Found = { messages: number; events: number; losses: ShownLoss[]; not_shown: number }

async function audit(world: World): Promise<{ exit: number; found: Found; says: string }> {
  const env = { PORT: new URL(world.gateway.url).port, ADMIN_TOKEN, DATA_DIR: world.dataDir }
  const of = async (args: string[]) => {
    let out = ''
    const exit = await run(['audit', '--since', '24h', ...args], env, { out: (part) => (out += part), err: () => {} })
    return { exit, out }
  }
  const { exit, out } = await of(['--json'])
  const forPeople = await of(['--channel', '1'])
  assert.equal(forPeople.exit, exit)
  return { exit, found: JSON.parse(out) as Found, says: forPeople.out }
}

const shown = (losses: readonly ShownLoss[]): string[] =>
  losses.map(({ missing, event }) => (event === undefined ? missing : `${missing} ${event}`)).sort()

/** Waits for a fact of this process, with virtual time passing in steps. */
async function until(fact: () => Promise<boolean>, what: string, pass: () => void): Promise<void> {
  for (let n = 0; n < 200; n++) {
    if (await fact()) return
    pass()
    await sleep(50)
  }
  assert.fail(what)
}

async function inLossWorld(
  engine: 'sqlite' | 'postgres',
  check: (given: { world: World; sql: Sql }) => Promise<void>,
): Promise<void> {
  const databaseUrl = engine === 'postgres' ? await freshDatabase() : undefined
  let sql: Sql | undefined
  const world = await startWorld({
    ...(databaseUrl !== undefined && {
      env: { DATABASE_URL: databaseUrl, MASTER_KEY: Buffer.alloc(32, 1).toString('base64') },
    }),
    gateway: {
      clock,
      sandbox: { statusDelayMs: 1, clock },
      incidents: { everyMs: 5_000 },
      async openStore(config, its, log) {
        // PostgreSQL goes by our clock, which does not pass by itself.
        const store = await openStore(config, its, log, () => its.now())
        sql = store.sql
        return store
      },
    },
  })
  world.receiver.anyTime = true
  try {
    await check({ world, sql: sql! })
  } finally {
    await world.stop()
    if (databaseUrl !== undefined) await dropDatabase(databaseUrl)
  }
}

for (const engine of ['sqlite', 'postgres'] as const)
  test(
    `${engine}: ordinary traffic has no losses; each loss is found, named, and told as an incident until it is repaired`,
    { timeout: 120_000 },
    () =>
      inLossWorld(engine, async ({ world, sql }) => {
        const pass = (): void => clock.advance(5_000)
        const sends: string[] = []
        for (let n = 0; n < 5; n++) sends.push(await world.send(say))
        await post(world, webhook(text('16505550001', 'wamid.in.1', 'hi', clock.now())))
        for (const wamid of sends) await world.receiver.gets({ message_id: wamid, message_status: 'delivered' })
        await world.receiver.gets({ event: 'new_message' })
        const settled = async (): Promise<boolean> =>
          ((await world.admin('GET', '/admin/stats')).data as { deliveries: { pending: number } }).deliveries
            .pending === 0
        await until(settled, 'all callbacks are acknowledged', () => {})
        clock.advance(20 * MINUTE)
        const ordinary = await audit(world)
        assert.deepEqual(ordinary.found.losses, [])
        assert.ok(ordinary.found.messages >= 6 && ordinary.found.events >= 11, JSON.stringify(ordinary.found))
        assert.equal(ordinary.exit, 0)
        assert.match(ordinary.says, /Nothing is missing/)

        // A status that WhatsApp has and never told here; one that it has not; an answer that was lost.
        world.sandbox.fault({ on: 'webhooks', outage: true, times: null })
        const untold = await world.send(say)
        const without = 'wamid.that-whatsapp-does-not-know'
        await sql.run('update messages set wamid = $1 where wamid = $2', [without, await world.send(say)])
        world.sandbox.fault({ on: 'messages', drop: 'after' })
        assert.equal((await world.customer('POST', SEND, say)).http, 504)
        // Callbacks: one whose acknowledgement nobody knows, and one that is not acknowledged.
        const [proven] = await sql.all<{ seq: number }>(
          'select seq from events where channel_id = 1 order by seq limit 1',
        )
        await sql.run('delete from attempts where channel_id = 1 and seq = $1', [proven!.seq])
        world.receiver.behaviour = 500
        await post(world, webhook(text('16505550002', 'wamid.in.2', 'hi', clock.now())))
        await until(
          async () => world.receiver.calls > 0 && !(await settled()),
          'it waits',
          () => {},
        )
        clock.advance(12 * MINUTE)

        const { found, exit, says } = await audit(world)
        const others = shown(found.losses).filter((one) => !one.startsWith('callback_waiting'))
        assert.deepEqual(others, ['callback_unproven message_status_update', 'no_status', 'outcome_unknown', 'status_not_here']) // prettier-ignore
        assert.ok(shown(found.losses).includes('callback_waiting new_message'))
        assert.equal(exit, 1)
        const of = (missing: string) => found.losses.find((one) => one.missing === missing)!
        assert.equal(of('status_not_here').message_id, untold)
        assert.match(of('status_not_here').at_meta!.status, /^(SENT|DELIVERED|READ)$/)
        assert.deepEqual([of('no_status').message_id, of('no_status').asked], [without, true])
        assert.match(says, new RegExp(`${without}.+no_status`))
        assert.match(says, /status_not_here: WhatsApp has statuses of the message that never came here\./)

        // The daily audit tells it, and closes it when all was repaired.
        const told = async (): Promise<ShownIncident | undefined> =>
          ((await world.admin('GET', '/admin/incidents')).data as ShownIncident[]).find(
            ({ kind }) => kind === 'loss_found',
          )
        // The audit of today is done; the one of tomorrow finds them.
        clock.advance(24 * 60 * MINUTE)
        await until(async () => (await told())?.count === 4, 'loss_found opens', pass)
        const incident = (await told())!
        assert.match(incident.what, /found 4 messages and callbacks.+status_not_here 1/)
        assert.match(incident.advice, /postern audit/)

        await sql.run(`update messages set status = 'sent', sent_at = accepted_at where channel_id = 1 and status in ('accepted', 'unknown')`) // prettier-ignore
        await sql.run('update endpoints set begins_after = $1 where channel_id = 1', [proven!.seq])
        clock.advance(61 * MINUTE)
        await until(async () => (await told()) === undefined, 'loss_found closes', pass)
      }),
  )

test(
  'the audit is bounded: wrong spans and places are refused by name, and WhatsApp is asked for so many and no more',
  { timeout: 120_000 },
  () =>
    inLossWorld('sqlite', async ({ world }) => {
      const silent = world.sandbox.fault({ on: 'statuses', skip: WORDS, times: null })
      for (let n = 0; n < 23; n++) await world.send({ ...say, to: n % 2 === 0 ? TO : '16505551234' })
      // Statuses that are still to come would come after the silence.
      await world.sandbox.settled()
      silent.remove()
      clock.advance(20 * MINUTE)
      const first = (await world.admin('GET', '/admin/loss-audit')).data as { losses: ShownLoss[]; next: string; until: number; since: number } // prettier-ignore
      assert.equal(first.losses.length, 20, 'a page ends with so many questions')
      const next = await world.admin(
        'GET',
        `/admin/loss-audit?since=${first.since}&until=${first.until}&next=${first.next}`,
      )
      assert.equal((next.data as { losses: ShownLoss[] }).losses.length, 3)
      assert.equal((next.data as { next: null }).next, null)
      // As if 200 were asked for.
      const end = await world.admin('GET', `/admin/loss-audit?next=${first.next.replace(/\.\d+$/, '.200')}`)
      assert.deepEqual([...new Set((end.data as { losses: ShownLoss[] }).losses.map(({ asked }) => asked))], [false])

      for (const [wrong, path] of [
        ['since=now', 'since'],
        ['since=9999999999', 'since'],
        ['since=0', 'since'],
        ['channel_id=99', 'channel_id'],
        ['next=1.x.0', 'next'],
      ]) {
        const { http, error } = await world.admin('GET', `/admin/loss-audit?${wrong}`)
        assert.deepEqual([http, (error.fields as unknown as { path: string }[])[0]!.path], [422, path], wrong)
      }
      assert.equal((await world.customer('GET', '/admin/loss-audit')).http, 401)
    }),
)
