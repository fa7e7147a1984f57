/**
 * A moment of our clock, on the store's clock (both epoch milliseconds).
 *
 * `now` is what the store's clock showed at some time between `before` and `after` of ours. Where this can be the same
 * time, the clocks agree, and the moment stays what it was; the difference is known to the length of that span only.
 * Otherwise the result is never before the moment.
 */
export function byStoresClock(moment: number, now: number, ours: { before: number; after: number }): number {
  const agree = now >= ours.before && now <= ours.after
  return agree ? moment : moment + now - ours.before
}
