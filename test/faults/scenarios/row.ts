import type { Traffic, Verdict } from '../traffic.ts'

/** One line of the table: what was done to the gateway, and what became of its promises. */
export type Row = {
  what: string
  engine: string
  rounds: number
  verdict: Verdict
  /** Whether an event may come again: only where a lease, a commit's answer or a customer's answer was cut. */
  mayRepeat: boolean
  note: string
  /**
   * The share of a customer's calls, and of webhooks, that must be answered 2xx at the least. A fault costs what it must
   * (a store that is away half of the time takes half of them), and all that it costs beyond is a fault of ours.
   */
  available: number
  /** The refusals that this fault explains, as `Verdict.refused` names them; of others there may be one in a hundred. */
  explains: readonly string[]
}

export type Scale = {
  rounds: number
  /** Told as a scenario goes on. */
  say: (text: string) => void
}

/** Ends the load and makes the line; a repetition that nothing excuses breaks a promise as well. */
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

/** What the gateway refused that it need not have refused. */
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

/** The share of sends that were answered 2xx. */
export function shareOfSends({ sends, refused }: Pick<Verdict, 'sends' | 'refused'>): string {
  return percent(sends / (sends + sum(Object.values(refused))))
}

const sum = (counts: readonly number[]): number => counts.reduce((all, count) => all + count, 0)
const percent = (share: number): string => `${(share * 100).toFixed(share > 0.1 ? 0 : 1)} %`
