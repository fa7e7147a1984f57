import { Random } from './random.ts'
import type { StoreFaults } from './store.ts'

/** What a seed stands for: who is there, what goes wrong, and for how long. */
export type Plan = {
  seed: number
  /** One process with a store of its own, or several that share one. */
  kind: 'alone' | 'shared'
  nodes: number
  channels: number
  people: number
  /** How long people write, businesses send and things go wrong; what is left over is then given time to end. */
  activeMs: number
  webhooks: number
  sends: number
  store: StoreFaults
  /** The store is away for a while, that often. */
  outages: number
  /** Processes that are killed at any moment, and clocks that are set. */
  kills: number
  stops: number
  steps: number
  longestStepMs: number
  skewMs: number
  /** Of a call to the customer, probabilities. */
  customer: { refuses: number; hangs: number; slow: number; answerLost: number; gone: number }
  /** Spells during which the customer refuses everything. */
  spells: number
  meta: {
    notConnected: number
    answerLost: number
    refuses: number
    unavailable: number
    redelivers: number
    lostAck: number
  }
  replays: number
  operatorActs: number
  renames: number
  /** Numbers that pass to somebody else. */
  passes: number
  /** People who are erased on a channel. */
  erasures: number
  /** Rounds of retention: what is older than some seconds goes. */
  retentions: number
  /** Endpoints that are there only after a while. */
  lateEndpoints: number
  leaseMs: number
  perEndpoint: number
  maxLanes: number
  retrySpanMs: number
  /** Of each channel. */
  endpoints: number
  /** The share of endpoints that want a part of the events only. */
  filtered: number
}

export const QUIET: StoreFaults = {
  refused: 0,
  answerLost: 0,
  crashBeforeLoad: 0,
  crashBeforeWrite: 0,
  powerLost: 0,
  crashBeforeAnswer: 0,
  slow: 3,
}

export function planOf(seed: number): Plan {
  const random = new Random(seed)
  /** Most faults are there in some histories only, so that each is seen alone, too. */
  const sometimes = (share: number, most: number): number => (random.chance(share) ? random.between(0, most) : 0)
  const times = (share: number, most: number): number => (random.chance(share) ? random.whole(1, most) : 0)
  const kind = random.chance(0.5) ? 'alone' : 'shared'
  return {
    seed,
    kind,
    nodes: kind === 'alone' ? 1 : random.whole(1, 3),
    channels: random.whole(1, 2),
    people: random.whole(1, 5),
    activeMs: random.whole(5_000, 40_000),
    webhooks: random.whole(8, 50),
    sends: random.whole(0, 20),
    store: {
      refused: sometimes(0.3, 0.1),
      answerLost: sometimes(0.4, 0.1),
      crashBeforeLoad: sometimes(0.15, 0.02),
      crashBeforeWrite: sometimes(0.15, 0.02),
      powerLost: kind === 'alone' ? sometimes(0.2, 0.02) : 0,
      crashBeforeAnswer: sometimes(0.2, 0.03),
      slow: random.chance(0.2) ? random.between(3, 400) : 3,
    },
    outages: times(0.15, 2),
    kills: times(0.3, 3),
    stops: times(0.2, 2),
    steps: times(0.3, 3),
    longestStepMs: random.chance(0.5) ? 20_000 : 120_000,
    skewMs: random.chance(0.3) ? 60_000 : 200,
    customer: {
      refuses: sometimes(0.4, 0.4),
      hangs: sometimes(0.25, 0.1),
      slow: sometimes(0.25, 0.1),
      answerLost: sometimes(0.25, 0.15),
      gone: sometimes(0.05, 0.02),
    },
    spells: times(0.25, 2),
    meta: {
      notConnected: sometimes(0.3, 0.2),
      answerLost: sometimes(0.4, 0.2),
      refuses: sometimes(0.3, 0.2),
      unavailable: sometimes(0.3, 0.2),
      redelivers: sometimes(0.5, 0.2),
      lostAck: sometimes(0.4, 0.2),
    },
    replays: times(0.3, 4),
    operatorActs: times(0.15, 4),
    renames: times(0.4, 3),
    lateEndpoints: random.chance(0.2) ? 1 : 0,
    leaseMs: random.chance(0.5) ? 60_000 : random.whole(12_500, 30_000),
    perEndpoint: random.chance(0.3) ? random.whole(1, 3) : 64,
    maxLanes: random.chance(0.2) ? random.whole(4, 16) : 2048,
    retrySpanMs: random.chance(0.3) ? random.whole(1_000, 20_000) : 259_200_000,
    passes: times(0.3, 2),
    endpoints: random.chance(0.5) ? 1 : random.whole(2, 3),
    filtered: random.chance(0.6) ? random.next() : 0,
    erasures: times(0.25, 3),
    retentions: times(0.35, 4),
  }
}
