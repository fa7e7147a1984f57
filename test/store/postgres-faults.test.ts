import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { systemClock } from '../../packages/runtime/src/clock.ts'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import { silentLog } from '../../packages/gateway/src/platform/log.ts'
import { findMessage } from '../../packages/gateway/src/store/messages.ts'
import { openPostgres } from '../../packages/gateway/src/store/postgres/engine.ts'
import type { Store } from '../../packages/gateway/src/store/store.ts'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { CHANNEL } from './engines.ts'
import { draft, inbound, phone } from './facts.ts'

const PASSWORD = 'open sesame/%@'
const patience = { connectMs: 1500, silenceMs: 2000 }
const open = (url: string): Promise<Store> => openPostgres({ url, clock: systemClock, log: silentLog, patience })

/** Tries until it works, which it must within `ms`. */
async function until(works: () => Promise<unknown>, ms = 20_000): Promise<void> {
  const last = Date.now() + ms
  for (;;) {
    try {
      await works()
      return
    } catch (error) {
      assert.ok(error instanceof StoreUnavailable, String(error))
      if (Date.now() > last) throw error
      await sleep(50)
    }
  }
}

async function refused(work: Promise<unknown>): Promise<void> {
  await assert.rejects(work, (error: Error) => {
    assert.ok(error instanceof StoreUnavailable, String(error))
    assert.ok(!error.message.includes('sesame'), 'the password stays out of errors')
    return true
  })
}

let server: PostgresServer
before(async () => {
  server = await startPostgres({ fsync: true, password: PASSWORD })
})
after(() => server.remove())

async function withStore(check: (store: Store, url: string) => Promise<void>): Promise<void> {
  const url = await server.createDatabase()
  const store = await open(url)
  try {
    await check(store, url)
  } finally {
    await store.close()
  }
}

test('a stopped server: every call says unavailable, nothing crashes, and all works when it is back', async () => {
  await withStore(async (store) => {
    const known = draft({ phone: phone(1) })
    await store.beginMessage(known)
    await server.stop('fast')
    await sleep(100)
    await refused(store.beginMessage(draft({ phone: phone(1) })))
    await refused(store.applyFacts([inbound({ phone: phone(1) })], null))
    await refused(store.ping())
    await refused(store.dueEndpoints())
    await refused(store.sql.atomically([{ sql: 'select 1' }]))
    await server.start()
    await until(() => store.ping())
    await until(() => store.beginMessage(draft({ phone: phone(1) })))
    assert.equal((await findMessage(store.sql, CHANNEL, known.id))?.status, 'sending')
  })
})

test('a power cut under load: acknowledged data is stored', async () => {
  await withStore(async (store) => {
    const kept: string[] = []
    let stop = false
    const writers = Array.from({ length: 20 }, async (_, w) => {
      while (!stop) {
        const fact = inbound({ phone: phone(w) })
        try {
          await store.applyFacts([fact], null)
          kept.push(fact.wamid)
        } catch (error) {
          assert.ok(error instanceof StoreUnavailable, String(error))
          await sleep(20)
        }
      }
    })
    for (let round = 0; round < 3; round++) {
      const before = kept.length
      while (kept.length < before + 200) await sleep(5)
      await server.signalAll('SIGKILL')
      await sleep(200)
      await until(() => server.start().then(() => store.ping()))
    }
    stop = true
    await Promise.all(writers)
    for (const wamid of kept) assert.ok(await findMessage(store.sql, CHANNEL, wamid), `${wamid} was acknowledged`)
    const events = await store.sql.get<{ n: number }>('select count(distinct message_id) as n from events')
    const messages = await store.sql.get<{ n: number }>('select count(*) as n from messages')
    assert.equal(events?.n, messages?.n)
  })
})

test('only a write that was sent has an unknown outcome', async () => {
  await withStore(async (store) => {
    const { sql } = store
    const write = () => sql.run(`update meta set value = value where name = 'installation'`)
    const outcomes = async (): Promise<boolean[]> => {
      const works = [
        write(),
        sql.atomically([{ sql: `update meta set value = value where name = 'installation'` }]),
        sql.get('select 1'),
        store.applyFacts([inbound({ phone: phone(1) })], null),
      ]
      const settled = await Promise.allSettled(works)
      return settled.map((one) => {
        assert(one.status === 'rejected' && one.reason instanceof StoreUnavailable, JSON.stringify(one))
        return one.reason.outcomeUnknown
      })
    }
    await Promise.all([write(), write(), write(), store.ping()])
    await store.applyFacts([inbound({ phone: phone(1) })], null)
    await server.signalAll('SIGSTOP')
    // Transactions of several statements that were stopped before their commits: a batch during its load.
    const silent = await outcomes().finally(() => server.signalAll('SIGCONT'))
    assert.deepEqual(silent, [true, false, false, false])
    await until(() => store.ping())
    await server.stop('fast')
    await sleep(200)
    assert.deepEqual(await outcomes(), [false, false, false, false], 'nobody was there to take them')
    await server.start()
    await until(() => store.ping())
  })
})

test('a silent server times out, and is found again when it answers', async () => {
  await withStore(async (store) => {
    await store.ping()
    const startedAt = Date.now()
    await server.signalAll('SIGSTOP')
    try {
      await refused(store.applyFacts([inbound({ phone: phone(1) })], null))
      await refused(store.ping())
      assert.ok(Date.now() - startedAt < 10_000)
    } finally {
      await server.signalAll('SIGCONT')
    }
    await until(() => store.applyFacts([inbound({ phone: phone(1) })], null))
  })
})

