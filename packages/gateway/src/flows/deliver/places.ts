/** An endpoint's part of the free places. The smaller, the more stays free for those that come next. */
const PART_OF_FREE = 8
/** What every endpoint has in any case, however many others are slow. */
const LEAST = 4

/**
 * How many places one endpoint may hold: a dynamic threshold (Choudhury and Hahne, "Dynamic queue length thresholds for
 * shared-memory packet switches", 1998). The threshold is a part of what is free, so it falls as places are taken and a
 * reserve is always left: 16 slow endpoints hold 85 of 2,048 places each, 1,000 hold 2, and the next still finds some.
 */
export function mostPlaces(free: number, mostForOne: number): number {
  return Math.max(LEAST, Math.min(mostForOne, Math.floor(free / PART_OF_FREE)))
}
