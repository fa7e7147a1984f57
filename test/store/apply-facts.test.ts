import assert from 'node:assert/strict'
import type { MessageStatus } from '../../packages/gateway/src/domain/messages/status.ts'
import { eventsAfter } from '../support/feed.ts'
import { findContact, findMessage } from '../../packages/gateway/src/store/messages.ts'
import type { Fact } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines, SILENT } from './engines.ts'
import { bodyOf, draft, inbound, notice, offerOf, phone, sent, status } from './facts.ts'

onBothEngines('a message that came in is stored, told, and opens the window', async ({ store, clock }) => {
  const fact = inbound({ phone: phone(1), name: 'Ann' })
  const applied = await store.applyFacts([fact], null)
  assert.deepEqual(applied, { events: 1, duplicates: 0, leased: [], nudge: [CHANNEL] })
  const row = await findMessage(store.sql, CHANNEL, fact.wamid)
  assert.equal(row?.status, 'received')
  assert.equal(row.direction, 'in')
  assert.equal(row.content, fact.content)
  assert.equal(row.created_at, fact.at)
  const [event] = await eventsAfter(store.sql, CHANNEL, 0, 10)
  assert.equal(event?.kind, 'new_message')
  assert.equal(event.body, fact.body)
  assert.equal(event.message_id, row.id)
  assert.equal(event.state, 'pending')
  assert.equal(event.created_at, clock.now())
  assert.equal((await findContact(store.sql, CHANNEL, { phone: phone(1) }))?.lastInboundAt, fact.at)
})

onBothEngines('an older message that comes late does not close the window again', async ({ store }) => {
  const identity = { phone: phone(1) }
  await store.applyFacts([inbound(identity, { at: 5000 })], null)
  await store.applyFacts([inbound(identity, { at: 4000 }), inbound(identity, { at: 6000, opensWindow: false })], null)
  assert.equal((await findContact(store.sql, CHANNEL, identity))?.lastInboundAt, 5000)
})

onBothEngines('the same message is stored and told once, within a webhook and between two', async ({ store }) => {
  const fact = inbound({ phone: phone(1) })
  const first = await store.applyFacts([fact, { ...fact }], null)
  assert.deepEqual([first.events, first.duplicates], [1, 1])
  const again = await store.applyFacts([fact], null)
  assert.deepEqual([again.events, again.duplicates], [0, 1])
  assert.equal((await eventsAfter(store.sql, CHANNEL, 0, 10)).length, 1)
})

const WORDS = ['sent', 'delivered', 'read', 'failed'] as const

function* orders<T>(items: readonly T[]): Generator<T[]> {
  if (items.length === 0) yield []
  for (const [i, item] of items.entries()) {
    for (const rest of orders(items.filter((_, j) => j !== i))) yield [item, ...rest]
  }
}

for (const together of [false, true]) {
  onBothEngines(
    `statuses end where they should in every order, ${together ? 'in one webhook' : 'one webhook each'}`,
    async ({ store }) => {
      const identity = { phone: phone(1) }
      for (const words of orders(WORDS)) {
        for (const count of [1, 2, 3, 4]) {
          const heard = words.slice(0, count)
          const message = await sent(store, identity)
          const facts = heard.map((word) => status(word, message, identity))
          const applied = together
            ? [await store.applyFacts(facts, null)]
            : await Promise.all(facts.map((fact) => store.applyFacts([fact], null)))
          assert.equal(
            applied.reduce((sum, one) => sum + one.events, 0),
            count,
            'each status is told',
          )
          const row = (await findMessage(store.sql, CHANNEL, message.id))!
          const highest = (['read', 'delivered', 'failed', 'sent'] as MessageStatus[]).find((word) =>
            (heard as MessageStatus[]).includes(word),
          )
          assert.equal(row.status, highest, heard.join(', '))
          for (const [i, word] of heard.entries()) assert.equal(row[`${word}_at`], facts[i]!.at)
          assert.equal(row.error, heard.includes('failed') ? '{"code":131026}' : null)
        }
      }
    },
  )
}

onBothEngines(
  'a status is told with our id when the message is ours, and without when it is not',
  async ({ store }) => {
    const identity = { phone: phone(1) }
    const ours = await sent(store, identity)
    const { wamid } = ours
    await store.applyFacts(
      [
        status('sent', ours, identity),
        status('delivered', { wamid }, identity),
        status('read', { wamid, reference: 'somebody else’s' }, identity),
        status('sent', { wamid: 'wamid.foreign' }, identity),
        status('sent', { wamid: 'wamid.foreign2', reference: 'ref-of-another-program' }, identity),
      ],
      null,
    )
    const bodies = (await eventsAfter(store.sql, CHANNEL, 0, 10)).map(
      (row) => JSON.parse(row.body) as { reference?: string },
    )
    assert.deepEqual(
      bodies.map((body) => body.reference),
      [ours.id, ours.id, ours.id, undefined, undefined],
    )
    assert.equal((await findMessage(store.sql, CHANNEL, 'wamid.foreign'))?.type, 'foreign')
  },
)

