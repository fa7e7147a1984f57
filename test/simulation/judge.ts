import { LADDER, type MessageStatus } from '../../packages/gateway/src/domain/messages/status.ts'
import { windowOf } from '../../packages/gateway/src/domain/messages/window.ts'
import type { Operation } from '../../packages/gateway/src/store/core/operations.ts'
import type { Lane } from '../../packages/gateway/src/store/core/rows.ts'
import type {
  Applied,
  AttemptRecord,
  ClosedWindow,
  Fact,
  LeasedLane,
  PendingEvent,
  Replay,
  ContactIdentity,
} from '../../packages/gateway/src/store/store.ts'
import { phoneKey, userKey } from '../../packages/gateway/src/domain/contacts/identity.ts'
import { firstMessageIdAt } from '../../packages/gateway/src/platform/ids.ts'
import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'
import type { Dump, EndpointPlace } from './engine.ts'
import { identOf, identOfBody } from './people.ts'
import { type Erasure, erasureOf, type Removed, traces } from './removals.ts'
import type { Committed, Process, StoreObserver } from './store.ts'
import { Truth } from './truth.ts'

export class Violation extends Error {
  constructor(what: string) {
    super(what)
    this.name = 'Violation'
  }
}

type Stored = {
  seq: number
  at: number
  contactId: number
  channelId: number
  ident: string
  /** The endpoints of its channel that want it. */
  wantedBy: ReadonlySet<number>
  /** The events that have to be told before this one: the last of the person's when it was stored. */
  behind: Stored[]
  told: Set<number>
  gone: boolean
}

/** An event in somebody's hands, until the lease ends by the store's clock. */
type Hand = { endpointId: number; seq: number; contactId: number; holder: string; until: number; over: boolean }

/** What is asked of a history, looked at as it happens. Knows the rules by itself and nothing of how the core keeps them. */
export class Judge implements StoreObserver {
  readonly violations: string[] = []
  readonly truth = new Truth()
  readonly #note: (what: () => string) => void
  readonly #endpoints = new Map<number, { channelId: number; beginsAfter: number } & EndpointPlace>()
  readonly #events = new Map<number, Stored>()
  readonly #byIdent = new Map<string, Stored>()
  readonly #mergedInto = new Map<number, number>()
  /** The last events of a contact that nothing of the contact follows yet. */
  readonly #tails = new Map<number, Stored[]>()
  readonly #hands = new Map<string, Hand[]>()
  readonly #replayed = new Set<string>()
  readonly #done = new Map<string, 'delivered' | 'dead'>()
  readonly #status = new Map<string, { rank: number; wamid: string | null }>()
  readonly #lastInbound = new Map<number, number>()
  readonly #keys = new Map<string, number>()
  /** Messages that were erased or are too old, by our id and by WhatsApp's: nobody knows any more that they were there. */
  readonly #forgotten = new Set<string>()
  /** Those that were too old. */
  readonly #pruned = new Set<string>()
  readonly #erasures = new Set<Erasure>()
  /** What was stored before may go, when nothing of it waits. */
  readonly #tooOld = { events: -Infinity, messages: -Infinity }
  /** What Meta was told is kept. */
  readonly #acknowledged = new Set<string>()
  readonly #accepted = new Map<string, { wamid: string; logical: string }>()
  readonly #acceptedFor = new Map<string, string>()
  readonly #referenceOf = new Map<string, string>()
  readonly #answered = new Map<string, { channelId: number; wamid: string }>()
  /** Whether a lane has something waiting, by the rows; where the engine can tell at once. */
  readonly #laneOf:
    ((endpointId: number, contactId: number) => { lane: Lane; waiting: boolean } | undefined) | undefined
  #lastSeq = 0

  constructor(options: {
    note: (what: () => string) => void
    laneOf?: ((endpointId: number, contactId: number) => { lane: Lane; waiting: boolean } | undefined) | undefined
  }) {
    this.#note = options.note
    this.#laneOf = options.laneOf
  }

  violated(what: string): void {
    this.violations.push(what)
    this.#note(() => `VIOLATED: ${what}`)
  }

  get delivered(): number {
    return this.#done.size
  }

