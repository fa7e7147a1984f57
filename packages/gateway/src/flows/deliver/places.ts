/** An endpoint's part of the free places. The smaller, the more stays free for later endpoints. */
const PART_OF_FREE = 8
/** The minimum of every endpoint, however many others are slow. */
const LEAST = 4

/**
 * Maximum number of places of one endpoint: a dynamic threshold (Choudhury and Hahne, "Dynamic queue length thresholds
 * for shared-memory packet switches", 1998). The threshold is a part of the free places, so it falls as places are
 * taken, and a reserve always remains: 16 slow endpoints hold 85 of 2,048 places each, 1,000 hold 2, and the next still
 * finds some.
 */
export function mostPlaces(free: number, mostForOne: number): number {
  return Math.max(LEAST, Math.min(mostForOne, Math.floor(free / PART_OF_FREE)))
}
