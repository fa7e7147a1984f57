/** `fast` has no pauses for readers: for tests. */
export type StorySpeed = 'normal' | 'fast'

/** How far the story is, and what happens now. */
export type StoryState = {
  state: 'idle' | 'running' | 'paused' | 'over' | 'failed'
  /** From 1. 0: it has not begun. */
  step: number
  steps: number
  /** Name of the step. */
  name: string
  /** What happens now, in plain words; after a failure, what did not happen. */
  says: string
  speed: StorySpeed
  /** The people in it. */
  phones: readonly string[]
  /** Messages of the shop, events that its webhook took, attempts that it refused, and events that came again. */
  sent: number
  heard: number
  refused: number
  twice: number
  /** Address of the console. */
  console: string | null
}

/**
 * A shop's day, played on the phones by the program around the sandbox. A sandbox that runs alone has no business to
 * play.
 */
export type Story = {
  state(): StoryState
  /** Resolves when it runs. A story that runs already goes on. */
  start(speed: StorySpeed): Promise<void>
  pause(): void
  /** Goes on, or changes the speed. */
  resume(speed?: StorySpeed): void
  /** Ends it, and removes what it added. */
  stop(): Promise<void>
  /** Called after each change of the state. */
  onChange(listener: () => void): void
}
