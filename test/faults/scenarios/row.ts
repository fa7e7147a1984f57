import type { Traffic, Verdict } from '../traffic.ts'

/** One line of the table: the fault, and the state of the promises. */
export type Row = {
  what: string
  engine: string
  rounds: number
  verdict: Verdict
  /** True when an event may arrive twice: only after a lost lease, commit answer or customer's answer. */
  mayRepeat: boolean
  note: string
  /**
   * The minimum share of a customer's calls, and of webhooks, with a 2xx answer. A fault has a necessary cost (a store
   * that is down half of the time fails half of the calls). Any further cost is a bug.
   */
  available: number
  /**
   * The refusals that this fault explains, as `Verdict.refused` names them. Of others there may be one in a hundred.
   */
  explains: readonly string[]
}

export type Scale = {
  rounds: number
  /** Called with the progress of a scenario. */
  say: (text: string) => void
  /** A checkout of an earlier version. */
  old?: string | undefined
}

/** Ends the load and makes the line. An unexplained repetition breaks a promise too. */
export async function close(
  traffic: Traffic,
  row: Omit<Row, 'verdict'>,
  withinMs?: Parameters<Traffic['judge']>[0],
): Promise<Row> {
  const verdict = await traffic.judge(withinMs)
  if (!row.mayRepeat && verdict.duplicates > 0) {
    verdict.broken.push(`${verdict.duplicates} deliveries came twice though nothing was cut`)
  }
  verdict.broken.push(...unavailable(verdict, row))
  return { ...row, verdict }
}

const MOST_UNEXPLAINED = 0.01

/** Refusals of the gateway that the fault does not explain. */
export function unavailable(
  verdict: Pick<Verdict, 'sends' | 'refused' | 'acknowledged' | 'posted'>,
  { available, explains }: Pick<Row, 'available' | 'explains'>,
): string[] {
  const broken: string[] = []
  const refusals = Object.entries(verdict.refused)
  const calls = verdict.sends + sum(refusals.map(([, count]) => count))
  const below = (what: string, good: number, all: number): void => {
    if (good < available * all) broken.push(`only ${percent(good / all)} of ${all} ${what} were answered 2xx`)
  }
  below('sends', verdict.sends, calls)
  below('webhooks', verdict.acknowledged, verdict.posted)
  const strange = refusals.filter(([why]) => !explains.includes(why))
  if (sum(strange.map(([, count]) => count)) > MOST_UNEXPLAINED * calls) {
    broken.push(
      `refused without a reason in the fault: ${strange.map(([why, count]) => `${count} × ${why}`).join(', ')}`,
    )
  }
  return broken
}

/** The share of sends with a 2xx answer. */
export function shareOfSends({ sends, refused }: Pick<Verdict, 'sends' | 'refused'>): string {
  return percent(sends / (sends + sum(Object.values(refused))))
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)
const percent = (share: number): string => `${(share * 100).toFixed(share > 0.1 ? 0 : 1)} %`
