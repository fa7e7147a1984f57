/** Meta's 24 hours. All times are epoch milliseconds. */
export const WINDOW_MS = 24 * 60 * 60 * 1000

/** A send takes time to reach Meta, so the window counts as closed this much earlier. */
export const WINDOW_MARGIN_MS = 5_000

export type Window =
  | { state: 'open'; closesAt: number }
  /** `closedAt` is missing when the contact never wrote. */
  | { state: 'closed'; closedAt?: number }
  /** The channel is too young to know: the contact may have written before the channel was connected. */
  | { state: 'unknown' }

export type WindowFacts = {
  /** Meta's timestamp of the contact's last message to this channel, however late its webhook arrived. */
  lastInboundAt?: number | undefined
  channelCreatedAt: number
}

/** Tells whether a free-form message may be sent at `now`. */
export function windowOf({ lastInboundAt, channelCreatedAt }: WindowFacts, now: number): Window {
  if (lastInboundAt === undefined) {
    return now - channelCreatedAt < WINDOW_MS ? { state: 'unknown' } : { state: 'closed' }
  }
  const closesAt = lastInboundAt + WINDOW_MS
  return now < closesAt - WINDOW_MARGIN_MS ? { state: 'open', closesAt } : { state: 'closed', closedAt: closesAt }
}
