import type { Facts } from './facts.ts'
import { type Incident, isWorse, keyOf, type Kind, KINDS, type Reading } from './incident.ts'
import { RULES } from './rules.ts'

/** A longer pause between two judgements proves nothing about the time between them: the clock may have been set. */
const MOST_PASSED_MS = 15_000
/** An incident that comes back within this time closes more slowly than before. */
const REMEMBERED_MS = 60 * 60_000
const SLOWER = 4
const SLOWEST_CLOSE_MS = 60 * 60_000

/**
 * What is known under one key. `suspected`: there is evidence, not yet for long enough. `open`: an incident. `closed`: it
 * was one lately, and is remembered, so that one that comes and goes does not open again and again.
 */
type Watch = {
  phase: 'suspected' | 'open' | 'closed'
  incident: Incident
  /** How long the evidence has lasted, or has been gone. */
  badMs: number
  goodMs: number
  goodSince: number | null
  /** How often it came back. */
  returns: number
}

export type Judgement = { at: number; watches: ReadonlyMap<string, Watch> }

/**
 * What a judgement changed. `changed`: open before and after, with other words, count or severity. `worsened`: those of
 * them that are more severe than before.
 */
export type Verdict = { judgement: Judgement } & Record<'opened' | 'changed' | 'worsened' | 'closed', Incident[]>

export const NOTHING_KNOWN: Judgement = { at: 0, watches: new Map() }

/** The judgement of a process that starts: the incidents that the store has as open. */
export const judgementOf = (open: readonly Incident[], at: number): Judgement => ({
  at,
  watches: new Map(open.map((incident) => [keyOf(incident), { ...begun(incident), phase: 'open' as const }])),
})

/**
 * Adds the open incidents of the store to a judgement that began without it. Of several under one key the oldest stays
 * open. `save`: what the store has otherwise; `replaced`: ids that were opened here and are now an older incident.
 */
export function withStored(
  before: Judgement,
  stored: readonly Incident[],
  now: number,
): { judgement: Judgement; save: Incident[]; replaced: ReadonlySet<string> } {
  const watches = new Map(before.watches)
  const seen = new Set<string>()
  const save: Incident[] = []
  const replaced = new Set<string>()
  for (const one of [...stored].sort((a, b) => a.since - b.since)) {
    const key = keyOf(one)
    const was = before.watches.get(key)
    if (seen.has(key)) save.push({ ...one, until: Math.max(now, one.since) })
    else if (was?.phase === 'open') {
      if (was.incident.id !== one.id) replaced.add(was.incident.id)
      const incident = { ...was.incident, id: one.id, since: one.since }
      watches.set(key, { ...was, incident })
      save.push(incident)
    } else watches.set(key, { ...begun(one), phase: 'open' })
    seen.add(key)
  }
  return { judgement: { ...before, watches }, save, replaced }
}

const begun = (incident: Incident): Watch => ({
  phase: 'suspected',
  incident,
  badMs: 0,
  goodMs: 0,
  goodSince: null,
  returns: 0,
})

export const openIncidents = ({ watches }: Judgement): Incident[] =>
  [...watches.values()].filter(({ phase }) => phase === 'open').map(({ incident }) => incident)

/**
 * Judges the facts of one moment. An incident opens when its evidence has lasted for the time of its kind, and closes
 * when the evidence has been gone for long enough. One that could not be looked at stays as it is.
 */
