import { StoreUnavailable } from '../../packages/gateway/src/platform/errors.ts'
import { createBatcher, type Settled } from '../../packages/gateway/src/store/batcher.ts'
import { decided, decidedAtOnce } from '../../packages/gateway/src/store/core/decide.ts'
import type { Keys } from '../../packages/gateway/src/store/core/keys.ts'
import type { Operation } from '../../packages/gateway/src/store/core/operations.ts'
import type { Changes, Snapshot } from '../../packages/gateway/src/store/core/working-set.ts'
import type { Sql, SqlValue } from '../../packages/gateway/src/store/sql.ts'
import type { Applied, Notification, Replay, Store } from '../../packages/gateway/src/store/store.ts'
import type { Defect } from './defects.ts'
import { type Engine, type Lock, Taken } from './engine.ts'
import type { Loop } from './loop.ts'
import { lockOf, MemoryEngine } from './memory.ts'
import type { Random } from './random.ts'
import { type Removed, removedBetween } from './removals.ts'

/** One run of a gateway, from its start to its end. */
export type Process = {
  readonly name: string
  alive: boolean
  now: () => number
  monotonic: () => number
  /** Ends it at once, as SIGKILL or the power does. */
  crash: (why: string) => void
}

/** What goes wrong of a store, as probabilities of a commit. */
export type StoreFaults = {
  refused: number
  /** The commit is kept, and nobody hears of it. */
  answerLost: number
  crashBeforeLoad: number
  crashBeforeWrite: number
  /** Committed and not synced: the power goes, and nothing is left of it. */
  powerLost: number
  crashBeforeAnswer: number
  /** Milliseconds at the most, of a round trip or of the disk. */
  slow: number
}

/** A commit as the checker sees it. */
export type Committed = {
  process: Process
  /** By the clock that judges leases. */
  now: number
  operations: readonly Operation[]
  changes: Changes
  answers: readonly Settled[]
  /** What the observer answered when the batch was loaded. */
  loaded?: unknown
}

export type StoreObserver = {
  loading(operations: readonly Operation[]): unknown
  committed(commit: Committed): void
  cold(sql: string, params: readonly SqlValue[], changed: number, removed: Removed | undefined): void
}

/** Two commits in each other's way. */
class Conflict extends Error {}

type Transaction = { process: Process; locks: Set<Lock> }

const MOST_TRIES = 5
const LONGEST_LOCK_MS = 1000

const REMOVES = /^\s*delete from (?:events|messages|contacts)\b/

type ColdWrite = { sql: string; params: readonly SqlValue[] }[]
type Write = Operation | { kind: 'cold'; statements: ColdWrite }

/**
 * The store that all nodes share, as PostgreSQL is; or one that a process has to itself, as SQLite is. The core and the
 * batcher are the real ones. Where several share it, a commit loads and locks, decides, and writes, with time between.
 */
export class SimulatedStore {
  readonly engine: Engine
  readonly kind: 'alone' | 'shared'
  readonly #loop: Loop
  readonly #random: Random
  readonly #observer: StoreObserver
  /** Changes what was decided: the deliberate defects of a test of the checker. */
  readonly #defect: Defect | undefined
  readonly #storeNow: () => number
  readonly #locks = new Map<Lock, Transaction>()
  readonly #underWay = new Set<Transaction>()
  #isHeld = false
  #waiting: (() => void)[] = []
  #nextContact = 1
  #nextMessage = 0
  faults: StoreFaults
  isDown = false
  /** Hear what other processes did. */
  readonly listeners = new Map<Process, (notification: Notification) => void>()

  constructor(options: {
    engine: Engine
    kind: 'alone' | 'shared'
    loop: Loop
    random: Random
    observer: StoreObserver
    faults: StoreFaults
    storeNow: () => number
    defect?: Defect | undefined
  }) {
    this.engine = options.engine
    this.kind = options.kind
    this.#loop = options.loop
    this.#random = options.random
    this.#observer = options.observer
    this.#defect = options.defect
    this.#storeNow = options.storeNow
    this.faults = options.faults
  }

