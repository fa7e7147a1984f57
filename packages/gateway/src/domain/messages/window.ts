/** Meta's 24 hours. All times are epoch milliseconds. */
export const WINDOW_MS = 24 * 60 * 60 * 1000

/** A send needs a moment to reach Meta, so the window counts as closed this much earlier. */
export const WINDOW_MARGIN_MS = 5_000

export type Window =
  | { state: 'open'; closesAt: number }
  /** `closedAt` is missing when the person never wrote. */
  | { state: 'closed'; closedAt?: number }
  /** Never seen, on a channel too young to know: the person may have written before we were connected. */
  | { state: 'unknown' }

export type WindowFacts = {
  /** Meta's timestamp of the person's last message to this channel, however late its webhook came. */
  lastInboundAt?: number | undefined
  channelCreatedAt: number
}

/** Whether a free-form message may be sent at `now`. */
export function windowOf({ lastInboundAt, channelCreatedAt }: WindowFacts, now: number): Window {
  if (lastInboundAt === undefined) {
    return now - channelCreatedAt < WINDOW_MS ? { state: 'unknown' } : { state: 'closed' }
  }
  const closesAt = lastInboundAt + WINDOW_MS
  return now < closesAt - WINDOW_MARGIN_MS ? { state: 'open', closesAt } : { state: 'closed', closedAt: closesAt }
}