export function judge(before: Judgement, facts: Facts, now: number, newId: () => string): Verdict {
  const passed = before.at === 0 ? 0 : Math.min(MOST_PASSED_MS, Math.max(0, now - before.at))
  const readings = new Map<string, Reading>()
  const read = new Set<Kind>()
  for (const { kind, read: look } of RULES) {
    const found = look(facts, now)
    if (found === undefined) continue
    read.add(kind)
    for (const one of found) if (isStronger(one, readings.get(keyOf(one)))) readings.set(keyOf(one), one)
  }
  const verdict: Omit<Verdict, 'judgement'> = { opened: [], changed: [], worsened: [], closed: [] }
  const watches = new Map<string, Watch>()
  for (const key of new Set([...before.watches.keys(), ...readings.keys()])) {
    const was = before.watches.get(key)
    const reading = readings.get(key)
    const next =
      reading === undefined
        ? read.has(was!.incident.kind)
          ? withoutEvidence(was!, now, passed)
          : was
        : reading.unread
          ? was
          : withEvidence(was, reading, now, passed, newId)
    if (next === undefined) continue
    watches.set(key, next)
    if (was?.phase === 'open' && next.phase === 'open') {
      if (isTold(was.incident, next.incident)) verdict.changed.push(next.incident)
      if (isWorse(next.incident, was.incident)) verdict.worsened.push(next.incident)
    } else if (next.phase === 'open') verdict.opened.push(next.incident)
    else if (was?.phase === 'open') verdict.closed.push(next.incident)
  }
  return { judgement: { at: now, watches }, ...verdict }
}

/** Of two readings under one key, as of two processes of one machine: evidence wins, and more of it. */
const strengthOf = (one: Reading | undefined): number => (!one ? -1 : one.unread ? 0 : one.holds ? 1 : 2)
const isStronger = (one: Reading, than: Reading | undefined): boolean => strengthOf(one) >= strengthOf(than)

const isTold = (was: Incident, is: Incident): boolean =>
  was.severity !== is.severity || was.count !== is.count || was.what !== is.what || was.advice !== is.advice

function withEvidence(
  was: Watch | undefined,
  reading: Reading,
  now: number,
  passed: number,
  newId: () => string,
): Watch | undefined {
  const { holds = false, unread: _unread, since, ...told } = reading
  if (was?.phase === 'open')
    return { ...was, incident: { ...was.incident, ...told }, goodMs: 0, goodSince: null, badMs: was.badMs + passed }
  const isGoing = was?.phase === 'suspected'
  // Too little to open anything, and nothing to keep open.
  if (holds) return was?.phase === 'closed' ? forgotten(was, passed) : was
  const badMs = isGoing ? was.badMs + passed : 0
  const incident: Incident = {
    ...told,
    id: isGoing ? was.incident.id : newId(),
    since: Math.min(now, since ?? (isGoing ? was.incident.since : now)),
    until: null,
  }
  const returns = isGoing ? was.returns : was?.phase === 'closed' ? was.returns + 1 : 0
  const phase = badMs >= KINDS[reading.kind].openAfterMs ? 'open' : 'suspected'
  return { phase, incident, badMs, goodMs: 0, goodSince: null, returns }
}

function withoutEvidence(was: Watch, now: number, passed: number): Watch | undefined {
  if (was.phase === 'closed') return forgotten(was, passed)
  // One that came back and left again before it opened: what is remembered of it stays remembered.
  if (was.phase === 'suspected')
    return was.returns > 0 ? { ...was, phase: 'closed', badMs: 0, goodMs: 0, returns: was.returns - 1 } : undefined
  const goodSince = was.goodSince ?? now
  const goodMs = was.goodSince === null ? 0 : was.goodMs + passed
  const gone = { ...was, goodMs, goodSince }
  if (goodMs < closeAfter(was)) return gone
  return { ...gone, phase: 'closed', incident: { ...was.incident, until: goodSince }, goodMs: 0 }
}

const closeAfter = ({ incident, returns }: Watch): number => {
  const { closeAfterMs } = KINDS[incident.kind]
  return Math.min(SLOWEST_CLOSE_MS, Math.max(closeAfterMs, returns > 0 ? 15_000 : 0) * SLOWER ** returns)
}

function forgotten(was: Watch, passed: number): Watch | undefined {
  const goodMs = was.goodMs + passed
  return goodMs < REMEMBERED_MS ? { ...was, goodMs } : undefined
}