  now(process: Process): number {
    return this.kind === 'alone' ? process.now() : this.#storeNow()
  }

  newMessageId(now: number): string {
    return messageId(now, this.#nextMessage++)
  }

  /** The store as one process has it, until that ends. */
  openFor(process: Process, shard: number): Store {
    const stock: number[] = []
    const batcher = createBatcher<Write>({
      flush: (writes) =>
        this.kind === 'alone' ? this.#flushAlone(process, writes) : this.#flushShared(process, writes, shard, stock),
      turn: () => this.#loop.pause(0.01),
      monotonic: process.monotonic,
    })
    const add = <T>(write: Write): Promise<T> => batcher.add<T>(write)
    const cold = (statements: ColdWrite): Promise<number[]> =>
      this.kind === 'alone' ? add({ kind: 'cold', statements }) : this.#coldShared(process, statements)
    const read = async (sql: string, params: readonly SqlValue[] = []): Promise<unknown[]> => {
      await this.#travel(process)
      return this.engine.all(sql, params)
    }
    const sql: Sql = {
      all: (text, params) => read(text, params) as never,
      get: async (text, params) => (await read(text, params))[0] as never,
      run: async (text, params = []) => (await cold([{ sql: text, params }]))[0]!,
      returning: () => Promise.reject(new Error('nothing here asks for this')),
      atomically: (statements) => cold(statements.map(({ sql: text, params = [] }) => ({ sql: text, params }))),
    }
    const notifyLanes = (endpointIds: number[]): void => {
      if (this.kind === 'shared' && endpointIds.length > 0) this.#notify(process, { kind: 'lanes', endpointIds })
    }
    if (this.kind === 'alone') this.engine.freeLanes(this.now(process))
    return {
      engine: this.kind === 'alone' ? 'sqlite' : 'postgres',
      installation: 'sim',
      sql,
      get backlog() {
        return batcher.waiting
      },
      now: async () => {
        if (this.kind === 'shared') await this.#travel(process)
        return this.now(process)
      },
      ping: () => Promise.resolve(),
      beginMessage: (message) => add({ kind: 'begin', message }),
      settleMessage: (settlement) => add({ kind: 'settle', settlement }),
      async applyFacts(facts, offer) {
        const applied = await add<Applied>({ kind: 'facts', facts, offer })
        notifyLanes(applied.nudge)
        return applied
      },
      claimLanes: (endpointId, limit, offer) => add({ kind: 'claim', endpointId, limit, offer }),
      recordAttempt: (record) => add({ kind: 'attempt', record }),
      releaseLanes: (holder, lanes) => add({ kind: 'release', holder, lanes }),
      async replayEvents(channelId, endpointId, seqs) {
        const replayed = await add<Replay>({ kind: 'replay', channelId, endpointId, seqs })
        if (replayed.woken) notifyLanes([endpointId])
        return replayed
      },
      dueEndpoints: async () => {
        await this.#travel(process)
        const now = this.now(process)
        const rows = this.engine.dueAt()
        const later = rows.filter((row) => row.at > now).map((row) => row.at - now)
        return {
          due: rows.filter((row) => row.at <= now).map((row) => row.endpointId),
          nextInMs: later.length > 0 ? Math.min(...later) : null,
        }
      },
      ...(this.engine instanceof MemoryEngine &&
        this.kind === 'shared' && { dropMonths: (before: number) => this.#dropMonths(process, before) }),
      close: () => batcher.close(),
    }
  }

  /** Does something while no commit is under way. */
  async whenStill(act: () => void): Promise<void> {
    this.#isHeld = true
    while (this.#underWay.size > 0) await this.#loop.pause(0.05)
    act()
    this.#isHeld = false
  }

  /** A process is gone: what it had under way is rolled back. */
  forget(process: Process): void {
    this.listeners.delete(process)
    for (const transaction of this.#underWay) if (transaction.process === process) this.#release(transaction)
    this.#wake()
  }

  #notify(from: Process, notification: Notification): void {
    for (const [process, listener] of this.listeners) {
      if (process === from || this.#random.chance(0.1)) continue
      this.#loop.after(this.#random.between(0.2, 5), () => {
        if (process.alive) listener(notification)
      })
    }
  }

  /** The way to the store; refuses where nobody can get there. Never settles for a process that is gone. */
  async #travel(process: Process): Promise<void> {
    await this.#loop.pause(this.#random.between(0.05, this.faults.slow))
    if (!process.alive) return never()
    if (this.isDown) throw new StoreUnavailable('the store is away')
  }

  async #crash(process: Process, probability: number, why: string): Promise<void> {
    if (!this.#random.chance(probability)) return
    process.crash(why)
    await never()
  }

  /** Where several share the store its events stand in months. A drop has the table to itself. */
  async #dropMonths(process: Process, before: number): Promise<number> {
    await this.#travel(process)
    let gone = 0
    await this.whenStill(() => {
      if (!process.alive) return
      const had = this.engine.dump()
      gone = (this.engine as MemoryEngine).dropMonths(before)
      this.#observer.cold('drop table', [before], gone, removedBetween(had, this.engine.dump()))
    })
    return gone
  }

  // ── One process alone ──

  async #flushAlone(process: Process, writes: Write[]): Promise<Settled[]> {
    const { faults } = this
    if (!process.alive) return never()
    await this.#crash(process, faults.crashBeforeLoad, 'before a batch is loaded')
    if (this.isDown || this.#random.chance(faults.refused))
      return writes.map(() => ({ ok: false, error: new StoreUnavailable('the disk is full') }))
    // Nothing but the process itself sees what is committed and not on the disk, and the process is gone with it.
    await this.#crash(process, faults.crashBeforeWrite, 'before a batch is written')
    await this.#crash(process, faults.powerLost, 'before a batch is synced, which is lost with the power')
    const now = this.now(process)
    const settled: Settled[] = []
    for (let i = 0; i < writes.length;) {
      const first = writes[i]!
      if (first.kind === 'cold') {
        settled.push({ ok: true, value: this.#runCold(first.statements) })
        i++
        continue
      }
      let end = i + 1
      while (end < writes.length && writes[end]!.kind !== 'cold') end++
      settled.push(...this.#settleAlone(process, writes.slice(i, end) as Operation[], now))
      i = end
    }
    const lost = this.#random.chance(faults.answerLost)
    await this.#loop.pause(this.#random.between(0.05, faults.slow))
    if (!process.alive) return never()
    await this.#crash(process, faults.crashBeforeAnswer, 'before a batch is answered')
    if (lost) {
      const error = new StoreUnavailable('the disk did not take a commit', { outcomeUnknown: true })
      return writes.map(() => ({ ok: false, error }))
    }
    return settled
  }

  #settleAlone(process: Process, operations: Operation[], now: number): Settled[] {
    try {
      const { changes, answers } = decidedAtOnce(
        operations,
        (asked) => {
          const first = this.engine.lastContact() + 1
          const contactIds = Array.from({ length: asked.newContacts }, (_, i) => first + i)
          return atOnce(this.engine.load(asked, { now, contactIds, isLocked: () => false }))
        },
        { message: (at) => this.newMessageId(at) },
      )
      this.#write({ process, now, operations, changes, answers }, 0)
      return answers
    } catch (error) {
      if (operations.length === 1) return [{ ok: false, error }]
      const half = operations.length >> 1
      return [
        ...this.#settleAlone(process, operations.slice(0, half), now),
        ...this.#settleAlone(process, operations.slice(half), now),
      ]
    }
  }

  #write(commit: Committed, shard: number): void {
    this.#defect?.commit?.(commit)
    this.engine.write(commit.changes, commit.now, shard)
    this.#observer.committed(commit)
  }

  #runCold(statements: ColdWrite): number[] {
    return statements.map(({ sql: meant, params }) => {
      const sql = this.#defect?.changes ? this.#defect.changes(meant) : meant
      if (sql === undefined) return 0
      const before = REMOVES.test(sql) ? this.engine.dump() : undefined
      const changed = this.engine.run(sql, params)
      this.#observer.cold(sql, params, changed, before && removedBetween(before, this.engine.dump()))
      return changed
    })
  }

  // ── Many processes ──

  async #flushShared(process: Process, writes: Write[], shard: number, stock: number[]): Promise<Settled[]> {
    return this.#settleShared(process, writes as Operation[], shard, stock)
  }

