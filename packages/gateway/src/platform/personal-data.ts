export const LOG_PII = ['masked', 'full'] as const
export type LogPii = (typeof LOG_PII)[number]

const MASK = '•••'
/** Shorter names would be told by their two ends. */
const LEAST = 8

/** A number, an id or a name, as the log has it: enough to recognise one that is known, too little to learn one. */
export function masked(text: string): string {
  const letters = [...text]
  return letters.length < LEAST ? MASK : `${letters.slice(0, 3).join('')}${MASK}${letters.slice(-2).join('')}`
}

/** How the log writes a number, an id or a name of a person. */
export const writerOf =
  (mode: LogPii) =>
  (text: string): string =>
    mode === 'full' ? text : masked(text)
