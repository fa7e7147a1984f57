import type { Facts } from './facts.ts'
import type { Kind, Reading } from './incident.ts'

export const SECOND = 1000
export const MINUTE = 60 * SECOND
export const HOUR = 60 * MINUTE
export const DAY = 24 * HOUR

/** The evidence for incidents of one kind. Undefined: it could not be looked at. */
export type Rule = { kind: Kind; read(facts: Facts, now: number): Reading[] | undefined }

type Found = Omit<Reading, 'kind'>

/** A rule about each element of a part of the facts. */
export const rule = <P extends keyof Facts>(
  kind: Kind,
  part: P,
  judge: (one: NonNullable<Facts[P]> extends readonly (infer E)[] ? E : never, now: number) => Found | undefined,
): Rule => ({
  kind,
  read(facts, now) {
    const all = facts[part] as readonly never[] | undefined
    return all?.flatMap((one) => {
      const found = judge(one, now)
      return found ? [{ kind, ...found }] : []
    })
  },
})

/** For what could not be looked at. */
export const UNREAD = { unread: true, severity: 'info', count: 1, what: '', advice: '' } as const

/** A time for people: minutes, in UTC. */
export const timeText = (ms: number): string => `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
