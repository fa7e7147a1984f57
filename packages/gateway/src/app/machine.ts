import { EventEmitter } from 'node:events'
import type { MessagePort } from 'node:worker_threads'
import { type Counters, createCounters } from '../http/admission.ts'
import { createSignInLimit, type SignInLimit } from '../http/console/sign-in-limit.ts'
import { createRunningKeys, type RunningKeys } from '../http/idempotency.ts'
import { CloudApiError } from '../platform/cloud-api/errors.ts'
import type { Clock } from '@postern/runtime/clock'
import { GatewayError } from '../platform/errors.ts'
import { createPlaces, type Places } from '../platform/load.ts'
import { answerCalls, type Caller, callsOver, type Crossing } from '../platform/port-calls.ts'
import {
  createPacer,
  type Heard,
  MOST_WAIT_CLOSING_MS,
  type PacedChannel,
  type Pacer,
  type PacerOptions,
} from '../flows/send/pacer.ts'
import { grantTurns } from '../store/pace.ts'
import { type Board, createBoard } from '../flows/incidents/board.ts'
import type { Observed } from '../flows/incidents/observer.ts'
import type { Incident } from '../domain/incidents/incident.ts'
import type { Store } from '../store/store.ts'
import { crossed, crossing, type CrossedError } from '../store/thread/errors.ts'

/** Counters and limits that all HTTP threads of a machine share. */
export type Machine = {
  /** The name under which all of them hold leases in the store. */
  holder: string
  pacer: Pacer
  places: Places
  counters: Counters
  signInLimit: SignInLimit
  running: RunningKeys
  incidents: Board
}

/** Events of the rate limit, for the metrics. */
export type PaceEvents = Pick<PacerOptions, 'onLimited' | 'onThrottled'>

export function createMachine(options: {
  store: Store
  clock: Clock
  holder: string
  mostSendsInFlight: number
  events: PaceEvents
}) {
  const { store, clock, holder, events } = options
  return {
    holder,
    pacer: createPacer({
      clock,
      // A store that only one process can open has no other node to share a rate limit with.
      ...(store.engine === 'postgres' && {
        grant: async (channelId, turns, everyMs) => {
          // Nodes count by the database's clock, the pacer by its own. So a granted time is converted to a wait from
          // now.
          const asked = await store.now()
          const now = clock.monotonic()
          const given = await grantTurns(store.sql, { channelId, holder, turns, everyMs, now: asked })
          return { ...given, startsAt: given.startsAt - asked + now }
        },
      }),
      ...events,
    }),
    places: createPlaces(options.mostSendsInFlight),
    counters: createCounters(clock),
    signInLimit: createSignInLimit(clock),
    running: createRunningKeys(),
    incidents: createBoard(clock),
  } satisfies Machine
}

const ERRORS: Crossing = { out: (error) => crossing(error), in: (error) => crossed(error as CrossedError) }

type TurnAsked = { ticket: number; low: boolean; mostWaitMs: number | undefined }

/**
 * The functions that a thread calls. `held` are the places and keys that it has taken and not returned. They are freed
 * when the thread ends.
 */
function functionsOf(machine: ReturnType<typeof createMachine>, held: Held) {
  const { pacer, places, counters, signInLimit, running, incidents } = machine
  return {
    async turn(channel: PacedChannel, contact: string, { ticket, low, mostWaitMs }: TurnAsked): Promise<void> {
      const caller = new EventEmitter()
      held.callers.set(ticket, caller)
      try {
        await pacer.turn(channel, contact, { low, caller, ...(mostWaitMs !== undefined && { mostWaitMs }) })
      } finally {
        held.callers.delete(ticket)
      }
    },
    withdraw: (ticket: number) => void held.callers.get(ticket)?.emit('close'),
    giveBack: (channel: PacedChannel, contact: string) => pacer.giveBack(channel, contact),
    heard: (channel: PacedChannel, contact: string, outcome: Heard) => pacer.heard(channel, contact, outcome),
    pace: () => pacer.state(),
    enter(channelId: number) {
      const refused = places.enter(channelId)
      if (!refused) held.places.push(channelId)
      return refused
    },
    leave(channelId: number): void {
      held.places.splice(held.places.indexOf(channelId), 1)
      places.leave(channelId)
    },
    call: (code: string, perSecond: number) => counters.call(code, perSecond),
    wrong: (kind: 'code' | 'bearer', address: string) => counters.wrong(kind, address),
    signInWait: (address: string) => signInLimit.waitSeconds(address),
    signInFailed: (address: string) => signInLimit.failed(address),
    enterKey(name: string): boolean {
      const entered = running.enter(name)
      if (entered) held.keys.add(name)
      return entered
    },
    leaveKey(name: string): void {
      held.keys.delete(name)
      running.leave(name)
    },
    tellSeen: (observed: Observed) => incidents.tell(observed),
    seen: () => incidents.seen(),
    takeTemplates: () => incidents.takeTemplates(),
    publishIncidents: (open: readonly Incident[]) => incidents.publish(open),
    openIncidents: () => incidents.open(),
  }
}

