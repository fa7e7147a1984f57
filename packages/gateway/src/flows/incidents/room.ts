import { setTimeout as after } from 'node:timers/promises'
import type { Clock } from '@postern/runtime/clock'
import type { Channel } from '../../domain/channels/channel.ts'
import type {
  AuditFact,
  BackupFact,
  BroadcastFact,
  Facts,
  LossFact,
  MachineFact,
  TemplateFact,
} from '../../domain/incidents/facts.ts'
import { type Incident, publicIncident } from '../../domain/incidents/incident.ts'
import {
  judge,
  type Judgement,
  judgementOf,
  NOTHING_KNOWN,
  openIncidents,
  withStored,
} from '../../domain/incidents/judge.ts'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import { noteTemplateUses } from '../../store/incident-facts.ts'
import {
  findNote,
  keepNote,
  leaveJudging,
  noteStatement,
  notesOfMachines,
  openIncidentsOf,
  pruneIncidents,
  pruneNotesOfMachines,
  renewJudging,
  saveIncidents,
  takeJudging,
} from '../../store/incidents.ts'
import { newestAudit } from '../../store/losses.ts'
import type { Statement } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'
import { type Board, keepProof, listOf } from './board.ts'
import {
  broadcastFacts,
  channelFact,
  createSlowFacts,
  endpointFacts,
  limitFellOf,
  type Limits,
  limitsAfter,
  machineFact,
  type SlowFact,
  templateFacts,
} from './gather.ts'
import type { NumberWatch } from './number-watch.ts'

const LOOK_EVERY_MS = 5_000
const FIRST_LOOK_MS = 1_000
/** Facts that are about minutes are read this often. */
const SLOW_EVERY_MS = 30_000
/** A node that does not renew its right to judge for this long is dead. */
const JUDGES_FOR_MS = 20_000
const TOLD_FOR_MS = 45_000
const KEPT_FOR_MS = 90 * 24 * 60 * 60_000
const MACHINES_KEPT_FOR_MS = 24 * 60 * 60_000
const PRUNED_EVERY_MS = 60 * 60_000
const STORE_WITHIN_MS = 5_000
/** An answer that took longer says too little about a clock. */
const SLOW_CLOCK_MS = 1_000

export type RoomOptions = {
  store: Store
  clock: Clock
  log: Log
  board: Board
  watch: NumberWatch
  /** Unique among all nodes. */
  holder: string
  channels: () => readonly Channel[]
  byWaba: (wabaId: string) => readonly Channel[]
  pace: () => { numbers: readonly Pace[] } | Promise<{ numbers: readonly Pace[] }>
  dataDir: string
  rateCard: RateCard | undefined
  /** The scheduled backups. */
  backup?: () => BackupFact | undefined
  /** The daily loss audit, when this node makes it. */
  lossAudit?: () => AuditFact | undefined
  alarms: {
    /** Writes for the alarms about what was opened and closed, in the same commit. */
    statements(changes: Changes, open: readonly Incident[], now: number): Promise<readonly Statement[]>
    deliver(): Promise<void>
    /** Without the store. */
    tellNow(opened: readonly Incident[]): Promise<void>
  }
  everyMs?: number
}

type Pace = { channel_id: number; messages_per_second: number; now_per_second: number; code: number | null }
export type Changes = { opened: Incident[]; closed: Incident[] }

export type Room = {
  start(): void
  /** Looks once, and keeps nothing: for a process that does not judge. */
  peek(): Promise<readonly Incident[]>
  /** Looks now. For tests. */
  look(): Promise<void>
  /** True while this node judges for all. */
  readonly judges: boolean
  stop(): Promise<void>
}

type Slow = {
  at: number
  channels: Map<number, SlowFact>
  templates: TemplateFact[]
  broadcasts: BroadcastFact[]
  losses: readonly LossFact[] | undefined
}

/**
 * Gathers the facts every few seconds, lets the rules judge them, and keeps the incidents. One node judges for all that
 * share a store; the others show what it wrote. A node without its store judges what it knows by itself, and shows that.
 */