  async #settleShared(process: Process, operations: Operation[], shard: number, stock: number[]): Promise<Settled[]> {
    try {
      return await this.#commitShared(process, operations, shard, stock)
    } catch (cause) {
      const error = cause instanceof Conflict ? new StoreUnavailable('two nodes in each other’s way') : cause
      if (error instanceof StoreUnavailable || operations.length === 1)
        return operations.map(() => ({ ok: false, error }))
      const half = operations.length >> 1
      return [
        ...(await this.#settleShared(process, operations.slice(0, half), shard, stock)),
        ...(await this.#settleShared(process, operations.slice(half), shard, stock)),
      ]
    }
  }

  async #commitShared(process: Process, operations: Operation[], shard: number, stock: number[]): Promise<Settled[]> {
    for (let i = 1; ; i++) {
      try {
        return await this.#runShared(process, operations, shard, stock)
      } catch (error) {
        // At the second look the other node's row is there to be found.
        if (i >= MOST_TRIES || !(error instanceof Conflict || error instanceof Taken)) throw error
        await this.#loop.pause(this.#random.between(0, 5 * i))
        if (!process.alive) return never()
      }
    }
  }

  async #runShared(process: Process, operations: Operation[], shard: number, stock: number[]): Promise<Settled[]> {
    const { faults } = this
    await this.#crash(process, faults.crashBeforeLoad, 'before a batch is loaded')
    await this.#travel(process)
    if (this.#random.chance(faults.refused)) throw new StoreUnavailable('the connection is lost')
    while (this.#isHeld) await this.#loop.pause(0.05)
    if (!process.alive) return never()
    const transaction: Transaction = { process, locks: new Set() }
    this.#underWay.add(transaction)
    try {
      // Read once in a transaction, however often it loads.
      const now = this.now(process)
      const loaded = this.#observer.loading(operations)
      const { changes, answers } = await decided(
        operations,
        (asked) => this.#loadShared(transaction, asked, now, stock),
        { message: (at) => this.newMessageId(at) },
      )
      await this.#crash(process, faults.crashBeforeWrite, 'between load and write')
      await this.#travel(process)
      await this.#acquire(transaction, this.#rowsOf(changes))
      this.#refuseOvertaken(changes)
      this.#write({ process, now, operations, changes, answers, loaded }, shard)
      stock.splice(0, changes.contactsMade.length)
      this.#release(transaction)
      const lost = this.#random.chance(faults.answerLost)
      await this.#crash(process, faults.crashBeforeAnswer, 'after a commit, before its answer')
      await this.#loop.pause(this.#random.between(0.05, faults.slow))
      if (!process.alive) return await never()
      if (lost) throw new StoreUnavailable('the connection was lost under a commit', { outcomeUnknown: true })
      return [...answers]
    } finally {
      this.#release(transaction)
    }
  }

  async #loadShared(transaction: Transaction, asked: Keys, now: number, stock: number[]): Promise<Snapshot> {
    while (stock.length < asked.newContacts) stock.push(this.#nextContact++)
    const loading = this.engine.load(asked, {
      now,
      contactIds: [...stock],
      isLocked: (lock) => {
        const holder = this.#locks.get(lock)
        return holder !== undefined && holder !== transaction
      },
    })
    for (;;) {
      const step = loading.next()
      if (step.done) return step.value
      await this.#acquire(transaction, step.value)
      // The statements of a load are answered one after the other, and others go on between them.
      if (this.#random.chance(0.3)) await this.#loop.pause(this.#random.between(0, 0.5))
      if (!transaction.process.alive) await never()
    }
  }

  /** Rows that are written without having been locked by the load. */
  #rowsOf(changes: Changes): Lock[] {
    const locks = changes.contactsChanged.map(({ now }) => lockOf('contact', now.id))
    for (const { contactId } of [...changes.lanesMade, ...changes.messagesMade])
      if (contactId !== 0) locks.push(lockOf('contact', contactId))
    if (changes.messagesMoved.length > 0 && this.engine instanceof MemoryEngine) {
      const { messagesOf } = this.engine.tables
      for (const { from } of changes.messagesMoved)
        for (const row of messagesOf.get(from) ?? []) locks.push(lockOf('message', `${row.channelId} ${row.id}`))
    }
    return locks
  }

  /** A lane or a message for somebody who was joined to another meanwhile. */
  #refuseOvertaken(changes: Changes): void {
    if (!(this.engine instanceof MemoryEngine)) return
    const { contacts } = this.engine.tables
    const made = new Set(changes.contactsMade.map((contact) => contact.id))
    for (const { contactId } of [...changes.lanesMade, ...changes.messagesMade]) {
      if (contactId === 0 || made.has(contactId)) continue
      const row = contacts.get(contactId)
      const isJoinedHere = changes.contactsChanged.some(({ now }) => now.id === contactId && now.mergedInto !== null)
      if ((!row || row.mergedInto !== null) && !isJoinedHere) throw new Conflict('its contact was joined to another')
    }
  }

