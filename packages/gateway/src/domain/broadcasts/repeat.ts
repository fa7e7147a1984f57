/** What became of one recipient. `at`: the time of the result, in epoch milliseconds. */
export type Outcome = {
  state: string
  /** Status of the message, if there is one. */
  status: string | null
  reason: string | null
  code: number | null
  at: number | null
}

/** Why a recipient is left out when the failed ones are tried again. Null: it may be tried again. */
export type LeftOut = 'not_failed' | 'unknown' | 'opted_out' | 'not_on_whatsapp' | 'marketing_limited' | 'experiment'

const DAY_MS = 24 * 60 * 60_000

/*
 * From Meta's list of error codes. 131049: WhatsApp limits the marketing messages that one person gets, and asks to wait;
 * a business that repeats it at once loses the person for all its messages. 130472: the person is part of an experiment.
 */
const NOT_ON_WHATSAPP = new Set([131026, 131021, 131051])
const OPTED_OUT = 131050
const MARKETING_LIMITED = 131049
const EXPERIMENT = 130472

/** Decides whether a recipient may be tried again. */
export function leftOut({ state, status, reason, code, at }: Outcome, now: number): LeftOut | null {
  // It may have arrived.
  if (state === 'unknown') return 'unknown'
  if (state !== 'failed' && status !== 'failed') return 'not_failed'
  if (reason === 'opted_out' || code === OPTED_OUT) return 'opted_out'
  if (reason === 'marketing_limited' || code === MARKETING_LIMITED)
    return at === null || now - at < DAY_MS ? 'marketing_limited' : null
  if (code !== null && NOT_ON_WHATSAPP.has(code)) return 'not_on_whatsapp'
  return code === EXPERIMENT ? 'experiment' : null
}
