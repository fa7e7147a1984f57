import type { Clock } from '@postern/runtime/clock'
import { createCallWindow } from '../../domain/incidents/call-window.ts'
import { type Step, stepOf } from '../../domain/incidents/clock-watch.ts'
import type { MachineFact, TokenProof } from '../../domain/incidents/facts.ts'
import type { Incident } from '../../domain/incidents/incident.ts'
import type { TemplateUse } from '../../store/incident-facts.ts'
import type { Observed } from './observer.ts'

/** What a machine knows by itself, without its disk, its rates and its prices. */
export type Seen = Pick<MachineFact, 'meta' | 'clock' | 'tokens' | 'fields'>

/** What the threads of a machine saw, and the incidents that its leading thread published for all of them. */
export type Board = {
  tell(observed: Observed): void
  seen(): Seen | Promise<Seen>
  /** Templates that were used since the last call. */
  takeTemplates(): TemplateUse[] | Promise<TemplateUse[]>
  publish(open: readonly Incident[]): void
  open(): Published | Promise<Published>
}

/**
 * The open incidents as they were last published. Undefined: the process has just started, and none were. `lost`: none
 * were for a minute, because looks fail or hang, so nobody knows what is wrong now.
 */
export type Published = readonly Incident[] | 'lost' | undefined

/** What is known of it. */
export const listOf = (published: Published): readonly Incident[] =>
  published === undefined || published === 'lost' ? [] : published

/** A list is not shown for longer than this. Looks come every few seconds. */
const SHOWN_FOR_MS = 60_000

const SKEWS = 5
const MOST_FIELDS = 20
const MOST_TEMPLATES = 2_000

export function createBoard(clock: Clock) {
  const window = createCallWindow()
  const tokens = new Map<number, TokenProof>()
  const fields = new Map<string, { at: number; count: number }>()
  const skews: number[] = []
  let templates = new Map<string, TemplateUse>()
  let step: Step = { stepMs: 0, steppedAt: null }
  let clocks: { wall: number; monotonic: number } | undefined
  let published: readonly Incident[] | undefined
  let publishedAt = clock.monotonic()

  return {
    tell({ calls, tokens: proofs, templates: used, fields: unknown, skewMs }: Observed): void {
      const now = clock.monotonic()
      for (const [result, count] of Object.entries(calls) as [keyof typeof calls, number][])
        if (count > 0) window.note(result, count, now)
      for (const proof of proofs) keepProof(tokens, proof)
      for (const use of used)
        if (templates.size < MOST_TEMPLATES) templates.set(`${use.wabaId} ${use.name} ${use.language}`, use)
      for (const [name, count] of unknown) {
        const known = fields.get(name)
        if (known) known.count += count
        else if (fields.size < MOST_FIELDS) fields.set(name, { at: clock.now(), count })
      }
      if (skewMs !== null) skews.push(skewMs)
      if (skews.length > SKEWS) skews.shift()
    },

    seen(): Seen {
      const next = { wall: clock.now(), monotonic: clock.monotonic() }
      step = stepOf(clocks, next, step)
      clocks = next
      const { sinceMs, ...meta } = window.read(next.monotonic)
      return {
        meta: { ...meta, since: sinceMs === null ? null : next.wall - sinceMs },
        clock: { ...step, skewMs: median(skews), against: 'WhatsApp' },
        tokens: [...tokens.values()],
        fields: [...fields].map(([name, known]) => ({ name, ...known })),
      }
    },

    takeTemplates(): TemplateUse[] {
      const taken = [...templates.values()]
      templates = new Map()
      return taken
    },

    publish(open: readonly Incident[]): void {
      published = open
      publishedAt = clock.monotonic()
    },
    open: (): Published => (clock.monotonic() - publishedAt > SHOWN_FOR_MS ? 'lost' : published),
  } satisfies Board
}

/** The later proofs of two. */
export function keepProof(proofs: Map<number, TokenProof>, proof: TokenProof): void {
  const known = proofs.get(proof.channelId)
  if (!known) return void proofs.set(proof.channelId, { ...proof })
  if (proof.rejectedAt > known.rejectedAt) Object.assign(known, { rejectedAt: proof.rejectedAt, code: proof.code })
  known.acceptedAt = Math.max(known.acceptedAt, proof.acceptedAt)
}

/** One late answer says nothing about a clock; several agree. */
function median(values: readonly number[]): number | null {
  if (values.length < 3) return null
  return [...values].sort((a, b) => a - b)[values.length >> 1]!
}
