/** A broadcast as the API answers it, as far as commands show it. */
export type Broadcast = {
  id: string
  name: string | null
  state: string
  reason: { message: string } | null
  counts: Record<string, number> & { total: number; waiting: number; accepted: number; failed: number; unknown: number }
  progress: Progress | null
  cost: { amount: string; currency: string } | null
  retry_of: string | null
  created_at: number
  failed_by_code?: { code: number | null; reason: string; recipients: number }[]
  failures?: { recipient: string; state: string; error: { message: string } | null }[]
}

type Progress = {
  rate: number
  allowed: number
  slowed_by: 'throttled' | 'quality' | null
  quiet_until: number | null
  seconds_left: number | null
}

/** True when somebody who waited for a broadcast did not get what they waited for. */
export function isBroken({ state, counts }: Pick<Broadcast, 'state' | 'counts'>): boolean {
  if (state === 'done') return counts.failed + counts.unknown > 0
  return state === 'paused' || state === 'stopped' || state === 'cancelled'
}

const BAR = 24

/** Progress of a broadcast in one line: for a terminal with a bar, and not wider than the terminal. */
export function progressLine({ counts, progress }: Broadcast, columns = Infinity): string {
  const { total, waiting, failed, unknown } = counts
  const done = total - waiting
  const share = total === 0 ? 1 : done / total
  const filled = Math.round(share * BAR)
  const bar = columns === Infinity ? '' : `[${'#'.repeat(filled)}${'-'.repeat(BAR - filled)}] `
  const parts = [
    `${bar}${Math.floor(share * 100)} %`,
    `${grouped(done)} of ${grouped(total)}`,
    ...(progress ? paceOf(progress) : []),
    ...(failed > 0 ? [`${grouped(failed)} failed`] : []),
    ...(unknown > 0 ? [`${grouped(unknown)} unknown`] : []),
  ]
  const line = parts.join(' · ')
  return line.length < columns ? line : line.slice(0, Math.max(0, columns - 1))
}

function paceOf({ rate, slowed_by: slowedBy, quiet_until: quietUntil, seconds_left: left }: Progress): string[] {
  if (quietUntil !== null) return [`quiet hours until ${new Date(quietUntil * 1000).toISOString().slice(11, 16)} UTC`]
  const slow = slowedBy === null ? '' : slowedBy === 'quality' ? ', slow: quality' : ', slow: WhatsApp throttles'
  return [`${rate} per second${slow}`, ...(left === null ? [] : [`${duration(left)} left`])]
}

/** `1:02:03` or `2:03`. */
export function duration(seconds: number): string {
  const [hours, minutes, rest] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60]
  const pair = (value: number): string => String(value).padStart(2, '0')
  return hours > 0 ? `${hours}:${pair(minutes)}:${pair(rest)}` : `${minutes}:${pair(rest)}`
}

const grouped = (value: number): string => value.toLocaleString('en')
