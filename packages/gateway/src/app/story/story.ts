import type { Story, StoryState } from '@postern/sandbox'
import { STORY_PROBLEMS, STORY_SAYS, STORY_STEPS, type StoryStep } from '../../domain/story.ts'
import type { Log } from '../../platform/log.ts'
import { DEMO } from '../demo.ts'
import { Pace, StoryEnds } from './pace.ts'
import type { Shop, StoryNeeds } from './shop.ts'

export type StoryOptions = {
  log: Log
  /** Undefined until the gateway listens, and when it stops. */
  needs: () => StoryNeeds | undefined
  /** Tests shorten it. */
  withinMs?: number | undefined
  keptForMs?: number | undefined
}

/** How long the endpoint of a story that is over stays, and how long a story may be paused. */
const KEPT_FOR_MS = 5 * 60_000
const PAUSED_FOR_MS = 10 * 60_000

/** One play, from its start until its endpoint is removed. */
type Play = {
  pace: Pace
  state: Exclude<StoryState['state'], 'idle' | 'paused'>
  step: number
  says: string
  sent: number
  shop?: Shop
  opened: Promise<void>
  /** Settled when nothing of it is left. */
  closed?: Promise<void>
  timer?: NodeJS.Timeout
}

/**
 * The story of a shop's day. At most one is played. A story that is over keeps its endpoint for a while, because the
 * attempts in the console are gone with it.
 */
export function createStory({ log, needs, withinMs, keptForMs = KEPT_FOR_MS }: StoryOptions): Story {
  let play: Play | undefined
  const listeners: (() => void)[] = []
  const changed = (): void => listeners.forEach((listener) => listener())

  async function open(one: Play): Promise<void> {
    const given = needs()
    if (!given) throw new StoryEnds(STORY_PROBLEMS.starting.says)
    const { sandbox } = given
    if (sandbox.faults().length > 0) throw new StoryEnds(STORY_PROBLEMS.faults.says)
    // Loaded with the first story, so that a start takes no longer.
    const [{ openShop }, { playDay }] = await Promise.all([import('./shop.ts'), import('./day.ts')])
    one.shop = await openShop(given, () => {
      one.pace.look()
      changed()
    })
    const stopListening = sandbox.on(({ type }) => {
      if (type === 'reset') one.pace.end(new StoryEnds(STORY_PROBLEMS.reset.says))
      else one.pace.look()
    })
    const step = (name: StoryStep): void => {
      one.step = STORY_STEPS.findIndex((row) => row.name === name) + 1
      one.says = STORY_STEPS[one.step - 1]!.says
      changed()
    }
    const day = { sandbox, shop: one.shop, pace: one.pace, step, sent: () => void one.sent++ }
    void playDay(day)
      .then(
        () => finish(one),
        (error: unknown) => fail(one, error),
      )
      .finally(stopListening)
  }

  function finish(one: Play): void {
    one.state = 'over'
    one.says = STORY_SAYS.over.says
    closeLater(one, keptForMs, () => void close(one))
    log.info({ sent: one.sent, heard: one.shop?.heard.length }, 'story.over')
    changed()
  }

  async function fail(one: Play, error: unknown): Promise<void> {
    one.state = 'failed'
    one.says = reasonOf(error, one.pace.signal)
    if (!(error instanceof StoryEnds) && !one.pace.signal.aborted)
      log.warn({ err: error, step: one.step }, 'story.failed')
    await close(one)
    changed()
  }

  function close(one: Play): Promise<void> {
    clearTimeout(one.timer)
    return (one.closed ??= (async () => {
      one.pace.end(new StoryEnds(STORY_PROBLEMS.stopped.says))
      await one.opened.catch(() => undefined)
      await one.shop?.close().catch((error: unknown) => log.warn({ err: error }, 'story.close_failed'))
    })())
  }

  function closeLater(one: Play, ms: number, act: () => void): void {
    clearTimeout(one.timer)
    one.timer = setTimeout(act, ms).unref()
  }

  return {
    state: () => stateOf(play, needs()),
    async start(speed) {
      if (play?.state === 'running') return play.opened
      const before = play
      const one: Play = {
        ...{ pace: new Pace(speed, withinMs), state: 'running', step: 0, says: STORY_SAYS.idle.says, sent: 0 },
        opened: Promise.resolve(),
      }
      play = one
      one.opened = (async () => {
        if (before) await close(before)
        await open(one)
      })()
      try {
        await one.opened
      } catch (error) {
        if (play === one) play = undefined
        throw error
      } finally {
        changed()
      }
    },
    pause() {
      if (play?.state !== 'running') return
      const one = play
      one.pace.pause()
      closeLater(one, PAUSED_FOR_MS, () => one.pace.end(new StoryEnds(STORY_PROBLEMS.forgotten.says)))
      changed()
    },
    resume(speed = play?.pace.speed) {
      if (play?.state !== 'running') return
      if (speed) play.pace.speed = speed
      clearTimeout(play.timer)
      play.pace.resume()
      changed()
    },
    async stop() {
      const one = play
      if (!one) return
      await close(one)
      if (play === one) play = undefined
      changed()
    },
    onChange: (listener) => void listeners.push(listener),
  }
}

function stateOf(play: Play | undefined, needs: StoryNeeds | undefined): StoryState {
  const isPaused = play?.state === 'running' && play.pace.isPaused
  return {
    state: isPaused ? 'paused' : (play?.state ?? 'idle'),
    step: play?.step ?? 0,
    steps: STORY_STEPS.length,
    name: play && play.step > 0 ? STORY_STEPS[play.step - 1]!.name : '',
    says: play?.says ?? STORY_SAYS.idle.says,
    speed: play?.pace.speed ?? 'normal',
    phones: DEMO.phones,
    sent: play?.sent ?? 0,
    heard: play?.shop?.heard.length ?? 0,
    refused: play?.shop?.refused ?? 0,
    twice: play?.shop?.twice ?? 0,
    console: needs?.consoleUrl ?? null,
  }
}

/** A call that was cut off by the end of the story says why the story ended. */
function reasonOf(error: unknown, signal: AbortSignal): string {
  const cause: unknown = signal.aborted ? signal.reason : error
  return cause instanceof Error ? cause.message : String(cause)
}
