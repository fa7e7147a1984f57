import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Clock } from '@postern/runtime/clock'
import type { LimitSettings } from './limits.ts'
import type { Log } from './log.ts'
import type { Story } from './story.ts'

export type SandboxOptions = {
  /** Default: 127.0.0.1. */
  host?: string
  /** Default: 0, which takes a free port. */
  port?: number
  /** Also listens on this port of all addresses, for phones on real handsets and nothing else. 0 takes a free port. */
  handsetPort?: number
  /** Seed of the app secret, the verify token, all ids and all random choices. */
  seed?: string
  appSecret?: string
  verifyToken?: string
  /** The app's callback; `subscribe` sets it later. */
  webhookUrl?: string
  clock?: Clock
  log?: Log
  /** Folder to store the state in. Without it the state is in memory. */
  dataDir?: string
  /** Starts with the demo account, templates and phones. Default: true. */
  demo?: boolean
  /** Delay from acceptance to `sent`, and from `sent` to `delivered`. Default: 20 ms; 0 is as fast as possible. */
  statusDelayMs?: number
  /** Every phone reads messages at once. */
  autoRead?: boolean
  /** Duration of a template's review. Default: 200 ms. */
  reviewDelayMs?: number
  /** Result of a review. Default: `approve`; `manual` waits for `judge`. */
  review?: 'approve' | 'reject' | 'manual'
  /** Meta's limits on throughput and pairs. Default: off. */
  limits?: Partial<LimitSettings>
  /** Version of the app's webhook subscription, as a number; below 24, statuses carry `conversation`. */
  webhookVersion?: number
  /** Timeout of a callback. */
  webhookTimeoutMs?: number
  /** Free service messages a month (from October 2026). Default: 1,000. */
  freeServiceMessages?: number
  /** Fetches links to this machine. */
  fetchLinks?: boolean
  /** What `POST /sandbox/settled` waits for. Default: the sandbox alone. */
  settled?: () => Promise<void>
  /** What `/sandbox/story` plays. */
  story?: Story
  /** Serves other pages on this port, such as the phones. Returns true when it answered the request. */
  site?: (request: IncomingMessage, response: ServerResponse) => boolean
}
