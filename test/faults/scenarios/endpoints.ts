import { setTimeout as after } from 'node:timers/promises'
import { adminQuery } from '../../support/postgres-admin.ts'
import { startPostgres } from '../../support/postgres.ts'
import { Receiver } from '../../support/receiver.ts'
import { ADMIN_TOKEN } from '../../support/world.ts'
import { startCluster, until, type Cluster } from '../cluster.ts'
import { startTraffic } from '../traffic.ts'
import { crash } from './kill-postgres.ts'
import { close, type Row, type Scale } from './row.ts'

const MINUTES = 60_000

/**
 * SIGKILL of the gateway, or of the customer's database, while a channel has three endpoints: one that works, one that
 * fails half of the time, and a database. The customer takes its rows out of the table as they come, so that nothing but
 * the cursor keeps an event from being written twice.
 */
export async function killWithEndpoints(
  scale: Scale,
  { databaseUrl, kills }: { databaseUrl?: string; kills: 'gateway' | 'database' },
): Promise<Row> {
  const theirs = await startPostgres()
  const half = await Receiver.start()
  try {
    const cluster = await startCluster(databaseUrl === undefined ? {} : { databaseUrl })
    try {
      const url = await theirs.createDatabase()
      await prepare(url)
      const [database, failing] = [await addEndpoint(cluster, url), await addEndpoint(cluster, half.url)]
      half.secret = failing.secret
      half.behaviour = () => (Math.random() < 0.5 ? 503 : 200)
      const consumer = startConsumer(url)
      const traffic = startTraffic(cluster, { people: 6, senders: 3 })
      for (let round = 0; round < scale.rounds; round++) {
        const had = traffic.sent
        await until(() => traffic.sent > had + 2, 'some sends between two kills')
        await after(Math.random() * 400)
        await (kills === 'gateway' ? cluster.killAndRestart(0) : crash(theirs))
        scale.say(`kill ${round + 1}, ${traffic.acknowledged} webhooks acknowledged, ${consumer.taken} rows taken`)
      }
      await after(200)
      half.behaviour = 200
      const row = await close(
        traffic,
        {
          what:
            kills === 'gateway'
              ? 'SIGKILL of the gateway; three endpoints: one that works, one that fails half of the time, a database'
              : 'SIGKILL of the customer’s database, an endpoint beside one that works and one that fails half of the time',
          engine: cluster.engine,
          rounds: scale.rounds,
          mayRepeat: kills === 'gateway',
          available: kills === 'gateway' ? 0.01 : 0.9,
          // A gateway that has just started sheds load while both cores are busy.
          explains: kills === 'gateway' ? ['no answer', '503 overloaded'] : ['503 overloaded'],
          note: '',
        },
        3 * MINUTES,
      )
      const told = new Set(cluster.receiver.received.map(({ id }) => id))
      const arrived = async (): Promise<boolean> => (await arrivalsOf(url)).length >= told.size
      const halfHas = (): boolean => [...told].every((id) => half.received.some((one) => one.id === id))
      await hastened(cluster, [database.id, failing.id], async () => (await arrived()) && halfHas())
      await consumer.stop()
      const arrivals = await arrivalsOf(url)
      row.verdict.broken.push(...judgeRows(arrivals, told))
      row.verdict.broken.push(...judgeFailing(half, told))
      return { ...row, note: `${arrivals.length} rows written, each once` }
    } finally {
      await cluster.close()
    }
  } finally {
    await half.close()
    await theirs.remove()
  }
}

/** What the table has ever held, in the order in which it came: a row that is written again is there again. */
async function prepare(url: string): Promise<void> {
  await adminQuery(
    url,
    `create table postern_events (event_id text primary key, channel_id bigint not null, event text not null,
       contact text, created_at timestamptz not null, body text not null);
     create table arrivals (n bigserial primary key, event_id text not null, contact text, body text);
     create function note_arrival() returns trigger language plpgsql as
       $$ begin insert into arrivals (event_id, contact, body) values (new.event_id, new.contact, new.body); return new; end $$;
     create trigger note_arrival after insert on postern_events for each row execute function note_arrival()`,
  )
}

type Arrival = { event_id: string; contact: string | null; body: string }
const arrivalsOf = (url: string): Promise<Arrival[]> =>
  adminQuery<Arrival>(url, 'select event_id, contact, body from arrivals order by n').catch(() => [])

/** Takes rows out of the table, as a customer that uses it as a queue. */
function startConsumer(url: string): { readonly taken: number; stop(): Promise<void> } {
  let taken = 0
  let over = false
  const work = (async () => {
    while (!over) {
      // Away now and then.
      const rows = await adminQuery(url, 'delete from postern_events returning event_id').catch(() => [])
      taken += rows.length
      await after(20)
    }
  })()
  return {
    get taken() {
      return taken
    },
    async stop() {
      over = true
      await work
    },
  }
}

async function addEndpoint(cluster: Cluster, url: string): Promise<{ id: string; secret: string }> {
  const answer = await cluster.call('POST', '/admin/channels/1/endpoints', { name: url.slice(0, 8), url }, AS_ADMIN)
  if (answer.http !== 201) throw new Error(`the endpoint was not added: ${JSON.stringify(answer)}`)
  const { endpoint_id: id, secret } = answer.data as { endpoint_id: string; secret: string }
  return { id, secret }
}

const AS_ADMIN = { authorization: `Bearer ${ADMIN_TOKEN}` }

/** An operator who ends rests and waits, so that nobody waits for the whole schedule. */
async function hastened(cluster: Cluster, ids: readonly string[], fact: () => Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 3 * MINUTES; Date.now() < end && !(await fact()); await after(1000))
    for (const id of ids)
      await cluster.call('POST', `/admin/channels/1/endpoints/${id}/retry`, undefined, AS_ADMIN).catch(() => {})
}

/** Each event once, in order for each contact. */
export function judgeRows(arrivals: readonly Arrival[], told: ReadonlySet<string>): string[] {
  const broken: string[] = []
  const ids = arrivals.map(({ event_id: id }) => id)
  const unique = new Set(ids)
  if (ids.length !== unique.size) broken.push(`${ids.length - unique.size} rows were written twice`)
  const missing = [...told].filter((id) => !unique.has(id))
  if (missing.length > 0)
    broken.push(`${missing.length} events are not in the database: ${missing.slice(0, 3).join(', ')}`)
  const newest = new Map<string | null, string>()
  const wrong = new Set<string | null>()
  for (const { event_id: id, contact } of arrivals) {
    if (id < (newest.get(contact) ?? '')) wrong.add(contact)
    newest.set(contact, id)
  }
  if (wrong.size > 0) broken.push(`${wrong.size} contacts have rows out of order`)
  return broken
}

function judgeFailing(half: Receiver, told: ReadonlySet<string>): string[] {
  const has = new Set(half.received.map(({ id }) => id))
  const missing = [...told].filter((id) => !has.has(id))
  return missing.length === 0 ? [] : [`${missing.length} events never came to the endpoint that fails half of the time`]
}
