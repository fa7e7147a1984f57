import { type Clock } from '@postern/runtime/clock'
import type { CallResult } from '../../domain/incidents/call-window.ts'
import type { TokenProof } from '../../domain/incidents/facts.ts'
import { CloudApiError, NotConnected } from '../../platform/cloud-api/errors.ts'
import type { TemplateUse } from '../../store/incident-facts.ts'

/** What one thread saw since it last told. Plain data. */
export type Observed = {
  calls: Record<CallResult, number>
  tokens: TokenProof[]
  templates: TemplateUse[]
  fields: [name: string, count: number][]
  /** Our wall clock minus WhatsApp's, by the newest answer. */
  skewMs: number | null
}

/** Notes for incidents what passes by. Costs a few numbers for each call, and tells once a second. */
export type Observer = {
  /** A call of WhatsApp. No error: it succeeded. With a channel it was a send, which proves whether its token works. */
  called(channelId: number | undefined, error?: unknown): void
  template(use: TemplateUse): void
  unknownField(name: string): void
  /** WhatsApp's own time in an answer, and ours in the middle of the call. */
  serverTime(theirs: number, ours: number): void
}

const TELL_EVERY_MS = 1_000
const MOST_TEMPLATES = 500
const MOST_FIELDS = 20

export const isTokenError = (error: unknown): error is CloudApiError =>
  error instanceof CloudApiError && [0, 102, 104, 190].includes(error.code)

/** Whether WhatsApp itself worked. A refusal of a message is an answer. */
function resultOf(error: unknown): CallResult {
  if (error === undefined) return 'ok'
  if (error instanceof NotConnected) return 'unreachable'
  if (!(error instanceof CloudApiError)) return 'failing'
  return error.httpStatus >= 500 || FAILURES.has(error.code) ? 'failing' : 'ok'
}

/** These codes say that WhatsApp failed, whatever the HTTP status. */
const FAILURES = new Set([1, 2, 131000, 131016, 133004])

export function createObserver(clock: Clock, tell: (observed: Observed) => void): Observer {
  let calls = { ok: 0, failing: 0, unreachable: 0 }
  let tokens = new Map<number, TokenProof>()
  let templates = new Map<string, TemplateUse>()
  let fields = new Map<string, number>()
  let skewMs: number | null = null
  let waiting = false

  function later(): void {
    if (waiting) return
    waiting = true
    clock.after(TELL_EVERY_MS, () => {
      waiting = false
      const observed = {
        calls,
        tokens: [...tokens.values()],
        templates: [...templates.values()],
        fields: [...fields],
        skewMs,
      }
      calls = { ok: 0, failing: 0, unreachable: 0 }
      tokens = new Map()
      templates = new Map()
      fields = new Map()
      tell(observed)
    })
  }

  return {
    called(channelId, error) {
      const result = resultOf(error)
      calls[result]++
      if (result === 'ok' && channelId !== undefined) {
        let proof = tokens.get(channelId)
        if (!proof) tokens.set(channelId, (proof = { channelId, rejectedAt: 0, acceptedAt: 0, code: null }))
        if (isTokenError(error)) Object.assign(proof, { rejectedAt: clock.now(), code: error.code })
        else proof.acceptedAt = clock.now()
      }
      later()
    },
    template(use) {
      if (templates.size >= MOST_TEMPLATES) return
      templates.set(`${use.wabaId} ${use.name} ${use.language}`, use)
      later()
    },
    unknownField(name) {
      if (!fields.has(name) && fields.size >= MOST_FIELDS) return
      fields.set(name, (fields.get(name) ?? 0) + 1)
      later()
    },
    serverTime(theirs, ours) {
      skewMs = ours - theirs
      later()
    },
  }
}
