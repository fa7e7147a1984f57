import { z } from 'zod'
import { kindOf, named, shorten, type IssueParams } from './problem.ts'

type Choice = z.ZodType | { at: PropertyKey[]; params: IssueParams }
export type ChosenDef = z.core.$ZodUnionDef & { choose: (value: unknown) => Choice }

const Chosen = z.core.$constructor<z.ZodUnion & { _zod: { def: ChosenDef } }, ChosenDef>('Chosen', (inst, def) => {
  z.ZodUnion.init(inst, def)
  inst._zod.parse = (payload, ctx) => {
    const choice = def.choose(payload.value)
    if ('_zod' in choice) return choice._zod.run(payload as z.core.ParsePayload<never>, ctx)
    payload.issues.push({ code: 'custom', path: choice.at, params: choice.params, input: undefined })
    return payload
  }
})

/**
 * A union whose branch is chosen by one look at the value. An ordinary union tries every branch, which is slow and
 * reports the problems of branches that the caller did not mean.
 */
export function choose<const O extends readonly z.ZodType[]>(
  options: O,
  pick: (value: unknown) => Choice,
): z.ZodUnion<O> {
  return new Chosen({ type: 'union', options, choose: pick }) as unknown as z.ZodUnion<O>
}

/** A union whose branch is chosen by the word under `key`. */
export function chooseBy<const T extends Record<string, z.ZodType>>(
  key: string,
  table: T,
  { ignoreCase = false, fallback }: { ignoreCase?: boolean; fallback?: (value: object) => string | undefined } = {},
): z.ZodUnion<T[keyof T][]> {
  const branches = new Map(Object.entries(table))
  const words = [...branches.keys()]
  const wanted = `must be ${words.length === 1 ? '' : 'one of '}${words.map((word) => `"${word}"`).join(', ')}`
  return choose([...branches.values()], (value) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return notAnObject(value)
    const word = (value as Record<string, unknown>)[key] ?? fallback?.(value)
    if (word === undefined) return { at: [key], params: { rule: 'required', says: `is required: ${wanted}` } }
    if (typeof word !== 'string') {
      const actual = kindOf(word)
      return { at: [key], params: { rule: 'type', actual, says: `must be a string, got ${named(actual)}` } }
    }
    const branch = branches.get(ignoreCase ? word.toLowerCase() : word)
    if (branch) return branch
    const actual = shorten(word)
    return { at: [key], params: { rule: 'enum', actual, says: `${wanted}, got ${JSON.stringify(actual)}` } }
  }) as unknown as z.ZodUnion<T[keyof T][]>
}

export function notAnObject(value: unknown): { at: PropertyKey[]; params: IssueParams } {
  if (value === undefined) return { at: [], params: { rule: 'required', says: 'is required' } }
  const actual = kindOf(value)
  return { at: [], params: { rule: 'type', actual, says: `must be an object, got ${named(actual)}` } }
}