export function createRoom(options: RoomOptions): Room {
  const { store, clock, log, board, watch, holder, channels } = options
  const slowFacts = createSlowFacts(clock)
  let judgement: Judgement | undefined
  /** Whether the judgement has what the store had as open: not when it began without the store. */
  let loaded = false
  let limits: Limits | undefined
  /** Fields of webhooks that were new, and since when. */
  let fields: Record<string, number> | undefined
  /** The notes as the store has them. */
  let kept = ''
  let slow: Slow | undefined
  let trouble: { message: string; since: number } | undefined
  /** Changes that are not in the store yet. */
  const unsaved = new Map<string, Incident>()
  const untold: Changes = { opened: [], closed: [] }
  let judges = false
  let prunedAt = -Infinity
  let cancel = (): void => {}
  let stopped = false
  let running: Promise<void> = Promise.resolve()
  let telling: Promise<void> = Promise.resolve()
  let isTelling = false

  /** Whether the store accepts a write, within a bound: one that hangs is away. */
  async function readStore(): Promise<void> {
    try {
      await within(store.ping(), STORE_WITHIN_MS)
      trouble = undefined
    } catch (error) {
      trouble = { message: (error as Error).message.slice(0, 300), since: trouble?.since ?? clock.now() }
    }
  }

  async function readSlow(now: number): Promise<void> {
    if (slow && clock.monotonic() - slow.at < SLOW_EVERY_MS) return
    await noteTemplateUses(store.sql, await board.takeTemplates(), now)
    const found = new Map<number, SlowFact>()
    for (const { id } of channels()) found.set(id, await slowFacts(store.sql, id))
    slow = {
      at: clock.monotonic(),
      channels: found,
      templates: await templateFacts(store.sql, options.byWaba, now),
      broadcasts: await broadcastFacts(store.sql, now),
      losses: (await newestAudit(store.sql))?.value.found,
    }
  }

  async function ownFact(now: number): Promise<MachineFact> {
    const { numbers } = await options.pace()
    const { dataDir, rateCard } = options
    const storeSkewMs = trouble ? undefined : await skewToStore()
    return machineFact(await board.seen(), { pace: numbers, dataDir, rateCard, now, storeSkewMs })
  }

  /** Our wall clock minus that of PostgreSQL, on which leases, due times and events depend. Undefined: not known now. */
  async function skewToStore(): Promise<number | undefined> {
    if (store.engine === 'sqlite') return undefined
    const before = clock.now()
    const theirs = await store.now()
    const later = clock.now()
    return later - before > SLOW_CLOCK_MS ? undefined : Math.round((before + later) / 2 - theirs)
  }

  /**
   * Facts for the rules. Without the store, only what this machine knows by itself. `shared`: the time of the store, by
   * which the notes of all machines are stamped.
   */
  async function gather(now: number, shared: number): Promise<Facts> {
    const own = await ownFact(now)
    const known = { store: { engine: store.engine, trouble }, machines: [own] }
    if (trouble) return known
    await readSlow(now)
    const machines = store.engine === 'sqlite' ? [own] : [own, ...(await others(shared))]
    fields = { ...((fields ??= (await findNote<Record<string, number>>(store.sql, 'fields'))?.value) ?? {}) }
    for (const one of machines.flatMap((machine) => machine.fields)) fields[one.name] ??= one.at
    const remembered = Object.entries(fields).map(([name, at]) => ({ name, at, count: 0 }))
    const present = channels()
    limits = limitsAfter(limits ?? (await findNote<Limits>(store.sql, 'limits'))?.value ?? {}, present, now)
    const proofs = new Map<number, MachineFact['tokens'][number]>()
    for (const { tokens } of machines) for (const proof of tokens) keepProof(proofs, proof)
    for (const { channelId, rejectedAt, acceptedAt } of proofs.values())
      if (rejectedAt > acceptedAt && rejectedAt > (watch.of(channelId)?.token?.at ?? 0)) watch.nudge(channelId)
    return {
      ...known,
      machines: [{ ...own, fields: [...own.fields, ...remembered] }, ...machines.slice(1)],
      endpoints: await endpointFacts(store.sql, present),
      channels: present.map((channel) =>
        channelFact(channel, now, {
          slow: slow?.channels.get(channel.id),
          proof: proofs.get(channel.id),
          watched: watch.of(channel.id),
          limitFell: limitFellOf(limits!, channel.id),
        }),
      ),
      backup: options.backup?.(),
      lossAudit: options.lossAudit?.(),
      templates: slow?.templates,
      broadcasts: slow?.broadcasts,
      losses: slow?.losses,
    }
  }

  async function others(shared: number): Promise<MachineFact[]> {
    const notes = await notesOfMachines<MachineFact>(store.sql, shared - TOLD_FOR_MS)
    return notes.filter(({ name }) => name !== `machine ${holder}`).map(({ value }) => value)
  }

  /** Begins, or goes on, with what the store has as open. */
  async function load(now: number): Promise<void> {
    if (loaded) return
    const found = withStored(judgement ?? { ...NOTHING_KNOWN, at: now }, await openIncidentsOf(store.sql), now)
    judgement = found.judgement
    loaded = true
    for (const id of found.replaced) unsaved.delete(id)
    for (const one of found.save) unsaved.set(one.id, one)
    untold.opened = untold.opened.filter(({ id }) => !found.replaced.has(id))
  }

  /** False: another node has begun to judge meanwhile, and nothing was decided. */
  async function decide(now: number, shared: number): Promise<boolean> {
    if (!trouble) await load(now)
    // Nothing was read from the store so far: an open list of before is all that is known.
    judgement ??= judgementOf(listOf(await board.open()), now)
    const verdict = judge(judgement, await gather(now, shared), now, () => newId('inc', now))
    // Facts may have come slowly: what is opened now must not be opened by another node too.
    if (!trouble && !(await goesOn())) return false
    judgement = verdict.judgement
    for (const one of [...verdict.opened, ...verdict.changed, ...verdict.closed]) unsaved.set(one.id, one)
    untold.opened.push(...verdict.opened, ...verdict.worsened)
    untold.closed.push(...verdict.closed)
    for (const one of verdict.opened) log.warn(logged(one), 'incident.opened')
    for (const one of verdict.closed) log.info(logged(one), 'incident.closed')
    board.publish(openIncidents(judgement))
    // Kept as untold: when the store is back, they are told once more, and that they are over.
    if (trouble && verdict.opened.length > 0) telling = options.alarms.tellNow(verdict.opened).catch(noteFailure)
    return true
  }

  /** Takes the right to judge or renews it. False: another node judges. */
  async function takesOver(shared: number): Promise<boolean> {
    if (store.engine === 'sqlite') return true
    const until = shared + JUDGES_FOR_MS
    if (await renewJudging(store.sql, holder, until)) return true
    if (!(await takeJudging(store.sql, holder, shared, until))) return false
    // Another one judged in between: what was known here is old.
    if (loaded) forget()
    return true
  }

  const goesOn = async (): Promise<boolean> =>
    store.engine === 'sqlite' || renewJudging(store.sql, holder, (await store.now()) + JUDGES_FOR_MS)

  async function save(now: number): Promise<void> {
    const changed = [...unsaved.values()]
    const told = { opened: untold.opened.splice(0), closed: untold.closed.splice(0) }
    try {
      const alarms = await options.alarms.statements(told, openIncidents(judgement!), now)
      const notes = JSON.stringify([limits, fields])
      const beside =
        notes === kept ? [] : [noteStatement('limits', limits ?? {}, now), noteStatement('fields', fields ?? {}, now)]
      if (changed.length + alarms.length + beside.length > 0)
        await saveIncidents(store.sql, changed, [...beside, ...alarms])
      kept = notes
      for (const one of changed) if (unsaved.get(one.id) === one) unsaved.delete(one.id)
    } catch (error) {
      untold.opened.unshift(...told.opened)
      untold.closed.unshift(...told.closed)
      throw error
    }
    if (clock.monotonic() - prunedAt < PRUNED_EVERY_MS) return
    prunedAt = clock.monotonic()
    await pruneIncidents(store.sql, now - KEPT_FOR_MS)
    await pruneNotesOfMachines(store.sql, now - MACHINES_KEPT_FOR_MS)
  }

  /** While another node judges, what was known here grows old: it is read again before it is used. */
  function forget(): void {
    judgement = slow = limits = fields = undefined
    loaded = false
    kept = ''
    unsaved.clear()
    untold.opened = []
    untold.closed = []
  }

  /** Shows what the judging node wrote, and tells it what this machine sees, at the time of the store. */
  async function follow(now: number, shared: number): Promise<void> {
    judges = false
    forget()
    await noteTemplateUses(store.sql, await board.takeTemplates(), now)
    await keepNote(store.sql, `machine ${holder}`, await ownFact(now), shared)
    board.publish(await openIncidentsOf(store.sql))
  }

  async function look(): Promise<void> {
    await readStore()
    const now = clock.now()
    if (trouble) return void (await decide(now, now))
    const shared = await store.now()
    if (!(await takesOver(shared))) return follow(now, shared)
    judges = true
    if (!(await decide(now, shared))) return follow(now, shared)
    await save(now)
    // Slow targets delay no look: one round of deliveries at a time.
    if (!isTelling) {
      isTelling = true
      telling = options.alarms
        .deliver()
        .catch(noteFailure)
        .finally(() => (isTelling = false))
    }
  }

  const noteFailure = (error: unknown): void => log.warn({ err: error }, 'alarms.failed')

  const looked = (): Promise<void> =>
    (running = running.then(look).catch((error: unknown) => log.warn({ err: error }, 'incidents.look_failed')))

  async function round(): Promise<void> {
    await looked()
    if (!stopped) cancel = clock.after(options.everyMs ?? LOOK_EVERY_MS, () => void round())
  }

  return {
    start() {
      cancel = clock.after(Math.min(FIRST_LOOK_MS, options.everyMs ?? FIRST_LOOK_MS), () => void round())
    },
    async peek() {
      await readStore()
      const now = clock.now()
      const before = trouble ? [] : await openIncidentsOf(store.sql)
      const facts = await gather(now, trouble ? now : await store.now())
      return openIncidents(judge(judgementOf(before, now), facts, now, () => newId('inc', now)).judgement)
    },
    look: looked,
    get judges() {
      return judges
    },
    async stop() {
      stopped = true
      cancel()
      await Promise.all([running, telling])
      if (store.engine === 'postgres' && judges)
        await leaveJudging(store.sql, holder).catch((error: unknown) => log.warn({ err: error }, 'incidents.not_left'))
    },
  }
}

function logged(incident: Incident): Record<string, unknown> {
  const { advice: _advice, links: _links, ...told } = publicIncident(incident)
  return told
}

/** Rejects after a time of the machine: what was begun goes on, and its result is dropped. */
async function within(work: Promise<void>, ms: number): Promise<void> {
  const done = new AbortController()
  work.catch(() => {})
  try {
    await Promise.race([
      work,
      after(ms, undefined, { ref: false, signal: done.signal }).then(() => {
        throw new Error(`no answer within ${ms} ms`)
      }),
    ])
  } finally {
    done.abort()
  }
}
