import type { Channel } from '../../packages/gateway/src/domain/channels/channel.ts'
import {
  type EndpointHealth,
  type HealthEvent,
  next,
} from '../../packages/gateway/src/domain/channels/endpoint-health.ts'
import { type Endpoint, type EndpointFilter, EVERYTHING } from '../../packages/gateway/src/domain/channels/endpoint.ts'
import { testEndpoint } from '../support/endpoint.ts'
import { CloudApiError, NoAnswer, NotConnected } from '../../packages/gateway/src/platform/cloud-api/errors.ts'
import type { SendRequest, SendResponse } from '../../packages/cloud-api/src/wire.ts'
import type { Answer as PostAnswer } from '../../packages/gateway/src/platform/answer.ts'
import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import type { MessageStatus } from '../../packages/gateway/src/domain/messages/status.ts'
import type { OutgoingMessage } from '../../packages/gateway/src/domain/messages/message.ts'
import type { Fact, ContactIdentity } from '../../packages/gateway/src/store/store.ts'
import type { Defect } from './defects.ts'
import type { Engine } from './engine.ts'
import { type Answer, Gateway, type Surroundings } from './gateway.ts'
import { Judge } from './judge.ts'
import { EPOCH, Loop, MachineClock } from './loop.ts'
import { MemoryEngine } from './memory.ts'
import { allNamesOf, namesOf, newHolder, noticed, somebody, type Someone, told, written } from './people.ts'
import { type Plan, QUIET } from './plan.ts'
import { Random } from './random.ts'
import { type Process, SimulatedStore } from './store.ts'

/** Nobody is kept waiting for longer than this, while a node is up and the store takes writes. */
const LONGEST_ANSWER_MS = 60_000
/** After the last fault everything has its end: retries that were put off, rests, leases. */
const MOST_TO_END_MS = 15 * 60_000

type Node = { machine: MachineClock; process: Gateway | undefined; shard: number; runs: number }

export type Outcome = {
  violations: string[]
  /** What happened, line by line; only where it was asked for. */
  history: string[]
  steps: number
  deliveries: number
  engine: Engine
}

export async function simulate(
  plan: Plan,
  options: { engine?: Engine; keepsHistory?: boolean; defect?: Defect } = {},
): Promise<Outcome> {
  const world = new World(plan, options)
  return world.run()
}

class World {
  readonly #plan: Plan
  readonly #loop = new Loop()
  readonly #random: Random
  readonly #engine: Engine
  readonly #judge: Judge
  readonly #store: SimulatedStore
  readonly #storeClock: MachineClock
  readonly #nodes: Node[] = []
  readonly #channels = new Map<number, Channel>()
  readonly #people: Someone[] = []
  readonly #history: string[] = []
  readonly #around: Surroundings
  #faulty = true
  #refusing = false
  #serial = 0
  /** Webhooks that Meta has not been told are kept, and businesses that wait for an answer. */
  #open = 0
  #steppedBack = 0
  /** Webhooks and sends on their way, of each person. */
  readonly #busy = new Map<number, number>()

