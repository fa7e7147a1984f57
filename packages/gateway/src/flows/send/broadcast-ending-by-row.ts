import type { Ending } from '../../store/broadcast-run.ts'

export const MOST_TRIES = 8

/** The result of another runner's send, from its message's row. */
export function endingByRow(left: { n: number; tries: number; status: string | null; wamid: string | null }): Ending {
  const known = { n: Number(left.n), tries: Number(left.tries), error: null }
  if (left.wamid !== null) return { ...known, state: 'accepted' }
  if (left.status === null) return { ...known, state: 'waiting', fresh: false }
  // Without an id of WhatsApp's, `failed` means that WhatsApp did not accept it.
  if (left.status === 'failed') {
    const tries = known.tries + 1
    if (tries >= MOST_TRIES) return { ...known, tries, state: 'failed', error: REFUSED }
    return { ...known, tries, state: 'waiting', fresh: true }
  }
  return { ...known, state: 'unknown', error: OUTCOME_UNKNOWN }
}

const REFUSED = JSON.stringify({ reason: 'rejected_by_whatsapp', message: 'WhatsApp did not take the message.' })
const OUTCOME_UNKNOWN = JSON.stringify({
  reason: 'outcome_unknown',
  message: 'The gateway stopped before WhatsApp answered.',
})
