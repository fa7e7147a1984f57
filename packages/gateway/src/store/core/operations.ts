import type { AttemptRecord, Fact, LeaseOffer, NewMessage, Settlement } from '../store.ts'

/** One write of the hot path, waiting for its commit. Plain data, because it may be sent to another thread. */
export type Operation =
  | { kind: 'begin'; message: NewMessage }
  | { kind: 'settle'; settlement: Settlement }
  | { kind: 'facts'; facts: readonly Fact[]; offer: LeaseOffer | null }
  | { kind: 'claim'; endpointId: number; limit: number; offer: { holder: string; leaseMs: number } }
  | { kind: 'attempt'; record: AttemptRecord }
  | { kind: 'release'; holder: string; lanes: readonly { endpointId: number; contactId: number }[] }
  | { kind: 'replay'; channelId: number; endpointId: number; seqs: readonly number[] }