  constructor(plan: Plan, options: { engine?: Engine; keepsHistory?: boolean; defect?: Defect }) {
    this.#plan = plan
    this.#random = new Random(plan.seed ^ 0x5bd1e995)
    const engine = options.engine ?? new MemoryEngine()
    this.#engine = engine
    const note = options.keepsHistory
      ? (what: () => string): void => {
          this.#history.push(`${(this.#loop.now / 1000).toFixed(4).padStart(9)}  ${what()}`)
        }
      : (): void => {}
    this.#note = note
    this.#judge = new Judge({
      note,
      laneOf:
        engine instanceof MemoryEngine
          ? (endpointId, contactId) => {
              const lane = engine.tables.lanes.get(`${endpointId} ${contactId}`)
              return lane && { lane, waiting: engine.tables.hasWaiting(lane) }
            }
          : undefined,
    })
    this.#storeClock = new MachineClock(this.#loop, { skew: 0, rate: 1 })
    this.#store = new SimulatedStore({
      engine,
      kind: plan.kind,
      loop: this.#loop,
      random: this.#random.fork(),
      observer: options.keepsHistory
        ? {
            // Looked at after each commit, so that the history shows which one was wrong.
            committed: (commit) => {
              this.#judge.committed(commit)
              if (this.#judge.violations.length === 0) this.#judge.judgeCounts(engine.dump())
            },
            loading: (operations) => this.#judge.loading(operations),
            cold: (...what) => this.#judge.cold(...what),
          }
        : this.#judge,
      faults: plan.store,
      storeNow: () => this.#storeClock.now(),
      defect: options.defect,
    })
    this.#around = {
      loop: this.#loop,
      random: this.#random.fork(),
      plan,
      store: this.#store,
      cloudApi: { sendMessage: (_, __, message, how) => this.#meta(message, how?.timeoutMs ?? 15_000) },
      call: (process) => (_, request) => this.#customer(process, request),
      channels: () => [...this.#channels.values()],
      changeHealth: (process, endpointId, event) => this.#changeHealth(process, endpointId, event),
      ended: (process, why) => this.#ended(process, why),
    }
    for (let i = 0; i < plan.nodes; i++) {
      const machine = new MachineClock(this.#loop, {
        skew: this.#random.between(-plan.skewMs, plan.skewMs),
        rate: this.#random.chance(0.3) ? this.#random.between(0.9995, 1.0005) : 1,
      })
      this.#nodes.push({ machine, process: undefined, shard: i, runs: 0 })
    }
    for (let n = 1; n <= plan.people; n++) this.#people.push(somebody(n, this.#random))
    for (let id = 1; id <= plan.channels; id++) {
      this.#engine.addChannel(id)
      this.#channels.set(id, channelOf(id, this.#random.chance(0.6) ? 'enforce' : 'observe'))
      if (id > plan.lateEndpoints) this.#beginChannel(id)
    }
  }

  readonly #note: (what: () => string) => void

  async run(): Promise<Outcome> {
    const { plan } = this
    for (const node of this.#nodes) this.#start(node)
    this.#arrange()
    await this.#loop.run(plan.activeMs)
    this.#endFaults()
    const bound = plan.activeMs + MOST_TO_END_MS + this.#steppedBack
    const isOver = (): boolean => this.#judge.violations.length > 0
    // In steps, so that what is over early costs nothing.
    while (this.#loop.now < bound && !isOver() && !this.#isQuiet()) await this.#loop.run(this.#loop.now + 5_000, isOver)
    if (!isOver()) await this.#rollCall()
    if (!isOver()) this.#judge.atTheEnd(this.#engine.dump())
    for (const { process } of this.#nodes) if (process) process.alive = false
    return {
      violations: this.#judge.violations,
      history: this.#history,
      steps: this.#loop.steps,
      deliveries: this.#judge.delivered,
      engine: this.#engine,
    }
  }

  get plan(): Plan {
    return this.#plan
  }

  #isQuiet(): boolean {
    return this.#open === 0 && this.#engine.dueAt().length === 0
  }

  /** When the writing is over each person is named in full, and all names have to lead to one contact. */
  async #rollCall(): Promise<void> {
    if (!this.#isQuiet())
      return this.#judge.violated('it does not come to an end: something is not answered or not delivered')
    const people = this.#people.map((who) => ({ n: who.n, names: allNamesOf(who) }))
    for (const channelId of this.#channels.keys())
      for (const who of this.#people) this.#webhook([this.#said(channelId, who, 'message', allNamesOf(who))])
    const bound = this.#loop.now + MOST_TO_END_MS
    const isOver = (): boolean => this.#judge.violations.length > 0
    while (this.#loop.now < bound && !isOver() && !this.#isQuiet()) await this.#loop.run(this.#loop.now + 2_000, isOver)
    if (isOver()) return
    if (!this.#isQuiet()) return this.#judge.violated('the last webhooks do not come to an end')
    const dump = this.#engine.dump()
    for (const channelId of this.#channels.keys()) this.#judge.judgePeople(dump, channelId, people)
  }

  // ── What is to happen ──

  #arrange(): void {
    const { plan } = this
    const random = this.#random
    const at = (times: number, what: () => void): void => {
      for (let i = 0; i < times; i++) this.#loop.after(random.between(0, plan.activeMs), what)
    }
    at(plan.webhooks, () => this.#somethingHappens())
    at(plan.sends, () => void this.#somebodySends())
    at(plan.renames, () => this.#somebodyChanges())
    at(plan.passes, () => void this.#numberPasses())
    at(plan.erasures, () => void this.#somebodyIsErased())
    at(plan.retentions, () => void this.#oldRowsGo())
    at(plan.kills, () => this.#running()?.crash('killed'))
    at(plan.stops, () => void this.#stopOne())
    at(plan.steps, () => this.#setClock())
    at(plan.replays, () => void this.#replaySomething())
    at(plan.operatorActs, () => void this.#operatorActs())
    at(plan.lateEndpoints, () => {
      // What is stored while an endpoint is added may be told to it or not: that is left out here.
      void this.#store.whenStill(() => this.#beginEndpoints())
    })
    at(plan.outages, () => {
      this.#store.isDown = true
      this.#note(() => 'the store is away')
      this.#loop.after(random.between(100, 8_000), () => {
        this.#store.isDown = false
        this.#note(() => 'the store is back')
      })
    })
    at(plan.spells, () => {
      this.#refusing = true
      this.#note(() => 'the customer refuses everything')
      this.#loop.after(random.between(500, 10_000), () => (this.#refusing = false))
    })
  }

  #endFaults(): void {
    this.#note(() => 'no more faults')
    this.#faulty = false
    this.#refusing = false
    this.#store.isDown = false
    this.#store.faults = QUIET
    for (const node of this.#nodes) if (!node.process?.alive) this.#start(node)
    void this.#store.whenStill(() => this.#beginEndpoints())
    this.#resumeAll()
    // An operator's last act may be on its way yet.
    this.#loop.after(5_000, () => this.#resumeAll())
  }

  #resumeAll(): void {
    for (const { endpoints } of this.#channels.values())
      for (const { id, health } of endpoints) if (health.state === 'paused') void this.#act(id, 'resume')
  }

  #start(node: Node): void {
    if (node.process?.alive) return
    const process = new Gateway(this.#around, node.machine, `n${node.shard + 1}.${++node.runs}`, node.shard)
    this.#note(() => `${process.name} starts`)
    node.process = process
    void process.start()
  }

  #ended(process: Process, why: string): void {
    this.#note(() => `${process.name} is killed: ${why}`)
    this.#store.forget(process)
    this.#judge.processEnded(process, this.#plan.kind === 'alone')
    const node = this.#nodes.find((one) => one.process === process)!
    // The loop ends faults by starting whoever is not there.
    this.#loop.after(this.#random.between(10, 5_000), () => this.#start(node))
  }

  #running(): Gateway | undefined {
    const running = this.#nodes.map((node) => node.process).filter((process) => process?.alive && !process.stopping)
    return running.length > 0 ? this.#random.pick(running) : undefined
  }

  async #stopOne(): Promise<void> {
    const process = this.#running()
    if (!process) return
    this.#note(() => `${process.name} is told to stop`)
    // One that does not come to its end is killed, as those who stop services do.
    this.#loop.after(30_000, () => process.crash('it did not stop in time'))
    await process.stop()
    if (process.alive) process.crash('stopped')
  }

  #setClock(): void {
    const most = this.#plan.longestStepMs
    const ms = Math.round(this.#random.between(-most, most))
    if (ms < 0) this.#steppedBack -= ms
    const machine =
      this.#plan.kind === 'shared' && this.#random.chance(0.2)
        ? this.#storeClock
        : this.#random.pick(this.#nodes).machine
    this.#note(() => `a clock is set by ${ms} ms`)
    machine.step(ms)
  }

  // ── People, and WhatsApp between them and the gateway ──

  #somethingHappens(): void {
    const random = this.#random
    const facts: Fact[] = []
    const count = random.chance(0.7) ? 1 : random.whole(2, 6)
    for (let i = 0; i < count; i++) {
      const channelId = random.whole(1, this.#plan.channels)
      const who = this.#anybody()
      const share = random.next()
      if (who) facts.push(this.#said(channelId, who, share < 0.1 ? 'notice' : share < 0.2 ? 'status' : 'message'))
    }
    if (facts.length > 0) this.#webhook(facts)
  }

  #anybody(): Someone | undefined {
    const there = this.#people.filter((who) => !who.isAway)
    return there.length > 0 ? this.#random.pick(there) : undefined
  }

  /** What WhatsApp tells of somebody: a change of theirs, a message that another program sent them, one that they wrote. */
  #said(channelId: number, who: Someone, kind: 'notice' | 'status' | 'message', names?: ContactIdentity): Fact {
    const random = this.#random
    const n = ++this.#serial
    const { now } = this.#loop
    if (kind === 'notice') {
      const contact = names ?? (random.chance(0.5) ? namesOf(who, random) : undefined)
      return this.#about(contact && who, noticed(channelId, `notice.${n}`, contact, now))
    }
    const contact = names ?? namesOf(who, random)
    return this.#about(
      who,
      kind === 'status'
        ? told(channelId, `wamid.other.${n}`, undefined, 'sent', contact, now)
        : written(channelId, `wamid.in.${n}`, contact, now),
    )
  }

  #about(who: Someone | undefined, fact: Fact): Fact {
    if (who) this.#judge.truth.tells(fact, who.n)
    return fact
  }

  /**
   * A number passes to somebody else, as WhatsApp does it: when nothing that names its old holder is on its way any more.
   * Before, the gateway hears of the old holder's id with it; its new holder is first heard of with both.
   */
  async #numberPasses(): Promise<void> {
    const random = this.#random
    const old = this.#anybody()
    if (!old) return
    old.isAway = true
    const { phone } = old
    const tell = (who: Someone, kind: 'notice' | 'status' | 'message'): void => {
      for (const channelId of this.#channels.keys()) this.#webhook([this.#said(channelId, who, kind, allNamesOf(who))])
    }
    const allHeard = async (who: Someone): Promise<boolean> => {
      while (this.#faulty && this.#busy.get(who.n)) await this.#loop.pause(200)
      return !this.#busy.get(who.n)
    }
    let isHeard: boolean
    let erasures: number
    do {
      // What comes after an erasure makes a contact that the gateway knows by the number alone.
      erasures = old.erasures
      tell(old, random.pick(['status', 'message']))
      isHeard = await allHeard(old)
    } while (isHeard && this.#faulty && old.erasures !== erasures)
    if (isHeard && this.#faulty) {
      const holder = newHolder(this.#people.length + 1, phone, random)
      this.#people.push(holder)
      old.phone = this.#newNumber()
      this.#note(() => `the number ${phone} passes from person ${old.n} to person ${holder.n}`)
      tell(holder, random.pick(['notice', 'status', 'status', 'message']))
      await allHeard(holder)
      holder.isAway = false
    }
    old.isAway = false
  }

  /** An operator erases somebody, and asks again until that is answered. */
  async #somebodyIsErased(): Promise<void> {
    const random = this.#random
    const who = this.#anybody()
    if (!who) return
    const channelId = random.whole(1, this.#plan.channels)
    const name: ContactIdentity = random.chance(0.5) ? { phone: who.phone } : { userId: who.userId }
    this.#open++
    // Until it is answered their number passes to nobody.
    this.#moves([who.n], 1)
    for (let isAnswered = false; !isAnswered; await this.#loop.pause(random.between(100, 2_000))) {
      const process = this.#running()
      if (!process) continue
      const erasure = this.#judge.erasureBegins(this.#engine.dump(), channelId, who.n, name)
      isAnswered = (await this.#within(process.erase(channelId, name), 20_000)) === 'done' && process.alive
      this.#judge.erasureEnds(erasure, isAnswered ? this.#engine.dump() : undefined)
      this.#note(() => `the erasure of person ${who.n} is ${isAnswered ? 'answered' : 'not answered'}`)
    }
    who.erasures++
    this.#open--
    this.#moves([who.n], -1)
  }

  /** A node removes what is older than it should be. */
  async #oldRowsGo(): Promise<void> {
    const random = this.#random
    const process = this.#running()
    if (!process) return
    const kind = random.pick(['events', 'events', 'messages'] as const)
    const before = Math.round(this.#store.now(process) - random.between(200, 8_000))
    this.#note(() => `${process.name} removes ${kind} from before ${before}`)
    this.#judge.retentionBegins(kind, before)
    await this.#within(process.prune(kind, before, random.whole(2, 30)), 60_000)
  }

  #newNumber(): string {
    return `1555100${String(++this.#serial).padStart(4, '0')}`
  }

  /** Something about a person is on its way, or has come. */
  #moves(people: Iterable<number>, by: 1 | -1): void {
    for (const n of people) this.#busy.set(n, (this.#busy.get(n) ?? 0) + by)
  }

  /** Somebody has another number, and WhatsApp says so. */
  #somebodyChanges(): void {
    const random = this.#random
    const who = this.#anybody()
    if (!who) return
    const before: ContactIdentity = { phone: who.phone, ...(random.chance(who.tellsId) && { userId: who.userId }) }
    who.phone = this.#newNumber()
    this.#note(() => `person ${who.n} has the number ${who.phone}`)
    const channelIds = [...this.#channels.keys()]
    for (const channelId of channelIds) {
      const note = written(channelId, `wamid.in.${++this.#serial}`, before, this.#loop.now)
      this.#webhook([
        this.#about(who, {
          ...note,
          type: 'system',
          opensWindow: false,
          becomes: { phone: who.phone, ...(random.chance(who.tellsId) && { userId: who.userId }) },
        }),
      ])
    }
  }

  /** Meta tells a webhook until it is answered 200; sometimes again although it was. */
  #webhook(facts: readonly Fact[], delayMs = this.#random.between(0, 300)): void {
    const random = this.#random
    const { meta } = this.#plan
    const people = new Set(facts.map((fact) => this.#judge.truth.personOf(fact)).filter((n) => n !== undefined))
    this.#open++
    this.#moves(people, 1)
    const tries = async (pauseMs: number): Promise<void> => {
      const again = (): void => {
        this.#loop.after(this.#faulty ? pauseMs : 500, () => void tries(Math.min(pauseMs * 2, 8_000)))
      }
      const process = this.#running()
      if (!process) return again()
      const isKept = await this.#within(process.receive(facts), 20_000)
      if (isKept !== 'done' || !process.alive || (this.#faulty && random.chance(meta.lostAck))) return again()
      this.#judge.acknowledged(facts)
      this.#open--
      if (this.#faulty && random.chance(meta.redelivers)) {
        await this.#loop.pause(random.between(10, 3_000))
        const other = this.#running()
        if (other) await this.#within(other.receive(facts), 20_000)
      }
      this.#moves(people, -1)
    }
    this.#loop.after(delayMs, () => void tries(random.between(200, 2_000)))
  }

  /** Whether something came about, failed, or was not heard of in time: that of a process that is gone never ends. */
  async #within(work: Promise<unknown>, ms: number): Promise<'done' | 'failed' | 'late'> {
    return new Promise((resolve) => {
      const cancel = this.#loop.after(ms, () => resolve('late'))
      work.then(
        () => {
          cancel()
          resolve('done')
        },
        (error: unknown) => {
          cancel()
          if (!(error instanceof StoreUnavailable)) this.#judge.violated(`a webhook failed: ${(error as Error).stack}`)
          resolve('failed')
        },
      )
    })
  }

  async #meta(message: SendRequest, timeoutMs: number): Promise<SendResponse> {
    const random = this.#random
    const { meta } = this.#plan
    const reference = message.biz_opaque_callback_data!
    await this.#loop.pause(random.between(1, 30))
    if (this.#faulty) {
      if (random.chance(meta.notConnected)) throw new NotConnected('the network is away')
      if (random.chance(meta.refuses))
        throw new CloudApiError({ code: 131026, message: '(#131026) Message undeliverable' }, 400)
      if (random.chance(meta.unavailable))
        throw new CloudApiError({ code: 131016, message: '(#131016) Service unavailable' }, 500)
      if (random.chance(meta.answerLost * 0.3)) {
        // It never came there.
        await this.#loop.pause(timeoutMs)
        throw new NoAnswer('no answer in time')
      }
    }
    const wamid = `wamid.out.${++this.#serial}`
    const logical = message.text!.body
    const channelId = Number(logical.split(' ')[1])
    const who = this.#people.find((one) => logical.endsWith(` to ${one.n}`))!
    this.#judge.accepted(reference, wamid, logical)
    this.#judge.truth.took(channelId, wamid, who.n)
    this.#statuses(channelId, who, wamid, reference)
    if (this.#faulty && random.chance(meta.answerLost)) {
      await this.#loop.pause(random.chance(0.5) ? timeoutMs : random.between(1, 50))
      throw new NoAnswer('the connection broke')
    }
    await this.#loop.pause(random.between(1, random.chance(0.1) ? 2_000 : 80))
    return {
      messaging_product: 'whatsapp',
      contacts: [
        {
          input: message.to ?? message.recipient!,
          ...(random.chance(who.tellsPhone) && { wa_id: who.phone }),
          ...(random.chance(who.tellsId) && { user_id: who.userId }),
        },
      ],
      messages: [{ id: wamid }],
    }
  }

  /** A message's statuses, which come late, together and in any order. */
  #statuses(channelId: number, who: Someone, wamid: string, reference: string): void {
    const random = this.#random
    const course: MessageStatus[] = random.chance(0.15)
      ? ['sent', 'failed']
      : (['sent', 'delivered', 'read', 'played'] as const).slice(0, random.whole(1, 4))
    // Mostly Meta gives our reference back, with all statuses or with none; seldom with some of them.
    const gives = random.pick([1, 1, 1, 1, 1, 1, 1, 1, 0, 0.5])
    let late = random.between(0, 200)
    for (const status of course) {
      late += random.between(0, 1_500)
      const delay = random.chance(0.3) ? random.between(0, 3_000) : late
      this.#webhook(
        [
          this.#about(
            who,
            told(
              channelId,
              wamid,
              random.chance(gives) ? reference : undefined,
              status,
              namesOf(who, random),
              this.#loop.now + late,
            ),
          ),
        ],
        delay,
      )
    }
  }

  // ── A business that sends ──

  async #somebodySends(): Promise<void> {
    const random = this.#random
    const channelId = random.whole(1, this.#plan.channels)
    const who = this.#anybody()
    if (!who) return
    const logical = `send ${channelId} ${++this.#serial} to ${who.n}`
    const key = random.chance(0.6) ? `key-${this.#serial}` : undefined
    const toPhone = random.chance(0.7)
    const message: OutgoingMessage = {
      ...(toPhone ? { to: who.phone } : { recipient: who.userId }),
      type: 'text',
      text: { body: logical },
      ...(random.chance(0.2) && { callbackData: `back ${this.#serial}` }),
    }
    this.#open++
    this.#moves([who.n], 1)
    for (let tries = 0; tries < 8; tries++) {
      const process = this.#running()
      if (!process) {
        await this.#loop.pause(1_000)
        continue
      }
      const asked = this.#loop.now
      const answer = await this.#answerOf(process, process.send(channelId, message, key))
      if (this.#loop.now - asked > LONGEST_ANSWER_MS && process.alive)
        this.#judge.violated(`${logical} was answered after ${this.#loop.now - asked} ms`)
      this.#note(
        () =>
          `${logical}${key ? ` under ${key}` : ''} is answered ${answer ? `${answer.http} ${answer.reason ?? answer.text}` : 'not at all'}`,
      )
      if (answer?.http === 500) this.#judge.violated(`${logical} was answered 500: ${answer.text}`)
      if (answer?.http === 200) {
        const body = JSON.parse(answer.text) as { msg_id?: string; data?: { msg_id: string } }
        this.#judge.answered(logical, channelId, (body.msg_id ?? body.data?.msg_id)!)
        break
      }
      // Nothing was done, so it may be sent again, key or not; with a key whatever was said or not said.
      const nothingDone = answer?.http === 503
      const repeats =
        nothingDone ||
        (key !== undefined &&
          (answer === undefined || answer.http === 409 || (answer.http === 504 && random.chance(0.5))))
      if (!repeats) break
      await this.#loop.pause(random.between(50, 3_000))
    }
    this.#open--
    this.#moves([who.n], -1)
  }

  /** The answer; nothing where the process ended meanwhile. */
  #answerOf(process: Process, answer: Promise<Answer>): Promise<Answer | undefined> {
    return new Promise((resolve) => {
      let isOver = false
      const end = (value: Answer | undefined): void => {
        isOver = true
        resolve(value)
      }
      answer.then(end, (error: unknown) => this.#judge.violated(`a send threw: ${(error as Error).stack}`))
      const look = (left: number): void => {
        if (isOver) return
        if (!process.alive) return end(undefined)
        if (left <= 0) {
          this.#judge.violated('a send was never answered')
          return end(undefined)
        }
        this.#loop.after(1_000, () => look(left - 1))
      }
      look(LONGEST_ANSWER_MS / 1_000 + 60)
    })
  }

  // ── The customer's endpoint ──

  async #customer(
    process: Process,
    request: { headers: Record<string, string>; timeoutMs: number; path: string },
  ): Promise<PostAnswer> {
    const random = this.#random
    const { customer } = this.#plan
    const seq = Number(request.headers['webhook-id']!.split('_').at(-1))
    const endpointId = Number(request.path.slice(1))
    this.#judge.posted(endpointId, seq, process.name)
    const startedAt = this.#loop.now
    const answer = (status: number | null, text: string): PostAnswer => ({
      status,
      text,
      ms: this.#loop.now - startedAt,
    })
    await this.#loop.pause(random.between(0.5, 30))
    if (this.#faulty) {
      if (this.#refusing || random.chance(customer.refuses)) return answer(500, 'no')
      if (random.chance(customer.gone)) return answer(410, 'gone')
      if (random.chance(customer.hangs)) {
        await this.#loop.pause(request.timeoutMs)
        return answer(null, 'no answer in time')
      }
      if (random.chance(customer.answerLost)) {
        this.#judge.took(endpointId, seq, false)
        return answer(null, 'the connection broke')
      }
      if (random.chance(customer.slow)) {
        const ms = random.between(1_000, request.timeoutMs * 1.3)
        const late = ms > request.timeoutMs
        await this.#loop.pause(Math.min(ms, request.timeoutMs))
        this.#judge.took(endpointId, seq, process.alive && !late)
        return late ? answer(null, 'no answer in time') : answer(200, 'ok')
      }
    }
    this.#judge.took(endpointId, seq, process.alive)
    await this.#loop.pause(random.between(0.5, 10))
    return answer(200, 'ok')
  }

  #beginEndpoints(): void {
    for (const channel of this.#channels.values()) if (channel.endpoints.length === 0) this.#beginChannel(channel.id)
  }

  /** All endpoints of a channel are there from now on. */
  #beginChannel(channelId: number): void {
    const channel = this.#channels.get(channelId)!
    if (channel.endpoints.length > 0) return
    const endpoints = Array.from({ length: this.#plan.endpoints }, (_, slot) => {
      const id = channelId + 10 * slot
      const filter = this.#random.chance(this.#plan.filtered) ? this.#random.pick(FILTERS) : null
      this.#engine.setEndpoint(id, channelId, { slot, filter })
      this.#judge.endpointBegan(id, channelId, { slot, filter })
      this.#note(
        () => `channel ${channelId} has the endpoint ${id}, which wants ${JSON.stringify(filter ?? 'everything')}`,
      )
      const url = `https://customer.example/${id}`
      return testEndpoint({ id, channelId, url, slot, filter: filter ?? EVERYTHING, secrets: [] }, EPOCH)
    })
    this.#setChannel({ ...channel, endpoints })
  }

  #endpoint(id: number): { channel: Channel; endpoint: Endpoint } | undefined {
    for (const channel of this.#channels.values()) {
      const endpoint = channel.endpoints.find((one) => one.id === id)
      if (endpoint) return { channel, endpoint }
    }
    return undefined
  }

  #setChannel(channel: Channel): void {
    this.#channels.set(channel.id, channel)
    for (const { process } of this.#nodes)
      if (process)
        this.#loop.after(this.#random.between(0.2, this.#random.chance(0.1) ? 1_500 : 5), () => {
          if (!process.alive) return
          process.hearOfChannels()
          process.nudge(channel.id)
        })
  }

  /** The row of an endpoint's health, which nodes change one after the other. */
  async #changeHealth(
    process: Process,
    endpointId: number,
    event: HealthEvent,
  ): Promise<{ health: EndpointHealth; changed: boolean } | undefined> {
    await this.#loop.pause(this.#random.between(0.1, this.#store.faults.slow))
    if (!process.alive) return new Promise(() => {})
    if (this.#store.isDown || this.#random.chance(this.#store.faults.refused))
      throw new StoreUnavailable('the store is away')
    const found = this.#endpoint(endpointId)
    if (!found) return undefined
    const { channel, endpoint } = found
    const from = endpoint.health
    const health = next(from, event)
    if (health === from) return { health, changed: false }
    this.#note(() => `endpoint ${endpointId} is ${health.state} after ${event.actor} ${event.kind}`)
    this.#setChannel({
      ...channel,
      endpoints: channel.endpoints.map((one) => (one.id === endpointId ? { ...one, health } : one)),
    })
    ;(process as Gateway).hearOfChannels()
    return { health, changed: true }
  }

  async #operatorActs(): Promise<void> {
    const channelId = this.#random.whole(1, this.#plan.channels)
    const slot = this.#plan.endpoints === 1 ? 0 : this.#random.whole(0, this.#plan.endpoints - 1)
    await this.#act(channelId + 10 * slot, this.#random.pick(['pause', 'resume', 'retry', 'replace'] as const))
  }

  async #act(endpointId: number, kind: 'pause' | 'resume' | 'retry' | 'replace'): Promise<void> {
    const process = this.#running()
    if (!process) {
      if (!this.#faulty) this.#loop.after(500, () => void this.#act(endpointId, kind))
      return
    }
    const at = this.#store.now(process)
    const event: HealthEvent =
      kind === 'resume' ? { actor: 'operator', kind, at, waiting: true } : { actor: 'operator', kind, at }
    try {
      await process.actOn(endpointId, event)
    } catch {
      if (!this.#faulty) this.#loop.after(500, () => void this.#act(endpointId, kind))
    }
  }

  async #replaySomething(): Promise<void> {
    const process = this.#running()
    const { events } = this.#engine.dump()
    const event = events.length > 0 ? this.#random.pick(events) : undefined
    if (!process || !event) return
    const slot = this.#plan.endpoints === 1 ? 0 : this.#random.whole(0, this.#plan.endpoints - 1)
    await process.replay(event.channelId, event.channelId + 10 * slot, event.seq).catch(() => {})
  }
}

