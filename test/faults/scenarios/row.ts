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
  return { ...row, verdict }
}
