import assert from 'node:assert/strict'
import type { Names } from '../../packages/gateway/src/domain/contacts/identity.ts'
import { findContact } from '../../packages/gateway/src/store/messages.ts'
import type { Fact, ContactIdentity, Store } from '../../packages/gateway/src/store/store.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { draft, inbound, offerOf, status } from './facts.ts'

/*
 * People change numbers and ids, hide and show their number, get parent ids, and take over numbers that others gave up,
 * in any order, with system messages that arrive late or twice. A person must always be one contact with one window and
 * one lane, and two people must never become one.
 */

const HISTORIES = 1000
const PARTS = 10

type Someone = {
  name: string
  phone: string
  userId: string
  parentId: string | undefined
  isHidden: boolean
  /** Every id that a webhook has named, and the number, if the last webhook about it named this person. */
  told: Set<string>
  lastWroteAt: number | undefined
  wrote: string[]
}

/** A small repeatable random generator. */
function chance(seed: number): (below: number) => number {
  let state = (seed + 1) * 2_654_435_761
  return (below) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0
    return ((state ^ (state >>> 13)) >>> 0) % below
  }
}

class History {
  readonly store: Store
  readonly seed: number
  readonly random: (below: number) => number
  readonly people: Someone[] = []
  readonly free: string[] = []
  /** The person last seen with a number. */
  readonly seenWith = new Map<string, Someone>()
  readonly late: Fact[] = []
  readonly log: string[] = []
  #serial = 0
  #at = Date.UTC(2026, 8, 1)

  constructor(store: Store, seed: number) {
    this.store = store
    this.seed = seed
    this.random = chance(seed)
    for (const name of ['ann', 'bob', 'cyd']) {
      this.people.push({
        name,
        phone: this.newNumber(),
        userId: this.newId(),
        parentId: this.random(3) === 0 ? this.newParent() : undefined,
        isHidden: this.random(2) === 0,
        told: new Set(),
        lastWroteAt: undefined,
        wrote: [],
      })
    }
  }

  newNumber = (): string => `1${String(this.seed).padStart(5, '0')}${String(++this.#serial).padStart(5, '0')}`
  newId = (): string => `US.${this.seed}x${++this.#serial}`
  newParent = (): string => `US.ENT.${this.seed}x${++this.#serial}`
  pick = <T>(items: readonly T[]): T => items[this.random(items.length)]!
  at = (): number => ++this.#at

  names(one: Someone): ContactIdentity {
    return {
      userId: one.userId,
      ...(!one.isHidden && { phone: one.phone }),
      ...(one.parentId !== undefined && { parentId: one.parentId }),
    }
  }

  tell(one: Someone, names: Names): void {
    if (names.userId) one.told.add(names.userId)
    if (names.parentId) one.told.add(names.parentId)
    if (names.phone) this.seenWith.set(names.phone, one)
  }

  async apply(fact: Fact): Promise<void> {
    await this.store.applyFacts([fact], null)
    // Meta repeats some webhooks.
    if (this.random(6) === 0) await this.store.applyFacts([fact], null)
  }

  async says(one: Someone): Promise<void> {
    const names = this.names(one)
    const fact = inbound(names, { at: this.at(), body: JSON.stringify({ who: one.name, n: one.wrote.length }) })
    this.log.push(`${one.name} writes as ${JSON.stringify(names)}`)
    one.wrote.push(fact.wamid)
    one.lastWroteAt = Math.max(one.lastWroteAt ?? 0, fact.at)
    this.tell(one, names)
    await this.apply(fact)
  }

  /** Number and id change together; with a hidden number the webhook has the id only. */
  async moves(one: Someone): Promise<void> {
    const before: ContactIdentity = {
      userId: one.userId,
      ...(one.parentId !== undefined && { parentId: one.parentId }),
    }
    const oldPhone = one.phone
    this.free.push(one.phone)
    one.phone = this.random(2) === 0 ? this.free.splice(this.random(this.free.length), 1)[0]! : this.newNumber()
    one.userId = this.newId()
    if (one.parentId !== undefined && this.random(2) === 0) one.parentId = this.newParent()
    const isShown = !one.isHidden
    const contact = isShown && this.random(4) > 0 ? { ...before, phone: oldPhone } : before
    const becomes = this.names(one)
    const note = inbound(contact, { type: 'system', opensWindow: false, becomes, at: this.at() })
    this.log.push(`${one.name} was ${JSON.stringify(contact)} and is ${JSON.stringify(becomes)}`)
    const tell = async (): Promise<void> => {
      this.tell(one, before)
      this.tell(one, becomes)
      one.wrote.push(note.wamid)
      await this.apply(note)
    }
    if (this.random(3) > 0) return tell()
    // The system message arrives after messages under the new names.
    this.log.push('… and that is told late')
    await this.says(one)
    await tell()
  }