test('a read-only server is unavailable until it accepts writes', async () => {
  await withStore(async (store, url) => {
    const database = new URL(url).pathname.slice(1)
    await store.beginMessage(draft({ phone: phone(1) }))
    await server.query(`alter database ${database} set default_transaction_read_only = on`)
    await server.query(`select pg_terminate_backend(pid) from pg_stat_activity where datname = '${database}'`)
    await sleep(100)
    await refused(store.ping())
    await refused(store.beginMessage(draft({ phone: phone(1) })))
    await server.query(`alter database ${database} reset default_transaction_read_only`)
    await until(() => store.ping())
    await until(() => store.beginMessage(draft({ phone: phone(1) })))
  })
})

test('closed connections are replaced, one by one or all at once', async () => {
  await withStore(async (store) => {
    for (let round = 0; round < 5; round++) {
      await Promise.all([store.ping(), store.applyFacts([inbound({ phone: phone(1) })], null)])
      const ended = await server.query(
        `select pid, pg_terminate_backend(pid) from pg_stat_activity where application_name like 'postern%'`,
      )
      // A backend ends in its own time; until then a connection works, and the next round would see its end.
      const pids = (ended as { pid: number }[]).map(({ pid }) => pid).join(', ')
      const still = `select pid from pg_stat_activity where pid in (${pids})`
      while ((await server.query(still)).length > 0) await sleep(10)
      await until(() => store.ping(), 5000)
      await until(() => store.applyFacts([inbound({ phone: phone(1) })], null), 5000)
    }
  })
})

test('a wrong password is unavailable, and the error does not repeat it', async () => {
  const url = await server.createDatabase()
  await refused(open(url.replace(/:[^:@]*@/, ':wrong-sesame@')))
})

test('nodes that start at once migrate once', async () => {
  const url = await server.createDatabase()
  const stores = await Promise.all(Array.from({ length: 5 }, () => open(url)))
  assert.equal(new Set(stores.map((store) => store.installation)).size, 1)
  for (const store of stores) await store.close()
})

test('a commit that no standby confirmed does not count as stored', async () => {
  const alone = await startPostgres({ fsync: true })
  let store: Store | undefined
  try {
    const url = await alone.createDatabase()
    store = await open(url)
    await store.beginMessage(draft({ phone: phone(1) }))
    await alone.query(`alter system set synchronous_standby_names = 'nobody'`)
    await alone.query('select pg_reload_conf()')
    const cancel = `select pg_cancel_backend(pid) from pg_stat_activity where wait_event = 'SyncRep'`
    // The server applies the setting in its own time: it is active once a commit waits.
    for (let i = 0, waits = false; !waits; i++) {
      assert.ok(i < 100, 'commits wait for a standby')
      const probe = alone.query(`create table if not exists probe_${i} ()`).catch(() => {})
      await Promise.race([probe, sleep(300)])
      waits = (await alone.query(cancel)).length > 0
      await probe
    }
    const waiting = [store.beginMessage(draft({ phone: phone(1) })), store.ping()].map(refused)
    for (let cancelled = 0, left = 400; cancelled < 2; left--) {
      assert.ok(left > 0, 'both commits wait')
      cancelled += (await alone.query(cancel)).length
      await sleep(25)
    }
    await Promise.all(waiting)
    await alone.query(`alter system reset synchronous_standby_names`)
    await alone.query('select pg_reload_conf()')
    const again = store
    await until(() => again.beginMessage(draft({ phone: phone(1) })))
    await until(() => again.ping())
  } finally {
    await store?.close()
    await alone.remove()
  }
})

test('when the primary is lost its standby takes over, with all acknowledged data', async () => {
  const primary = await startPostgres({ fsync: true })
  let standby: PostgresServer | undefined
  let store: Store | undefined
  try {
    standby = await startPostgres({ fsync: true, standbyOf: { primary, name: 'second' } })
    await primary.query(`alter system set synchronous_standby_names = 'second'`)
    await primary.query('select pg_reload_conf()')
    const follows = async (): Promise<boolean> =>
      (await primary.query(`select 1 from pg_stat_replication where sync_state = 'sync'`)).length === 1
    while (!(await follows())) await sleep(50)
    const url = await primary.createDatabase()
    const database = new URL(url).pathname
    // The read-only server is named first, and must be skipped.
    const both = `postgres://postgres@127.0.0.1:${standby.port},127.0.0.1:${primary.port}${database}?target_session_attrs=read-write`
    store = await open(both)
    const kept: string[] = []
    let stop = false
    const writing = store
    const writers = Array.from({ length: 10 }, async (_, w) => {
      while (!stop) {
        const fact = inbound({ phone: phone(w) })
        try {
          await writing.applyFacts([fact], null)
          kept.push(fact.wamid)
        } catch (error) {
          assert.ok(error instanceof StoreUnavailable, String(error))
          await sleep(20)
        }
      }
    })
    while (kept.length < 200) await sleep(5)
    await primary.signalAll('SIGKILL')
    await standby.query('select pg_promote()')
    const before = kept.length
    const last = Date.now() + 20_000
    while (kept.length < before + 50 && Date.now() < last) await sleep(20)
    assert.ok(kept.length >= before + 50, 'the store writes to the one that took over')
    stop = true
    await Promise.all(writers)
    for (const wamid of kept) assert.ok(await findMessage(store.sql, CHANNEL, wamid), `${wamid} was acknowledged`)
  } finally {
    await store?.close()
    await standby?.remove()
    await primary.remove()
  }
})