  async #acquire(transaction: Transaction, locks: readonly Lock[]): Promise<void> {
    for (const lock of [...new Set(locks)].sort()) {
      const since = this.#loop.now
      for (let holder = this.#locks.get(lock); holder && holder !== transaction; holder = this.#locks.get(lock)) {
        await new Promise<void>((resolve) => {
          this.#waiting.push(resolve)
          this.#loop.after(LONGEST_LOCK_MS, resolve)
        })
        if (!transaction.process.alive) await never()
        if (this.#loop.now - since >= LONGEST_LOCK_MS) throw new Conflict('a deadlock')
      }
      this.#locks.set(lock, transaction)
      transaction.locks.add(lock)
    }
  }

  #release(transaction: Transaction): void {
    this.#underWay.delete(transaction)
    for (const lock of transaction.locks) if (this.#locks.get(lock) === transaction) this.#locks.delete(lock)
    transaction.locks.clear()
    this.#wake()
  }

  #wake(): void {
    const waiting = this.#waiting
    this.#waiting = []
    for (const resolve of waiting) resolve()
  }

  async #coldShared(process: Process, statements: ColdWrite): Promise<number[]> {
    await this.#travel(process)
    if (this.#random.chance(this.faults.refused)) throw new StoreUnavailable('the connection is lost')
    // What touches rows of the hot path waits until nobody has any of them locked.
    if (statements.some(({ sql }) => !sql.includes('idempotency'))) {
      const since = this.#loop.now
      while (this.#locks.size > 0) {
        if (this.#loop.now - since > LONGEST_LOCK_MS) throw new StoreUnavailable('a lock was not to be had in time')
        await this.#loop.pause(0.05)
        if (!process.alive) return never()
      }
    }
    const changed = this.#runCold(statements)
    const lost = this.#random.chance(this.faults.answerLost)
    await this.#loop.pause(this.#random.between(0.05, this.faults.slow))
    if (!process.alive) return never()
    if (lost) throw new StoreUnavailable('the connection was lost under a commit', { outcomeUnknown: true })
    return changed
  }
}

const never = (): Promise<never> => new Promise<never>(() => {})

function atOnce(loading: Generator<Lock[], Snapshot>): Snapshot {
  for (;;) {
    const step = loading.next()
    if (step.done) return step.value
  }
}

/** Our id of a message, which sorts by time as the real ones do. */
export function messageId(now: number, n: number): string {
  let text = ''
  for (let rest = now, i = 0; i < 10; i++) {
    text = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[rest % 32]! + text
    rest = Math.floor(rest / 32)
  }
  return `msg_${text}${String(n).padStart(16, '0')}`
}