  /** A message of ours to a person, by any name that we know, and its statuses. */
  async getsMessage(one: Someone): Promise<void> {
    const byNumber = this.random(2) === 0
    const contact = byNumber ? { phone: one.phone } : { userId: one.userId }
    const names = { ...this.names(one), ...(byNumber && { phone: one.phone }) }
    if (!byNumber && !one.told.has(one.userId)) return
    const message = draft(contact)
    const wamid = `wamid.${message.id}`
    this.log.push(`${one.name} is written to as ${JSON.stringify(contact)}, heard of as ${JSON.stringify(names)}`)
    await this.store.beginMessage(message)
    await this.store.settleMessage({ channelId: CHANNEL, id: message.id, at: 1, status: 'accepted', wamid })
    one.wrote.push(wamid)
    this.tell(one, names)
    for (const word of ['sent', 'delivered'] as const)
      await this.apply(status(word, { wamid, reference: message.id }, names))
  }

  async step(): Promise<void> {
    const one = this.pick(this.people)
    switch (this.random(7)) {
      case 0:
        return this.moves(one)
      case 1:
        one.isHidden = !one.isHidden
        return this.says(one)
      case 2:
        one.parentId ??= this.newParent()
        return this.says(one)
      case 3:
        return this.getsMessage(one)
      default:
        return this.says(one)
    }
  }

  async check(): Promise<void> {
    const { sql } = this.store
    const contacts = new Map<number, Someone>()
    for (const one of this.people) {
      const ids = new Map<number, string>()
      for (const name of one.told) {
        const found = await findContact(sql, CHANNEL, { userId: name })
        assert.ok(found, `${one.name} is not known as ${name}`)
        ids.set(found.id, name)
        assert.equal(found.lastInboundAt, one.lastWroteAt, `the window of ${one.name}`)
      }
      assert.ok(ids.size <= 1, `${one.name} is ${JSON.stringify([...ids])}`)
      for (const id of ids.keys()) {
        assert.equal(contacts.get(id), undefined, `${one.name} and ${contacts.get(id)?.name} are one`)
        contacts.set(id, one)
      }
    }
    const byName = new Map([...contacts].map(([id, one]) => [one, id]))
    for (const [phone, one] of this.seenWith)
      assert.equal((await findContact(sql, CHANNEL, { phone }))?.id, byName.get(one), `${phone} is not ${one.name}’s`)
    for (const one of this.people) {
      for (const wamid of one.wrote) {
        const row = await sql.get<{ contact_id: number }>(
          'select contact_id from messages where channel_id = $1 and wamid = $2',
          [CHANNEL, wamid],
        )
        assert.equal(row?.contact_id, byName.get(one), `${wamid} is not ${one.name}’s`)
      }
    }
  }

  async run(): Promise<Map<Someone, number>> {
    try {
      for (let i = 0; i < 12; i++) await this.step()
      await this.check()
    } catch (error) {
      throw new Error(`history ${this.seed}: ${(error as Error).message}\n${this.log.join('\n')}`, { cause: error })
    }
    const ids = new Map<Someone, number>()
    for (const one of this.people) {
      const [name] = one.told
      if (name !== undefined) ids.set(one, (await findContact(this.store.sql, CHANNEL, { userId: name }))!.id)
    }
    return ids
  }
}

for (let part = 0; part < PARTS; part++) {
  const seeds = Array.from({ length: HISTORIES / PARTS }, (_, i) => part * (HISTORIES / PARTS) + i)
  onBothEngines(
    `whatever becomes of their names, everybody stays one person: histories ${seeds[0]} to ${seeds.at(-1)}`,
    async ({ store, clock }) => {
      const histories = seeds.map((seed) => new History(store, seed))
      const ends = await Promise.all(histories.map((history) => history.run()))
      const lanes = await store.claimLanes(CHANNEL, 10_000, offerOf('n1', clock.now()))
      const events = new Map(lanes.map((lane) => [lane.contactId, lane.events]))
      assert.equal(events.size, lanes.length)
      for (const end of ends) {
        for (const [one, id] of end) {
          const said = (events.get(id) ?? []).map((event) => JSON.parse(event.body) as { who?: string; n?: number })
          assert.ok(
            said.every(({ who }) => who === undefined || who === one.name),
            'a lane has one person’s events',
          )
          const order = said.flatMap(({ n, who }) => (who === undefined || n === undefined ? [] : [n]))
          assert.deepEqual(
            order,
            [...order].sort((a, b) => a - b),
            'in their order',
          )
          events.delete(id)
        }
      }
      assert.deepEqual([...events.keys()], [], 'no lane is nobody’s')
    },
  )
}
