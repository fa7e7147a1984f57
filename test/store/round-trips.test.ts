import assert from 'node:assert/strict'
import { test } from 'node:test'
import { deliveryBySeq } from '../../packages/gateway/src/store/events.ts'
import { findMessage } from '../../packages/gateway/src/store/messages.ts'
import { Statements } from '../../packages/gateway/src/store/postgres/round-trip.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import { CHANNEL, inWorld } from './engines.ts'
import { attemptAt, draft, inbound, LEASE_MS, notice, offerOf, phone, sent, status } from './facts.ts'

type Asked = { trip: number; statement: string; values: readonly unknown[] }

/** Records the writers' statements by round trip. */
function listening(): { asked: Asked[]; end(): void } {
  const { submit } = Statements.prototype
  const asked: Asked[] = []
  let trip = 0
  Statements.prototype.submit = function (this: Statements, wire) {
    trip++
    for (const { name: statement, values } of this.all) asked.push({ trip, statement, values })
    submit.call(this, wire)
  }
  return {
    asked,
    end() {
      Statements.prototype.submit = submit
    },
  }
}

const timeout = 60_000

test('a commit of each kind takes at most two round trips, with only the statements that it needs', { timeout }, () =>
  inWorld('postgres', async ({ store, clock }) => {
    const ann = { phone: phone(1) }
    const { asked, end } = listening()
    // So that contact ids are in stock.
    await sent(store, { phone: phone(9) })
    const seen: Record<string, string[][]> = {}
    /** Runs one operation and records its statements by round trip. */
    const during = async <T>(kind: string, work: () => Promise<T>): Promise<T> => {
      asked.length = 0
      const value = await work()
      seen[kind] = [...Map.groupBy(asked, ({ trip }) => trip).values()].map((trip) =>
        trip.map(({ statement }) => statement),
      )
      return value
    }
    try {
      const message = draft(ann)
      await during('begin', () => store.beginMessage(message))
      await during('begin, to somebody known', () => store.beginMessage(draft(ann)))
      const wamid = 'wamid.1'
      const settlement = { channelId: CHANNEL, id: message.id, at: clock.now(), status: 'accepted', wamid } as const
      await during('settle', () => store.settleMessage(settlement))
      const told = status('sent', { wamid, reference: message.id }, ann)
      const { leased } = await during('status', () => store.applyFacts([told], offerOf('n1')))
      await during('status again', () => store.applyFacts([told], offerOf('n1')))
      await during('message', () => store.applyFacts([inbound(ann), inbound(ann)], offerOf('n1')))
      await during('notice', () => store.applyFacts([notice('k')], null))
      const record = attemptAt(leased[0]!, 'n1', clock.now(), 'delivered')
      const rest = await during('attempt', () => store.recordAttempt(record))
      assert.equal(rest.length, 2)
      const failed = attemptAt({ ...leased[0]!, events: rest }, 'n1', clock.now(), 'retry', { retryInMs: 5 })
      await during('attempt that failed', () => store.recordAttempt(failed))
      await during('release', () => store.releaseLanes('n1', leased))
      const filter = { channelId: CHANNEL, endpointId: CHANNEL, seq: record.seq }
      assert.equal(await during('replay', () => replay(store, filter)), 1)
      clock.advance(LEASE_MS)
      const claimed = await during('claim', () => store.claimLanes(CHANNEL, 10, offerOf('n1')))
      const lane = claimed.find(({ contactId }) => contactId === record.contactId)
      assert.deepEqual(
        lane!.events.map(({ seq }) => seq),
        [record.seq, ...rest.map(({ seq }) => seq)],
      )
      await during('claim of nothing', () => store.claimLanes(CHANNEL, 10, offerOf('n1')))
    } finally {
      end()
    }
    const load = (...names: string[]): string[] =>
      ['begin', 'server_time', ...names].filter((name) => name !== 'server_time')
    const write = (...names: string[]): string[] => [...names, 'commit']
    const events = ['mark_feed', 'make_events', 'count']
    assert.deepEqual(seen, {
      begin: [load('named'), write('make_contacts', 'make_keys', 'make_messages')],
      'begin, to somebody known': [load('named'), write('make_messages')],
      settle: [load('messages'), write('change_messages')],
      status: [load('messages', 'lanes', 'endpoints'), write('change_messages', 'make_lanes', ...events)],
      'status again': [load('messages', 'lanes', 'endpoints'), write()],
      message: [
        load('named_locked', 'messages', 'lanes', 'endpoints'),
        write('change_contacts', 'make_messages', ...events),
      ],
      notice: [load('lanes', 'endpoints', 'seen'), write('make_seen', 'make_lanes', ...events)],
      attempt: [load('lanes', 'lock_owed', 'owed', 'ahead'), write('change_lanes', 'make_attempts', 'count')],
      'attempt that failed': [load('lanes', 'lock_owed', 'owed'), write('change_lanes', 'make_attempts')],
      release: [load('lanes'), write()],
      replay: [load('endpoints', 'replayed', 'replayed_lanes', 'owed'), write('owe', 'count')],
      claim: [load('claim', 'claimed_events', 'claimed_owed'), write('change_lanes')],
      'claim of nothing': [load('claim', 'claimed_events', 'claimed_owed'), write()],
    })
  }),
)

