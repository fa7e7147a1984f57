import type { PostgresServer } from '../test/support/postgres.ts'
import { fill, numbers, padded } from './fill.ts'
import type { Report } from './report.ts'
import { makeHome, removeHome, startEngine, type Engine, type Home, type Side } from './sides.ts'
import { measured, type Measured } from './throughput.ts'
import type { BenchWorld } from './world.ts'

type Run = { inFlight: number; rounds: number; ms: number; messages: number }

/** Compares a young store with one that has millions of messages and delivered events, in turns. */
export async function age(
  world: BenchWorld,
  engine: Engine,
  server: PostgresServer | undefined,
  run: Run,
  report: Report,
): Promise<void> {
  const sides: { label: string; home: Home; side: Side; turns: Measured[] }[] = []
  try {
    for (const messages of [10_000, run.messages]) {
      const home = await makeHome(engine, server)
      // The first start creates the tables and the channel.
      await (await startEngine(world, home)).stop()
      const startedAt = performance.now()
      await fill(home, (kind) => history(kind, messages))
      const seconds = (performance.now() - startedAt) / 1000
      process.stderr.write(`${engine}: ${messages} messages filled in ${seconds.toFixed(0)} s\n`)
      const side = await startEngine(world, home)
      sides.push({ label: messages.toLocaleString('en'), home, side, turns: [] })
      await world.run(side.target, 'whole', run.inFlight, Math.max(3000, run.ms))
    }
    for (let round = 0; round < run.rounds; round++)
      for (const one of sides) one.turns.push(await measured(world, one.side, 'whole', run.inFlight, run.ms))
    const middles = sides.map((one) => one.turns.sort((a, b) => a.perSecond - b.perSecond)[one.turns.length >> 1]!)
    report.table(
      `cost of age, ${engine}, whole messages`,
      ['messages stored', 'per second', '÷ young', 'p50 / p99 ms', 'CPU µs each', 'CPU ÷ young', 'resident MiB'],
      sides.map((one, i) => {
        const middle = middles[i]!
        return [
          one.label,
          middle.perSecond.toFixed(0),
          (middle.perSecond / middles[0]!.perSecond).toFixed(2),
          `${middle.p50.toFixed(1)} / ${middle.p99.toFixed(1)}`,
          middle.cpuMicros.toFixed(0),
          (middle.cpuMicros / middles[0]!.cpuMicros).toFixed(2),
          (one.side.rss() / 1024 ** 2).toFixed(0),
        ]
      }),
    )
  } finally {
    for (const { side, home } of sides) {
      await side.stop()
      await removeHome(home)
    }
  }
}

/** A year of the bench's channel: its contacts, their messages in order of time, and one delivered event for each. */
export function history(engine: 'sqlite' | 'postgres', messages: number): string[] {
  const people = Math.min(100_000, messages)
  const begun = Date.now() - 365 * 86_400_000
  const step = Math.floor((364 * 86_400_000) / messages)
  const phone = '(15550100000 + n % 100000)'
  const text = engine === 'sqlite' ? `cast(${phone} as text)` : `${phone}::text`
  const at = `(${begun} + n * ${step})`
  const contact = `(select min(id) from contacts) + n % ${people}`
  const content = `'{"type":"text","text":{"body":"Your parcel is on its way and arrives tomorrow between nine and eleven."}}'`
  const body = `'{"event":"message_status_update","message_id":"wamid.' || ${padded(engine, 'n', 48)} || '","message_status":"read","timestamp":"1790000000","recipient":{"wa_id":"15550100000","user_id":"US.15550100000"},"business_phone":"15550001111","pricing":{"billable":true,"pricing_model":"PMP","type":"regular","category":"utility"}}'`
  return [
    'begin',
    `insert into contacts (channel_id, phone, user_id, name, created_at)
     select 1, ${text}, 'US.' || ${text}, 'A person', ${begun} from ${numbers(engine, people)}`,
    `insert into contact_keys (channel_id, key, contact_id) select 1, 'p:' || phone, id from contacts`,
    `insert into contact_keys (channel_id, key, contact_id) select 1, 'u:' || user_id, id from contacts`,
    `insert into messages (channel_id, id, contact_id, direction, type, status, wamid, recipient, content, created_at,
       accepted_at, sent_at, delivered_at, read_at)
     select 1, 'msg_01K' || ${padded(engine, 'n', 23)}, ${contact}, 'out', 'text', 'read', 'wamid.' || ${padded(engine, 'n', 48)},
       ${text}, ${content}, ${at}, ${at}, ${at}, ${at}, ${at} from ${numbers(engine, messages)}`,
    `insert into events (channel_id, contact_id, kind, message_id, body, created_at)
     select 1, ${contact}, 'message_status_update', 'msg_01K' || ${padded(engine, 'n', 23)}, ${body}, ${at}
     from ${numbers(engine, messages)}`,
    `insert into lanes (endpoint_id, contact_id, channel_id, cursor)
     select n.id, e.contact_id, 1, max(e.seq) from endpoints n join events e on e.channel_id = n.channel_id
     where n.channel_id = 1 group by n.id, e.contact_id`,
    `insert into attempts (endpoint_id, channel_id, seq, number, at, outcome, status, ms, answer)
     select n.id, 1, e.seq, 1, e.created_at, 'delivered', 200, 3, 'ok'
     from endpoints n join events e on e.channel_id = n.channel_id where n.channel_id = 1`,
    'commit',
  ]
}