const of = (part: Partial<EndpointFilter>): EndpointFilter => ({ ...EVERYTHING, ...part })

const FILTERS: readonly EndpointFilter[] = [
  of({ events: ['new_message'] }),
  of({ events: ['message_status_update'] }),
  of({ events: ['message_status_update', 'template_status_update'], statuses: ['read', 'failed'] }),
  of({ statuses: [] }),
  // Notes that a number changed are all that is left of messages.
  of({ types: ['system'] }),
  of({ types: ['text'], statuses: ['sent', 'delivered'] }),
]

function channelOf(id: number, windowPolicy: Channel['windowPolicy']): Channel {
  return {
    id,
    name: `channel ${id}`,
    businessPhone: '15550009999',
    phoneNumberId: String(id),
    wabaId: '1',
    accessToken: 't',
    defaultLanguage: null,
    windowPolicy,
    mediaCheck: 'off',
    mediaMode: 'link',
    standby: 'deliver',
    ownPace: 1,
    state: new Map(),
    messagesPerSecond: 1000,
    directSend: false,
    marketing: 'cloud',
    broadcastStart: 'free',
    compatibility: 'postern',
    quietHours: null,
    stopWords: [],
    startWords: [],
    stopAnswer: null,
    createdAt: EPOCH - 30 * 86_400_000,
    updatedAt: EPOCH,
    endpoints: [],
  }
}
