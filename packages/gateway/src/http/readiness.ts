import type { Store } from '../store/store.ts'

/** How long a result of the store is used. */
const GOOD_FOR_MS = 1_000

/**
 * Checks whether the store accepts writes, and returns the reason when it does not. Anybody may request this, and each
 * check is a write with a sync of the disk: so there is at most one a second, and concurrent requests share its result.
 */
export function createReadiness(
  store: Pick<Store, 'ping'>,
  monotonic = (): number => performance.now(),
): () => Promise<string | undefined> {
  let last: { at: number; answer: Promise<string | undefined> } | undefined
  return () => {
    if (last === undefined || monotonic() - last.at >= GOOD_FOR_MS) {
      const look = {
        at: Infinity,
        answer: store.ping().then(
          () => undefined,
          (error: unknown) => (error as Error).message.slice(0, 200),
        ),
      }
      // The age of a result counts from its arrival; until then requests wait for it.
      void look.answer.then(() => (look.at = monotonic()))
      last = look
    }
    return last.answer
  }
}
