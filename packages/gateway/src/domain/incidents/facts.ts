/*
 * The facts that the rules judge, gathered by `flows/incidents`. Times are epoch milliseconds. A part that is undefined
 * could not be read this time: its incidents stay as they are.
 */

export type Facts = {
  endpoints?: readonly EndpointFact[] | undefined
  channels?: readonly ChannelFact[] | undefined
  templates?: readonly TemplateFact[] | undefined
  broadcasts?: readonly BroadcastFact[] | undefined
  /** What the newest loss audit found, by channel. */
  losses?: readonly LossFact[] | undefined
  /** What each machine saw by itself. A machine that has not reported lately is missing. */
  machines?: readonly MachineFact[] | undefined
  /** Of the scheduled backups. */
  backup?: BackupFact | undefined
  /** Of the daily loss audit. */
  lossAudit?: AuditFact | undefined
  /** The state of the store, as the process that judges sees it. */
  store: StoreFact
}

export type EndpointFact = {
  channelId: number
  endpointId: string
  name: string
  state: 'active' | 'resting' | 'paused'
  pausedBy: 'operator' | 'endpoint' | null
  since: number
  nextTryAt: number | null
  waiting: number
  dead: number
  oldestAt: number | null
  /** Words about the last answer, and whether it acknowledged the event. Null: there was no attempt yet. */
  lastAnswer: { delivered: boolean; words: string } | null
}

export type ChannelFact = {
  channelId: number
  quality: { rank: number | undefined; since: number } | undefined
  /** A lower limit than before: both values, as Meta writes them, and when it fell. */
  limitFell: { before: string; now: string; at: number } | undefined
  restriction: { word: string; since: number; until: number | null } | undefined
  disconnection: { word: string; since: number; advice: string } | undefined
  /** The newest proof for or against the access token. */
  token: { rejectedAt: number; acceptedAt: number; code: number | null } | undefined
  /** Null: it never expires. Undefined: not asked yet. */
  tokenExpiresAt: number | null | undefined
  /** The apps that get the account's webhooks. Undefined: not asked yet, or not answered. */
  apps: { ours: boolean; others: readonly string[] } | undefined
  /** Another address than ours that gets the number's webhooks. */
  otherAddress: string | undefined
  /** The newest sends that are older than their usual time: how many have no status, of how many. Undefined: not read. */
  silence: { unanswered: number; of: number; oldestAt: number; usualMs: number } | undefined
  unknown: { count: number; oldestAt: number } | undefined
}

export type TemplateFact = { channelId: number; name: string; language: string; status: string; since: number }

/** `reason`: the word for it, and WhatsApp's code. */
export type BroadcastFact = { channelId: number; id: string; name: string | null; reason: string | null; at: number }

/** `missing`: how many of each kind (`domain/losses`). */
export type LossFact = { channelId: number; count: number; oldestAt: number; missing: Record<string, number> }

export type MachineFact = {
  host: string
  /** The newest proofs for and against access tokens. 0: none. */
  tokens: readonly TokenProof[]
  /** Numbers below their rate on this machine. */
  slow: readonly { channelId: number; perSecond: number; of: number; code: number | null }[]
  /** Calls of WhatsApp in the last two minutes. `since`: the first failure after the last success. */
  meta: { calls: number; failed: number; unreachable: number; since: number | null }
  disk: { free: number; total: number } | undefined
  /** The newest step of the wall clock, and its difference from other clocks. */
  clock: { stepMs: number; steppedAt: number | null; skewMs: number | null; against: string }
  /** A warning about prices that are too old. */
  rates: string | undefined
  /** Fields of webhooks that this version does not know. */
  fields: readonly { name: string; at: number; count: number }[]
}

export type TokenProof = { channelId: number; rejectedAt: number; acceptedAt: number; code: number | null }

/** `failedSince`: the first failure after the last good one. All null where nothing is scheduled. */
export type BackupFact = {
  goodAt: number | null
  failedSince: number | null
  failures: number
  problem: string | null
}

/** `failedSince`: the first failure after the last one that ended. `problem`: a word without anything personal. */
export type AuditFact = { goodAt: number | null; failedSince: number | null; failures: number; problem: string | null }

export type StoreFact = { engine: 'sqlite' | 'postgres'; trouble: { message: string; since: number } | undefined }