type Held = { callers: Map<number, EventEmitter>; places: number[]; keys: Set<string> }
type MachineFunctions = ReturnType<typeof functionsOf>

/** Serves a machine's counters to one of its threads. Returns a function to call when that thread has ended. */
export function serveMachine(machine: ReturnType<typeof createMachine>, port: MessagePort): () => void {
  const held: Held = { callers: new Map(), places: [], keys: new Set() }
  answerCalls(port, functionsOf(machine, held), ERRORS)
  return () => {
    port.close()
    for (const caller of held.callers.values()) caller.emit('close')
    for (const channelId of held.places.splice(0)) machine.places.leave(channelId)
    for (const name of held.keys) machine.running.leave(name)
    held.keys.clear()
  }
}

/** The machine as one of its threads sees it. */
export function connectMachine(port: MessagePort, holder: string, events: PaceEvents): Machine {
  const machine = callsOver<MachineFunctions>(port, ERRORS)
  return {
    holder,
    pacer: pacerOver(machine, events),
    places: {
      enter: (channelId) => machine.ask('enter', channelId),
      leave: (channelId) => machine.notify('leave', channelId),
    },
    counters: {
      call: (code, perSecond) => machine.ask('call', code, perSecond),
      wrong: (kind, address) => machine.ask('wrong', kind, address),
    },
    signInLimit: {
      waitSeconds: (address) => machine.ask('signInWait', address),
      failed: (address) => machine.ask('signInFailed', address),
    },
    running: {
      enter: (name) => machine.ask('enterKey', name),
      leave: (name) => machine.notify('leaveKey', name),
    },
    incidents: {
      tell: (observed) => machine.notify('tellSeen', observed),
      seen: () => machine.ask('seen'),
      takeTemplates: () => machine.ask('takeTemplates'),
      publish: (open) => machine.notify('publishIncidents', open),
      open: () => machine.ask('openIncidents'),
    },
  }
}

const onlyPaced = ({ id, wabaId, messagesPerSecond }: PacedChannel): PacedChannel => ({ id, wabaId, messagesPerSecond })

function pacerOver(machine: Caller<MachineFunctions>, { onLimited, onThrottled }: PaceEvents): Pacer {
  let waiting = 0
  let last = 0
  let closed = false
  const leaving = new Set<() => void>()

  return {
    async turn(channel, contact, { low = false, mostWaitMs, caller } = {}) {
      const ticket = ++last
      const leave = (): void => machine.notify('withdraw', ticket)
      caller?.once('close', leave)
      leaving.add(leave)
      waiting++
      try {
        const most = closed ? Math.min(mostWaitMs ?? MOST_WAIT_CLOSING_MS, MOST_WAIT_CLOSING_MS) : mostWaitMs
        await machine.ask('turn', onlyPaced(channel), contact, { ticket, low, mostWaitMs: most })
      } catch (error) {
        if (error instanceof GatewayError && error.reason === 'rate_limited_pair') onLimited?.('pair')
        if (error instanceof GatewayError && error.reason === 'rate_limited_number') onLimited?.('number')
        throw error
      } finally {
        waiting--
        leaving.delete(leave)
        caller?.off('close', leave)
      }
    },
    giveBack: (channel, contact) => machine.notify('giveBack', onlyPaced(channel), contact),
    heard(channel, contact, { kind, scope, retryAfterMs, upstream }) {
      if (kind === 'throttled') onThrottled?.(scope ?? 'app')
      if (kind !== 'throttled' && kind !== 'accepted') return
      const code = upstream instanceof CloudApiError ? upstream.code : null
      machine.notify('heard', onlyPaced(channel), contact, { kind, ...(scope && { scope }), retryAfterMs, code })
    },
    get waiting() {
      return waiting
    },
    state: () => machine.ask('pace'),
    close() {
      closed = true
      const withdraw = (): void => {
        for (const leave of leaving) leave()
      }
      setTimeout(withdraw, MOST_WAIT_CLOSING_MS).unref()
    },
  }
}