onBothEngines('a repeated status is a duplicate, also of a message that is not ours', async ({ store }) => {
  const identity = { phone: phone(1) }
  const foreign = { wamid: 'wamid.x' }
  const first = await store.applyFacts([status('sent', foreign, identity), status('sent', foreign, identity)], null)
  assert.deepEqual([first.events, first.duplicates], [1, 1])
  const next = await store.applyFacts([status('sent', foreign, identity), status('read', foreign, identity)], null)
  assert.deepEqual([next.events, next.duplicates], [1, 1])
  assert.equal((await findMessage(store.sql, CHANNEL, 'wamid.x'))?.status, 'read')
})

onBothEngines('a reference that names another wamid does not mix two messages up', async ({ store }) => {
  const identity = { phone: phone(1) }
  const message = await sent(store, identity)
  await store.applyFacts([status('read', { wamid: 'wamid.not-it', reference: message.id }, identity)], null)
  assert.equal((await findMessage(store.sql, CHANNEL, message.id))?.status, 'accepted')
  assert.equal((await findMessage(store.sql, CHANNEL, 'wamid.not-it'))?.status, 'read')
})

onBothEngines('notices are told once by their key, of a person or of the channel', async ({ store }) => {
  const identity = { phone: phone(1) }
  const facts = [notice('a'), notice('b', { contact: identity, event: 'user_preferences' }), notice('a')]
  const applied = await store.applyFacts(facts, null)
  assert.deepEqual([applied.events, applied.duplicates], [2, 1])
  assert.equal((await store.applyFacts([notice('b')], null)).duplicates, 1)
  const rows = await eventsAfter(store.sql, CHANNEL, 0, 10)
  const contact = await findContact(store.sql, CHANNEL, identity)
  assert.deepEqual(rows.map((row) => [row.kind, row.contact_id, row.message_id]).sort(), [
    ['template_status_update', 0, null],
    ['user_preferences', contact!.id, null],
  ])
})

onBothEngines('without an endpoint events are kept for the feed, and nobody is woken', async ({ store }) => {
  const applied = await store.applyFacts([inbound({ phone: phone(1) }, { channelId: SILENT })], offerOf('n1'))
  assert.deepEqual(applied, { events: 1, duplicates: 0, leased: [], nudge: [] })
  assert.equal((await eventsAfter(store.sql, SILENT, 0, 10))[0]?.state, 'none')
  assert.deepEqual(await store.dueEndpoints(), { due: [], nextInMs: null })
})

onBothEngines('a webhook of a thousand facts is one commit, told in order for every person', async ({ store }) => {
  const people = Array.from({ length: 40 }, (_, i) => ({ phone: phone(i), userId: `u${i}` }))
  const facts: Fact[] = []
  const expected = new Map<string, string[]>()
  for (let i = 0; i < 1000; i++) {
    const identity = people[(i * 7) % people.length]!
    const fact = inbound(identity)
    facts.push(fact)
    expected.set(identity.phone, [...(expected.get(identity.phone) ?? []), fact.body])
  }
  const applied = await store.applyFacts(facts, null)
  assert.deepEqual(applied, { events: 1000, duplicates: 0, leased: [], nudge: [CHANNEL] })
  for (const identity of people) {
    const contact = await findContact(store.sql, CHANNEL, identity)
    const rows = await store.sql.all<{ body: string }>(
      'select body from events where channel_id = $1 and contact_id = $2 order by seq',
      [CHANNEL, contact!.id],
    )
    assert.deepEqual(
      rows.map((row) => row.body),
      expected.get(identity.phone),
    )
  }
  assert.equal((await store.applyFacts(facts, null)).duplicates, 1000)
})

onBothEngines(
  'a webhook that cannot be stored leaves nothing, and spoils nothing for the others',
  async ({ store }) => {
    const identity = { phone: phone(1) }
    const bad: Fact[] = [
      inbound(identity, { wamid: 'wamid.bad.before' }),
      inbound(identity, { wamid: 'wamid.bad', type: null as unknown as string }),
    ]
    const good = Array.from({ length: 20 }, (_, i) => inbound(identity, { wamid: `wamid.good.${i}` }))
    const results = await Promise.allSettled([
      ...good.slice(0, 10).map((fact) => store.applyFacts([fact], null)),
      store.applyFacts(bad, null),
      ...good.slice(10).map((fact) => store.applyFacts([fact], null)),
    ])
    assert.deepEqual(
      results.map((result) => result.status),
      [...Array<string>(10).fill('fulfilled'), 'rejected', ...Array<string>(10).fill('fulfilled')],
    )
    assert.equal(await findMessage(store.sql, CHANNEL, 'wamid.bad.before'), undefined)
    const rows = await eventsAfter(store.sql, CHANNEL, 0, 100)
    assert.deepEqual(
      rows.map((row) => row.body),
      good.map((fact) => fact.body),
    )
  },
)

