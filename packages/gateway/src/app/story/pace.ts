import { setTimeout as sleep } from 'node:timers/promises'
import type { StorySpeed } from '@postern/sandbox'

/** Ends the story with a sentence for people. */
export class StoryEnds extends Error {
  override readonly name = 'StoryEnds'
}

const WITHIN_MS = 20_000
/** A change of the speed, and the end, are noticed within this time. */
const LOOK_MS = 100

/** Pauses for readers, and waits for facts. Both end when the story ends. */
export class Pace {
  speed: StorySpeed
  readonly #ended = new AbortController()
  readonly #withinMs: number
  #going: PromiseWithResolvers<void> | undefined
  #facts = new Set<() => void>()

  constructor(speed: StorySpeed, withinMs = WITHIN_MS) {
    this.speed = speed
    this.#withinMs = withinMs
  }

  get signal(): AbortSignal {
    return this.#ended.signal
  }

  get isPaused(): boolean {
    return this.#going !== undefined
  }

  pause(): void {
    this.#going ??= Promise.withResolvers<void>()
  }

  resume(): void {
    this.#going?.resolve()
    this.#going = undefined
  }

  end(why: StoryEnds): void {
    this.#ended.abort(why)
    this.resume()
    this.look()
  }

  /** Time to read, none in a fast story. Here a paused story stands still. */
  async beat(ms: number): Promise<void> {
    this.signal.throwIfAborted()
    for (let left = ms; left > 0 && this.speed === 'normal' && !this.signal.aborted; left -= LOOK_MS)
      await sleep(Math.min(left, LOOK_MS), undefined, { ref: false })
    while (this.#going && !this.signal.aborted) await this.#going.promise
    this.signal.throwIfAborted()
  }

  /** Something happened: waits look again. */
  look(): void {
    for (const fact of this.#facts) fact()
  }

  /** Waits for a fact, which has to be there within 20 s. Returns what `find` finds. */
  async until<T>(find: () => T | undefined, orElse: string): Promise<T> {
    this.signal.throwIfAborted()
    const { promise, resolve, reject } = Promise.withResolvers<T>()
    const look = (): void => {
      if (this.signal.aborted) return reject(this.signal.reason as StoryEnds)
      const found = find()
      if (found !== undefined) resolve(found)
    }
    const late = setTimeout(() => reject(new StoryEnds(orElse)), this.#withinMs)
    this.#facts.add(look)
    try {
      look()
      return await promise
    } finally {
      clearTimeout(late)
      this.#facts.delete(look)
    }
  }
}
