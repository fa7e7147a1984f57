import type { ChannelFact, EndpointFact, Facts, MachineFact } from './facts.ts'

/** A gateway on which nothing is wrong. */
export const STORE: Facts['store'] = { engine: 'sqlite', trouble: undefined }

export const endpointFact = (more: Partial<EndpointFact> = {}): EndpointFact => ({
  channelId: 1,
  endpointId: 'ep_1',
  name: 'bot',
  state: 'active',
  pausedBy: null,
  since: 0,
  nextTryAt: null,
  waiting: 0,
  dead: 0,
  oldestAt: null,
  lastAnswer: { delivered: true, words: 'HTTP 200' },
  ...more,
})

export const channelFact = (more: Partial<ChannelFact> = {}): ChannelFact => ({
  channelId: 1,
  quality: { rank: 3, since: 0 },
  limitFell: undefined,
  restriction: undefined,
  disconnection: undefined,
  token: { rejectedAt: 0, acceptedAt: 1, code: null },
  tokenExpiresAt: null,
  apps: { ours: true, others: [] },
  otherAddress: undefined,
  silence: { unanswered: 0, of: 20, oldestAt: 0, usualMs: 300_000 },
  unknown: undefined,
  ...more,
})

export const machineFact = (more: Partial<MachineFact> = {}): MachineFact => ({
  host: 'node-1',
  tokens: [],
  slow: [],
  meta: { calls: 10, failed: 0, unreachable: 0, since: null },
  disk: { free: 500 * 1024 ** 3, total: 1000 * 1024 ** 3 },
  clock: { stepMs: 0, steppedAt: null, skewMs: 0, against: 'WhatsApp' },
  rates: undefined,
  fields: [],
  ...more,
})
