import type { Store } from '../store/store.ts'

/** How long an answer of the store counts. */
const GOOD_FOR_MS = 1_000

/**
 * Asks the store whether it takes writes, and answers why not. Anybody may ask us, and each look is a write and a sync
 * of the disk: so there is one a second at the most, and whoever asks meanwhile gets its answer.
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
      // An answer counts from when it came; until then it is waited for.
      void look.answer.then(() => (look.at = monotonic()))
      last = look
    }
    return last.answer
  }
}
