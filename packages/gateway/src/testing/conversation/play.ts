import { setTimeout as sleep } from 'node:timers/promises'
import { diffOf, matchMessages } from './compare.ts'
import type { PhonesApi, Seen } from './phones-api.ts'
import { actionOf, wordsOf, type Step } from './steps.ts'

/** A step that is not as it was recorded. */
export type Difference = {
  /** From 1. Undefined: a message that no step expects, at the end. */
  step: number | undefined
  phone: string
  /** What is different, in a sentence. */
  what: string
  /** What the person would see, line by line: `-` recorded, `+` now. */
  diff: string[]
}

const LOOK_EVERY_MS = 25

/**
 * Plays the steps on the phones and compares what they see. It goes on after a difference, so that one run names all of
 * them, and ends at a step that a phone cannot do.
 */
export async function play(
  api: PhonesApi,
  steps: readonly Step[],
  options: { withinMs?: number } = {},
): Promise<Difference[]> {
  const player = new Player(api, options.withinMs ?? 5_000)
  await player.begin(steps)
  for (let i = 0; i < steps.length;) {
    let end = i
    while (end < steps.length && 'sees' in steps[end]!) end++
    if (end > i) await player.see(steps, i, end)
    else if (!(await player.act(steps[i]!, i + 1))) return player.differences
    i = Math.max(end, i + 1)
  }
  await player.end()
  return player.differences
}

class Player {
  readonly differences: Difference[] = []
  readonly #api: PhonesApi
  readonly #withinMs: number
  /** Number of messages that each phone had seen. */
  readonly #seen = new Map<string, number>()
  /** Ids of the messages of steps, by their numbers. */
  readonly #ids = new Map<number, string>()

  constructor(api: PhonesApi, withinMs: number) {
    this.#api = api
    this.#withinMs = withinMs
  }

  /** What the phones have already does not count. */
  async begin(steps: readonly Step[]): Promise<void> {
    for (const phone of new Set(steps.map((step) => step.phone)))
      this.#seen.set(phone, (await this.#api.received(phone)).length)
  }

  /** False when the phone cannot do it. */
  async act(step: Step, n: number): Promise<boolean> {
    const { verb, body } = callOf(step)
    try {
      if ('to' in step) body['to'] = this.#mustHave(step.to)
      const id = await this.#api.does(step.phone, verb, body)
      if (id !== undefined) this.#ids.set(n, id)
      return true
    } catch (error) {
      const what = `the phone cannot do this: ${(error as Error).message}. The steps after it did not run`
      this.differences.push({ step: n, phone: step.phone, what, diff: [`- ${wordsOf(step)}`] })
      return false
    }
  }

  #mustHave(n: number): string {
    const id = this.#ids.get(n)
    if (id === undefined) throw new Error(`there is no message of step ${n}`)
    return id
  }

  /** Steps from `from` up to `to` are messages that arrive, at one phone or at several. */
  async see(steps: readonly Step[], from: number, to: number): Promise<void> {
    const byPhone = new Map<string, number[]>()
    for (let i = from; i < to; i++) byPhone.set(steps[i]!.phone, [...(byPhone.get(steps[i]!.phone) ?? []), i])
    for (const [phone, at] of byPhone) {
      const wanted = at.map((i) => (steps[i] as { sees: string }).sees)
      const numbers = at.map((i) => i + 1)
      this.#compare(phone, numbers, wanted, await this.#arrivals(phone, wanted))
    }
  }

  /** Messages that no step expects are differences too. */
  async end(): Promise<void> {
    await this.#api.settled()
    for (const phone of this.#seen.keys()) this.#compare(phone, [], [], await this.#news(phone))
  }

  #compare(phone: string, numbers: readonly number[], wanted: readonly string[], news: readonly Seen[]): void {
    const texts = news.map(({ text }) => text)
    for (const match of matchMessages(wanted, texts)) {
      const step = 'wanted' in match ? numbers[match.wanted] : undefined
      if ('seen' in match && step !== undefined) this.#ids.set(step, news[match.seen]!.id)
      if (match.kind === 'same') continue
      const recorded = 'wanted' in match ? wanted[match.wanted] : undefined
      const seen = 'seen' in match ? texts[match.seen] : undefined
      const what = {
        differs: 'the person sees something else',
        missing: `the person sees nothing within ${this.#withinMs / 1000} s`,
        more: 'the person also sees a message that was not recorded',
      }[match.kind]
      this.differences.push({ step: step ?? numbers.at(-1), phone, what, diff: diffOf(recorded, seen) })
    }
    this.#seen.set(phone, this.#seen.get(phone)! + news.length)
  }

  async #news(phone: string): Promise<Seen[]> {
    return (await this.#api.received(phone)).slice(this.#seen.get(phone))
  }

  /** New messages, once there are enough of them, or when the time is over. */
  async #arrivals(phone: string, wanted: readonly string[]): Promise<Seen[]> {
    const deadline = performance.now() + this.#withinMs
    for (;;) {
      const news = await this.#news(phone)
      if (performance.now() > deadline) return news
      if (news.length >= wanted.length) {
        const texts = news.map(({ text }) => text)
        if (matchMessages(wanted, texts).every(({ kind }) => kind === 'same')) return news
        // One that nobody recorded may have come before those that were.
        await this.#api.settled()
        return this.#news(phone)
      }
      await sleep(LOOK_EVERY_MS)
    }
  }
}

/** The control call of a step. */
function callOf(step: Step): { verb: string; body: Record<string, unknown> } {
  const verb = actionOf(step)
  if ('says' in step) return { verb, body: typeof step.says === 'string' ? { text: step.says } : { ...step.says } }
  if ('replies' in step)
    return { verb, body: typeof step.replies === 'string' ? { text: step.replies } : { ...step.replies } }
  if ('reacts' in step) return { verb, body: step.reacts === '' ? {} : { emoji: step.reacts } }
  if ('taps' in step) return { verb, body: { button: step.taps } }
  if ('picks' in step) return { verb, body: { row: step.picks } }
  if ('opens' in step) return { verb, body: { button: step.opens } }
  if ('submits' in step) return { verb, body: { data: step.submits } }
  if ('blocks' in step) return { verb, body: { blocked: step.blocks } }
  return { verb, body: {} }
}

/** The report of a run, for people. */
export function reportOf(steps: readonly Step[], differences: readonly Difference[]): string {
  return differences
    .map(({ step, phone, what, diff }) => {
      const where = step === undefined ? `after the last step, ${phone}` : `step ${step} (${wordsOf(steps[step - 1]!)})`
      return [`${where}: ${what}.`, ...diff.map((line) => `    ${line}`)].join('\n')
    })
    .join('\n\n')
}