onBothEngines(
  'any text survives: quotes, backslashes, emoji, right to left, a lone surrogate, a NUL',
  async ({ store }) => {
    const texts = [`"'\\ {},;\n\t`, 'Ünï😀', 'שלום', '\\u0000 written out', 'a\u0000b', 'x\ud800y']
    for (const [i, name] of texts.entries()) {
      const identity = { phone: phone(i), name }
      const fact = inbound(identity, { body: JSON.stringify({ name }), content: JSON.stringify([name]) })
      await store.applyFacts([fact], null)
      const row = await findMessage(store.sql, CHANNEL, fact.wamid)
      assert.equal(row?.content, fact.content)
      const contact = await store.sql.get<{ name: string }>('select name from contacts where id = $1', [row.contact_id])
      // A database may refuse invalid characters; then the replacement character takes their place.
      const plain = name.replace(/\u0000/g, '\ufffd').toWellFormed()
      assert.ok([name, plain].includes(contact!.name), JSON.stringify(contact))
    }
    const bodies = (await eventsAfter(store.sql, CHANNEL, 0, 10)).map((row) => row.body)
    assert.deepEqual(
      bodies,
      texts.map((name) => JSON.stringify({ name })),
    )
  },
)

onBothEngines('many webhooks of many facts at once are all applied, in order', async ({ store }) => {
  const identity = { phone: phone(1) }
  const webhooks = Array.from({ length: 8 }, () => Array.from({ length: 700 }, () => inbound(identity)))
  const applied = await Promise.all(webhooks.map((facts) => store.applyFacts(facts, null)))
  assert.ok(applied.every((one) => one.events === 700))
  const rows = await store.sql.all<{ body: string }>('select body from events order by seq')
  assert.deepEqual(
    rows.map((row) => row.body),
    webhooks.flat().map((fact) => fact.body),
  )
})

onBothEngines(
  'a status keeps price and conversation, and is told with what its sender wanted back',
  async ({ store, clock }) => {
    const identity = { phone: phone(1) }
    const back = 'order "8812" \\ ✨ \u0000'
    const body = bodyOf({ event: 'status' })
    const message = await sent(store, identity, {
      content: JSON.stringify({ callback_data: back, text: { body: 'x "callback_data":"no"' } }),
    })
    const without = await sent(store, identity, { content: '{"text":{"body":"{\\"callback_data\\":\\"no\\"}"}}' })
    const facts = [
      status('sent', message, identity, { body, pricing: '{"category":"utility"}', conversation: '{"id":"c1"}' }),
      status('delivered', message, identity, { body, pricing: '{"category":"service"}' }),
      status('sent', without, identity, { body }),
      // From another program: its reference is not ours, and finds no message.
      status('sent', { wamid: 'wamid.other' }, identity, { body, pricing: '{"category":"other"}' }),
    ]
    const applied = await store.applyFacts(facts, offerOf('n1', clock.now()))
    const expected = [
      { event: 'status', reference: message.id, callback_data: back },
      { event: 'status', reference: message.id, callback_data: back },
      { event: 'status', reference: without.id },
      { event: 'status' },
    ]
    const leased = applied.leased.flatMap((lane) => lane.events.map((event) => JSON.parse(event.body) as unknown))
    assert.deepEqual(leased, expected)
    const kept = (await eventsAfter(store.sql, CHANNEL, 0, 10)).map((row) => JSON.parse(row.body) as unknown)
    assert.deepEqual(kept, expected)
    const row = await findMessage(store.sql, CHANNEL, message.id)
    assert.deepEqual([row?.pricing, row?.conversation], ['{"category":"service"}', '{"id":"c1"}'])
    assert.equal((await findMessage(store.sql, CHANNEL, 'wamid.other'))?.pricing, '{"category":"other"}')
  },
)

onBothEngines('a status that came before the answer gives its price to the message', async ({ store }) => {
  const message = draft({ phone: phone(1) })
  await store.beginMessage(message)
  await store.applyFacts([status('sent', { wamid: 'wamid.early' }, message.contact, { pricing: '{"p":1}' })], null)
  const settlement = { channelId: CHANNEL, id: message.id, at: 1, status: 'accepted', wamid: 'wamid.early' } as const
  await store.settleMessage(settlement)
  assert.equal((await findMessage(store.sql, CHANNEL, message.id))?.pricing, '{"p":1}')
})

onBothEngines('what is no message may open the window, at its own time and only the first time', async ({ store }) => {
  const identity = { phone: phone(1), userId: 'US.1' }
  const call = notice('call', { contact: identity, opensWindow: true, at: 7000 })
  await store.applyFacts([call, notice('ours', { contact: identity, at: 9000 })], null)
  const seen = async () => (await findContact(store.sql, CHANNEL, identity))?.lastInboundAt
  assert.equal(await seen(), 7000)
  await store.applyFacts(
    [notice('older', { contact: identity, opensWindow: true, at: 6000 }), { ...call, at: 9500 }],
    null,
  )
  assert.equal(await seen(), 7000)
})