test('a batch that must read more reads only what its first load lacks, once', { timeout }, () =>
  inWorld('postgres', async ({ store }) => {
    const ann = { phone: phone(1) }
    const { id, wamid } = await sent(store, ann)
    // WhatsApp names the contact's id for the first time, and beside it a status brings nothing new.
    const named = status('sent', { wamid, reference: id }, { ...ann, userId: 'US.1' })
    const other = await sent(store, { phone: phone(2) })
    const plain = status('sent', { wamid: other.wamid, reference: other.id }, { phone: phone(2) })
    const { asked, end } = listening()
    try {
      await store.applyFacts([named, plain], offerOf('n1'))
    } finally {
      end()
    }
    const trips = [...Map.groupBy(asked, ({ trip }) => trip).values()]
    const [, second] = trips
    assert.equal(trips.length, 3)
    assert.deepEqual(
      second!.map(({ statement }) => statement),
      ['named_locked', 'whole', 'lanes', 'endpoints'],
    )
    assert.ok(!second!.some(({ values }) => values.join().includes(other.id)))
  }),
)

test(
  'the content of an inbound message is sent to the database once, and is stored in the message and in its event',
  { timeout },
  () =>
    inWorld('postgres', async ({ store }) => {
      const words = `Where is "my" parcel? \\ \u{1f4e6} ${'x'.repeat(200)} half a pair: \ud83d, a line\nand a zero \0.`
      const message = { id: 'wamid.words', type: 'text', text: { body: words } }
      const content = JSON.stringify(message)
      const body = JSON.stringify({ event: 'new_message', message: { messages: [message], contacts: [] } })
      const { asked, end } = listening()
      let seq: number
      try {
        const fact = inbound({ phone: phone(1) }, { wamid: message.id, content, body })
        const other = inbound({ phone: phone(2) })
        const { leased } = await store.applyFacts([fact, other], offerOf('n1'))
        seq = leased[0]!.events[0]!.seq
        const travelled = asked.flatMap(({ values }) => values.map(String)).join('\n')
        assert.equal(travelled.split('my\\\\\\" parcel').length - 1, 1, travelled)
        assert.equal(
          travelled.split(other.body.replaceAll('"', '\\"')).length - 1,
          1,
          'one that quotes nothing goes whole',
        )
      } finally {
        end()
      }
      assert.equal((await findMessage(store.sql, CHANNEL, message.id))?.content, content)
      assert.equal((await deliveryBySeq(store.sql, seq))?.body, body)
    }),
)