  endpointBegan(endpointId: number, channelId: number, place: EndpointPlace): void {
    this.#endpoints.set(endpointId, { channelId, beginsAfter: this.#lastSeq, ...place })
  }

  // ── What the store did ──

  /** What a batch finds when it is loaded; others may commit before it is written. */
  loading(operations: readonly Operation[]): (string | undefined)[] {
    return operations.map((operation) => this.#windowOf(operation))
  }

  committed({ process, now, operations, changes, answers, loaded }: Committed): void {
    this.#note(
      () =>
        `${process.name} commits ${operations.map(briefly).join(', ')} → ${answers.map((one) => (one.ok ? answerBriefly(one.value) : String(one.error))).join('; ')}`,
    )
    const before = this.loading(operations)
    const seen = loaded as (string | undefined)[] | undefined

    for (const { channelId, key, contactId } of changes.keysSet) this.#keys.set(`${channelId} ${key}`, contactId)
    for (const row of changes.messagesMade) {
      this.#status.set(`${row.channelId} ${row.id}`, { rank: rankOf(row.status), wamid: row.wamid })
    }
    for (const { channelId, id } of changes.messagesGone) this.#status.delete(`${channelId} ${id}`)
    for (const row of changes.messagesChanged) {
      const known = this.#status.get(`${row.channelId} ${row.id}`)
      const rank = rankOf(row.status)
      if (known && rank < known.rank)
        this.violated(`the status of ${row.id} fell from ${LADDER[known.rank] ?? 'received'} to ${row.status}`)
      this.#status.set(`${row.channelId} ${row.id}`, { rank, wamid: row.wamid })
    }
    // Contacts that were joined: what was told of one has to be told before what comes next of the other.
    for (const { now: contact } of changes.contactsChanged) {
      if (contact.mergedInto === null || this.#mergedInto.has(contact.id)) continue
      this.#mergedInto.set(contact.id, contact.mergedInto)
      this.#note(() => `contact ${contact.id} is joined to ${contact.mergedInto}`)
      const tails = [...(this.#tails.get(contact.mergedInto) ?? []), ...(this.#tails.get(contact.id) ?? [])]
      this.#tails.set(contact.mergedInto, tails)
      this.#tails.delete(contact.id)
      this.#sawInbound(contact.mergedInto, this.#lastInbound.get(contact.id))
    }
    for (const contact of changes.contactsMade)
      if (contact.mergedInto !== null && !this.#mergedInto.has(contact.id)) {
        this.#mergedInto.set(contact.id, contact.mergedInto)
        this.#sawInbound(contact.mergedInto, this.#lastInbound.get(contact.id))
      }
    this.truth.stored(
      changes.messagesMade,
      operations.flatMap((operation) => (operation.kind === 'facts' ? operation.facts : [])),
    )
    const contactByWamid = new Map(changes.messagesMade.map((row) => [`${row.channelId} ${row.wamid}`, row.contactId]))
    for (const operation of operations) {
      if (operation.kind !== 'facts') continue
      for (const fact of operation.facts) {
        if (fact.kind !== 'message' || !fact.opensWindow) continue
        const contactId = contactByWamid.get(`${fact.channelId} ${fact.wamid}`)
        if (contactId !== undefined) this.#sawInbound(this.#root(contactId), fact.at)
      }
    }

    const types = typesIn(operations)
    for (const { contactId, channelId, kind, audience, event } of changes.eventsMade) {
      const ident = identOfBody(channelId, event.body)
      const wantedBy = this.#wanting(channelId, kind, ident, types)
      let bits = 0
      for (const id of wantedBy) bits |= 1 << this.#endpoints.get(id)!.slot
      if (audience !== bits)
        this.violated(`${ident} has the audience ${audience}, and is wanted by ${[...wantedBy].join(', ')}`)
      if (event.seq <= this.#lastSeq) this.violated(`the event ${event.seq} is stored behind ${this.#lastSeq}`)
      this.#lastSeq = Math.max(this.#lastSeq, event.seq)
      const before = this.#byIdent.get(ident)
      if (before && !this.#isForgotten(ident))
        this.violated(`${ident} became two events, ${before.seq} and ${event.seq}`)
      if (this.#mergedInto.has(contactId))
        this.violated(
          `the event ${event.seq} is stored for contact ${contactId}, which was joined to ${this.#root(contactId)}`,
        )
      const owner = contactId === 0 ? -channelId : contactId
      const stored: Stored = {
        seq: event.seq,
        at: event.since,
        contactId,
        channelId,
        ident,
        wantedBy,
        behind: this.#tails.get(owner) ?? [],
        told: new Set(),
        gone: false,
      }
      this.#tails.set(owner, [stored])
      this.#events.set(event.seq, stored)
      this.#byIdent.set(ident, stored)
    }

    operations.forEach((operation, i) => {
      const answer = answers[i]!
      if (answer.ok) this.#answeredBy(operation, answer.value, now, [before[i], seen?.[i]])
    })
    for (const { endpointId, seq } of changes.deadMade) this.#done.set(`${endpointId} ${seq}`, 'dead')
    this.#lookAtLanes(changes)
  }

  /** Who is to get an event, by rules of the judge's own. */
  #wanting(channelId: number, kind: string, ident: string, types: ReadonlyMap<string, string>): Set<number> {
    const wanting = new Set<number>()
    for (const [id, { channelId: of, filter }] of this.#endpoints) {
      if (of !== channelId) continue
      const { events = null, types: only = null, statuses = null } = filter ?? {}
      const isNamed = events?.includes(kind) ?? true
      const isOfType = kind !== 'new_message' || (only?.includes(types.get(ident)!) ?? true)
      const isStatus = kind !== 'message_status_update' || (statuses?.includes(ident.split(' ').at(-1)!) ?? true)
      if (isNamed && isOfType && isStatus) wanting.add(id)
    }
    return wanting
  }

  #sawInbound(contactId: number, at: number | undefined): void {
    if (at !== undefined) this.#lastInbound.set(contactId, Math.max(at, this.#lastInbound.get(contactId) ?? 0))
  }

  #root(contactId: number): number {
    const passed = new Set<number>()
    for (let id = contactId; ;) {
      const into = this.#mergedInto.get(id)
      if (into === undefined) return id
      passed.add(id)
      if (passed.has(into)) {
        this.violated(`contacts are joined in a circle: ${[...passed, into].join(' → ')}`)
        return id
      }
      id = into
    }
  }

  #answeredBy(operation: Operation, value: unknown, now: number, windows: readonly (string | undefined)[]): void {
    if (operation.kind === 'facts') {
      const { leased, events, duplicates } = value as Applied
      if (events + duplicates !== operation.facts.length)
        this.violated(`${operation.facts.length} facts became ${events} events and ${duplicates} duplicates`)
      if (operation.offer) this.#handedOut(leased, operation.offer, now)
    } else if (operation.kind === 'claim') this.#handedOut(value as LeasedLane[], operation.offer, now)
    else if (operation.kind === 'attempt') this.#recorded(operation.record, value as PendingEvent[], now)
    else if (operation.kind === 'release') {
      for (const { endpointId, contactId } of operation.lanes) this.#letGo(endpointId, contactId, operation.holder)
    } else if (operation.kind === 'replay') {
      // One that was not meant for the endpoint, or waits already, stays as it was.
      if ((value as Replay).replayed === 0) return
      for (const seq of operation.seqs) {
        this.#done.delete(`${operation.endpointId} ${seq}`)
        this.#replayed.add(`${operation.endpointId} ${seq}`)
      }
    } else if (operation.kind === 'begin' && windows[0] !== undefined) {
      const after = this.#windowOf(operation)
      const verdict = value === undefined ? 'open' : (value as ClosedWindow).state
      if (verdict !== after && !windows.includes(verdict))
        this.violated(`a send found the window ${verdict}; it was ${windows[0]} before and ${after} after`)
      const silent = value === undefined ? this.truth.neverWrote(operation.message) : undefined
      // The contact goes last, with its window.
      if (silent !== undefined && !this.#isErased(operation.message.channelId, silent))
        this.violated(`a send found the window of person ${silent} open, who never wrote`)
    }
  }

  #windowOf(operation: Operation): string | undefined {
    if (operation.kind !== 'begin' || !operation.message.window) return undefined
    const { channelId, contact: identity, window, createdAt } = operation.message
    const key = identity.phone !== undefined ? phoneKey(identity.phone) : userKey(identity.userId!)
    const contactId = this.#keys.get(`${channelId} ${key}`)
    const lastInboundAt = contactId === undefined ? undefined : this.#lastInbound.get(this.#root(contactId))
    const { state } = windowOf({ lastInboundAt, channelCreatedAt: window.channelCreatedAt }, createdAt)
    return state === 'closed' ? 'closed' : 'open'
  }

  #handedOut(
    lanes: readonly LeasedLane[],
    { holder, leaseMs }: { holder: string; leaseMs: number },
    now: number,
  ): void {
    for (const { endpointId, contactId, events } of lanes)
      this.#hand(endpointId, contactId, events, holder, now + leaseMs, now)
  }

  #hand(
    endpointId: number,
    contactId: number,
    events: readonly PendingEvent[],
    holder: string,
    until: number,
    now: number,
  ): void {
    if (events.length === 0) this.violated(`a lane without events was handed out`)
    let last = 0
    for (const { seq } of events) {
      if (seq <= last)
        this.violated(`contact ${contactId} is handed out in the order ${events.map((one) => one.seq).join(', ')}`)
      last = seq
      const place = `${endpointId} ${seq}`
      const done = this.#done.get(place)
      if (done) this.violated(`the event ${seq} is handed out to ${holder}, and is ${done} already`)
      const hands = this.#hands.get(place) ?? []
      for (const hand of hands) {
        if (hand.over || hand.until <= now) continue
        this.violated(
          `the event ${seq} is handed out to ${holder}, and ${hand.holder} has it for another ${hand.until - now} ms`,
        )
      }
      this.#hands.set(place, [
        ...hands.filter((hand) => !hand.over && hand.until > now),
        { endpointId, seq, contactId, holder, until, over: false },
      ])
    }
  }

  /** The holder has stopped with this lane. */
  #letGo(endpointId: number, contactId: number, holder: string): void {
    for (const hands of this.#hands.values())
      for (const hand of hands)
        if (hand.holder === holder && hand.endpointId === endpointId && hand.contactId === contactId) hand.over = true
  }

  #recorded(record: AttemptRecord, next: readonly PendingEvent[], now: number): void {
    const { endpointId, contactId, seq, holder, outcome, more, leaseMs } = record
    for (const hand of this.#hands.get(`${endpointId} ${seq}`) ?? []) if (hand.holder === holder) hand.over = true
    // One that was given up stays dead, though somebody whose lease was over brought it there after all.
    const place = `${endpointId} ${seq}`
    if (outcome === 'delivered' && !this.#done.has(place)) this.#done.set(place, 'delivered')
    if (outcome === 'retry' || !more) this.#letGo(endpointId, contactId, holder)
    if (next.length > 0) this.#hand(endpointId, contactId, next, holder, now + leaseMs, now)
  }

  #lookAtLanes(changes: Committed['changes']): void {
    if (!this.#laneOf) return
    const places = new Set<string>()
    for (const lane of [...changes.lanesMade, ...changes.lanesChanged])
      places.add(`${lane.endpointId} ${lane.contactId}`)
    for (const { endpointId, into } of changes.oweRest) places.add(`${endpointId} ${into}`)
    for (const place of places) {
      const [endpointId, contactId] = place.split(' ').map(Number) as [number, number]
      const found = this.#laneOf(endpointId, contactId)
      if (found?.waiting && found.lane.dueAt === null)
        this.violated(`the lane of contact ${contactId} has something waiting, and nobody will look at it`)
    }
  }

  cold(sql: string, params: readonly SqlValue[], changed: number, removed: Removed | undefined): void {
    this.#note(
      () =>
        `${sql.replace(/\s+/g, ' ').slice(0, 60)}… [${params.map(briefParam).join(', ')}] → ${changed}${removed?.events.length ? `: events ${removed.events.join(' ')}` : ''}`,
    )
    if (removed)
      this.#removed(
        removed,
        /^\s*(?:delete from events where seq >|delete from messages where .* limit |drop table)/s.test(sql),
      )
    // The one cold statement that moves a status: from sending to unknown.
    if (sql.startsWith(`update messages set status = 'unknown'`))
      for (const known of this.#status.values()) if (known.rank === 0) known.rank = 0
  }

  // ── What is removed ──

  /** Somebody is to be erased, by a name that leads to a contact of theirs. */
  erasureBegins(dump: Dump, channelId: number, person: number, name: ContactIdentity): Erasure {
    const key = name.phone !== undefined ? phoneKey(name.phone) : userKey(name.userId!)
    const root = this.#keys.get(`${channelId} ${key}`)
    const contacts = dump.contacts.map(({ id }) => id).filter((id) => root !== undefined && this.#root(id) === root)
    const erasure = erasureOf(dump, channelId, person, new Set(contacts))
    this.#note(() => `person ${person} is to be erased on channel ${channelId}: contacts ${contacts.join(' ')}`)
    this.#erasures.add(erasure)
    return erasure
  }

  /** The erasure was answered; or it never will be, and another begins. */
  erasureEnds(erasure: Erasure, dump?: Dump): void {
    // One that was not answered may go on.
    if (!dump) return
    this.#erasures.delete(erasure)
    for (const trace of traces(dump, erasure))
      this.violated(`person ${erasure.person} was erased, and ${trace} is still there`)
  }

  /** Rows from before this time may be removed from now on. */
  retentionBegins(kind: 'events' | 'messages', before: number): void {
    this.#tooOld[kind] = Math.max(this.#tooOld[kind], before)
  }

  #waits(event: Stored): boolean {
    return [...this.#endpoints].some(([endpointId, endpoint]) => {
      const place = `${endpointId} ${event.seq}`
      const isMeant = event.seq > endpoint.beginsAfter && event.wantedBy.has(endpointId)
      return (isMeant || this.#replayed.has(place)) && !this.#done.has(place)
    })
  }

  #isErased(channelId: number, person: number | undefined): boolean {
    return [...this.#erasures].some((erasure) => erasure.channelId === channelId && erasure.person === person)
  }

  #removed({ events, messages, contacts }: Removed, byRetention: boolean): void {
    for (const seq of events) {
      const event = this.#events.get(seq)!
      event.gone = true
      const person = this.truth.personOfIdent(event.ident)
      if (byRetention) {
        // Its attempts have their own time.
        for (const erasure of this.#erasures) erasure.events.delete(seq)
      } else if (this.#isErased(event.channelId, person)) continue
      if (event.at >= this.#tooOld.events)
        this.violated(`the event ${seq} (${event.ident}) of person ${person} is removed, and nobody asked for that`)
      else if (this.#waits(event)) this.violated(`the event ${seq} is removed because it is old, and still waits`)
    }
    for (const row of messages) {
      this.#status.delete(`${row.channelId} ${row.id}`)
      this.#forgotten.add(`${row.channelId} ${row.id}`)
      if (row.wamid !== null) this.#forgotten.add(`${row.channelId} ${row.wamid}`)
      const person = this.truth.personOfMessage(row)
      if (byRetention) {
        this.#pruned.add(row.id)
        // The answer under its key has its own time.
        for (const erasure of this.#erasures) erasure.messages.delete(row.id)
      }
      if (!byRetention && this.#isErased(row.channelId, person)) this.truth.erased(row)
      else if (row.id >= firstMessageIdAt(this.#tooOld.messages))
        this.violated(`the message ${row.id} of person ${person} is removed, and nobody asked for that`)
    }
    for (const id of contacts) {
      this.#lastInbound.delete(id)
      for (const [place, contactId] of this.#keys) if (contactId === id) this.#keys.delete(place)
    }
  }

  /** Whether the message that an event is about is gone, so that it would be news again. */
  #isForgotten(ident: string): boolean {
    const [, channelId, wamid] = ident.split(' ') as [string, string, string]
    const reference = this.#referenceOf.get(wamid)
    return (
      this.#forgotten.has(`${channelId} ${wamid}`) ||
      (reference !== undefined && this.#forgotten.has(`${channelId} ${reference}`))
    )
  }

  #isForgottenMessage(channelId: number, wamid: string): boolean {
    return this.#isForgotten(`message ${channelId} ${wamid}`)
  }

  // ── What the world saw ──

  processEnded(process: Process, alone: boolean): void {
    this.#note(() => `${process.name} is gone`)
    // A process that has the store to itself finds its leases over when it starts.
    if (alone) for (const hands of this.#hands.values()) for (const hand of hands) hand.over = true
  }

  /** The customer's endpoint is called with an event. */
  posted(endpointId: number, seq: number, from: string): void {
    this.#note(() => `${from} posts event ${seq}`)
    const event = this.#events.get(seq)
    if (!event) return this.violated(`the event ${seq} is posted and was never stored`)
    const endpoint = this.#endpoints.get(endpointId)!
    if (seq <= endpoint.beginsAfter && !this.#replayed.has(`${endpointId} ${seq}`))
      this.violated(`the event ${seq} is told to an endpoint that begins after ${endpoint.beginsAfter}`)
    if (!event.wantedBy.has(endpointId) && !this.#replayed.has(`${endpointId} ${seq}`))
      this.violated(`the event ${seq} (${event.ident}) is told to endpoint ${endpointId}, which does not want it`)
    if (event.told.has(endpointId)) return
    const looked = new Set<Stored>()
    const look = [...event.behind]
    for (let before = look.pop(); before; before = look.pop()) {
      if (before.gone || before.seq <= endpoint.beginsAfter || looked.has(before)) continue
      looked.add(before)
      if (before.told.has(endpointId) || this.#done.get(`${endpointId} ${before.seq}`) === 'dead') continue
      // What this endpoint does not want stands between those that it does.
      if (before.wantedBy.has(endpointId))
        this.violated(`the event ${seq} is told before ${before.seq}, which comes before it`)
      else look.push(...before.behind)
    }
  }

  /** The endpoint took it, whether or not anybody heard so. */
  took(endpointId: number, seq: number, heard: boolean): void {
    this.#note(() => `the customer takes event ${seq}${heard ? '' : ', and nobody hears of it'}`)
    this.#events.get(seq)?.told.add(endpointId)
  }

  acknowledged(facts: readonly Fact[]): void {
    for (const fact of facts) this.#acknowledged.add(identOf(fact))
  }

  /** Meta takes a message. `logical`: what the business wanted to say, which is once. */
  accepted(reference: string, wamid: string, logical: string): void {
    this.#note(() => `Meta takes ${reference} as ${wamid}, for ${logical}`)
    const before = this.#accepted.get(reference)
    // A key is not valid for longer than messages are kept, but here they are kept for seconds.
    if (before && !this.#pruned.has(reference)) this.violated(`Meta was given ${reference} twice`)
    this.#accepted.set(reference, { wamid, logical })
    this.#referenceOf.set(wamid, reference)
    const channelId = Number(logical.split(' ')[1])
    const other = this.#acceptedFor.get(logical)
    // The key goes with the message of who is erased.
    if (other !== undefined && !this.#isForgottenMessage(channelId, other))
      this.violated(`Meta was given ${logical} twice, as ${other} and ${wamid}`)
    this.#acceptedFor.set(logical, wamid)
  }

  answered(logical: string, channelId: number, wamid: string): void {
    const known = this.#answered.get(logical)
    if (known && known.wamid !== wamid && !this.#isForgottenMessage(channelId, known.wamid))
      this.violated(`${logical} was answered with ${known.wamid} and with ${wamid}`)
    this.#answered.set(logical, { channelId, wamid })
    if (this.#isForgottenMessage(channelId, wamid)) return
    // At once, and not only when statuses have come.
    const isKept = [...this.#status.values()].some((row) => row.wamid === wamid && row.rank >= rankOf('accepted'))
    if (!isKept) this.violated(`${logical} was answered with ${wamid}, and no message has it yet`)
    if (this.#acceptedFor.get(logical) !== wamid)
      this.violated(`${logical} was answered with ${wamid}, which Meta never gave for it`)
  }

  // ── At the end ──

  atTheEnd(dump: Dump): void {
    this.#judgeEvents(dump)
    this.judgeCounts(dump)
    this.#judgeContacts(dump)
    this.#judgeMessages(dump)
    for (const mixed of this.truth.mixed(dump)) this.violated(mixed)
  }

  #judgeEvents(dump: Dump): void {
    for (const ident of this.#acknowledged)
      if (!this.#byIdent.has(ident)) this.violated(`${ident} was acknowledged and is not there`)
    const stored = new Set(dump.events.map((event) => event.seq))
    for (const event of this.#events.values()) {
      if (event.gone) continue
      if (!stored.has(event.seq)) this.violated(`the event ${event.seq} is gone`)
      for (const [endpointId, { channelId, beginsAfter }] of this.#endpoints) {
        if (event.channelId !== channelId || event.seq <= beginsAfter || event.told.has(endpointId)) continue
        if (!event.wantedBy.has(endpointId)) continue
        if (this.#done.get(`${endpointId} ${event.seq}`) === 'dead') continue
        this.violated(
          `the event ${event.seq} (${event.ident}) was never told to endpoint ${endpointId}, and is not dead`,
        )
      }
    }
    for (const lane of dump.lanes)
      if (lane.dueAt !== null || lane.holder !== null)
        this.violated(`the lane of contact ${lane.contactId} on endpoint ${lane.endpointId} is not idle at the end`)
    for (const { endpointId, seq } of dump.owed)
      this.violated(`the event ${seq} is owed to endpoint ${endpointId} at the end`)
    for (const { endpointId, seq } of dump.dead)
      if (this.#done.get(`${endpointId} ${seq}`) !== 'dead')
        this.violated(`the event ${seq} is dead, and nobody gave it up`)
      else if (!stored.has(seq)) this.violated(`the event ${seq} is gone, and counts as dead`)
  }

  judgeCounts(dump: Dump): void {
    const lanes = new Map(dump.lanes.map((lane) => [`${lane.endpointId} ${lane.contactId}`, lane]))
    const owed = new Set(dump.owed.map((row) => `${row.endpointId} ${row.seq}`))
    for (const [endpointId, { channelId, slot }] of this.#endpoints) {
      let pending = 0
      for (const event of dump.events) {
        if (event.channelId !== channelId) continue
        const lane = lanes.get(`${endpointId} ${event.contactId}`)
        const isAhead = lane && event.seq > lane.cursor && (event.audience & (1 << slot)) !== 0
        if (owed.has(`${endpointId} ${event.seq}`) || isAhead) pending++
      }
      const dead = dump.dead.filter((row) => row.endpointId === endpointId).length
      const counted = dump.counts.find((row) => row.endpointId === endpointId) ?? { pending: 0, dead: 0 }
      if (counted.pending !== pending || counted.dead !== dead)
        this.violated(
          `endpoint ${endpointId} counts ${counted.pending} pending and ${counted.dead} dead; the rows say ${pending} and ${dead}`,
        )
    }
  }

  #judgeContacts(dump: Dump): void {
    const byId = new Map(dump.contacts.map((contact) => [contact.id, contact]))
    for (const [place, contactId] of dump.keys) {
      const contact = byId.get(contactId)
      if (!contact) this.violated(`the name ${place} leads to nobody`)
      else if (contact.mergedInto !== null)
        this.violated(`the name ${place} leads to ${contactId}, which was joined to another`)
    }
    for (const lane of dump.lanes)
      if ((byId.get(lane.contactId)?.mergedInto ?? null) !== null)
        this.violated(`contact ${lane.contactId} was joined to another and has a lane`)
    for (const message of dump.messages)
      if ((byId.get(message.contactId)?.mergedInto ?? null) !== null)
        this.violated(`the message ${message.id} is with contact ${message.contactId}, which was joined to another`)
    for (const contact of dump.contacts) {
      if (contact.mergedInto !== null) continue
      const last = this.#lastInbound.get(contact.id) ?? null
      if (contact.lastInboundAt !== last)
        this.violated(`contact ${contact.id} wrote last at ${last}, and the row says ${contact.lastInboundAt}`)
    }
  }

  #judgeMessages(dump: Dump): void {
    const byId = new Set(dump.messages.map((row) => `${row.channelId} ${row.id}`))
    for (const place of this.#status.keys()) if (!byId.has(place)) this.violated(`the message ${place} is gone`)
    const byWamid = new Map(dump.messages.map((row) => [`${row.channelId} ${row.wamid}`, row]))
    for (const [logical, { channelId, wamid }] of this.#answered) {
      if (this.#isForgottenMessage(channelId, wamid)) continue
      const row = byWamid.get(`${channelId} ${wamid}`)
      if (!row) this.violated(`${logical} was answered with ${wamid}, and no message has it`)
      else if (rankOf(row.status) < rankOf('accepted')) this.violated(`${wamid} was answered and is ${row.status}`)
    }
    for (const ident of this.#acknowledged) {
      const [kind, channelId, wamid, status] = ident.split(' ') as [string, string, string, MessageStatus]
      if (kind !== 'status' || this.#isForgotten(ident)) continue
      const row = byWamid.get(`${channelId} ${wamid}`)
      if (!row) this.violated(`a status of ${wamid} was acknowledged, and no message has that id`)
      else if (rankOf(row.status) < rankOf(status))
        this.violated(`${wamid} was said to be ${status} and is ${row.status}`)
    }
  }

  /** At the end each person was named in full once more: all names lead to one contact, and nobody else is there. */
  judgePeople(dump: Dump, channelId: number, people: readonly { n: number; names: ContactIdentity }[]): void {
    const keys = new Map(dump.keys)
    const who = new Map<number, number>()
    for (const { n, names } of people) {
      const led = [phoneKey(names.phone!), userKey(names.userId!)].map((key) => keys.get(`${channelId} ${key}`))
      if (led[0] === undefined || led[0] !== led[1])
        this.violated(`person ${n} is two contacts on channel ${channelId}: ${led.join(' and ')}`)
      else if (who.has(led[0])) this.violated(`person ${n} and person ${who.get(led[0])} are one contact, ${led[0]}`)
      else who.set(led[0], n)
    }
  }
}

/** The type of each message that a batch tells of. */
function typesIn(operations: readonly Operation[]): Map<string, string> {
  const facts = operations.flatMap((operation) => (operation.kind === 'facts' ? operation.facts : []))
  return new Map(facts.flatMap((fact) => (fact.kind === 'message' ? [[identOf(fact), fact.type]] : [])))
}

/** Proofs of erasures have ids of their own, which no seed decides. */
const briefParam = (param: SqlValue): string => String(param).replace(/^era_\w+/, 'era')

const rankOf = (status: string): number => LADDER.indexOf(status as MessageStatus)

function briefly(operation: Operation): string {
  switch (operation.kind) {
    case 'begin':
      return `begin ${operation.message.id} to ${operation.message.recipient}`
    case 'settle':
      return `settle ${operation.settlement.id} ${operation.settlement.status}`
    case 'facts':
      return `facts [${operation.facts.map((fact) => `${identOf(fact)} of ${JSON.stringify(fact.contact ?? null)}${'becomes' in fact && fact.becomes ? ` now ${JSON.stringify(fact.becomes)}` : ''}`).join(', ')}]`
    case 'claim':
      return `claim ${operation.endpointId} for ${operation.offer.holder}`
    case 'attempt': {
      const { seq, contactId, outcome, number, holder, more } = operation.record
      return `attempt ${number} at ${seq} of ${contactId} by ${holder}: ${outcome}${more ? ', more in hand' : ''}`
    }
    case 'release':
      return `release ${operation.lanes.map((lane) => lane.contactId).join(' ')} of ${operation.holder}`
    case 'replay':
      return `replay ${operation.seqs.join(' ')}`
  }
}

function answerBriefly(value: unknown): string {
  if (value === undefined) return 'done'
  const lanes = (list: readonly LeasedLane[]): string =>
    list.map((lane) => `${lane.contactId}:${lane.events.map((event) => event.seq).join('+')}`).join(' ')
  if (Array.isArray(value)) {
    if (value.length === 0) return 'none'
    return 'contactId' in (value[0] as object)
      ? lanes(value as LeasedLane[])
      : (value as PendingEvent[]).map((event) => event.seq).join('+')
  }
  const applied = value as Applied
  if (typeof value === 'object' && value !== null && 'leased' in value)
    return `${applied.events} events, ${applied.duplicates} duplicates, leased ${lanes(applied.leased) || 'none'}, nudge ${applied.nudge.join(' ') || 'none'}`
  return JSON.stringify(value)
}
