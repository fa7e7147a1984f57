import { isRecord } from '../../platform/is-record.ts'
import { outOfBounds } from '../fields/bounds.ts'
import { MOST_PROBLEMS, problem, type FieldProblem } from '../fields/problem.ts'
import type { ResourceCall } from './resources.ts'

/** A call to Meta, without the ids and the token of the channel. */
export type PlannedCall = {
  node: ResourceCall['node']
  /** The path after the node. */
  path: string[]
  query: Record<string, string>
  json?: Record<string, unknown>
}

export type Planned = { ok: true; call: PlannedCall } | { ok: false; problems: FieldProblem[] }

const LONGEST_VALUE = 2_000
/** Characters that a field expression of the Graph API may have between its brackets. */
const IN_BRACKETS = /^[A-Za-z0-9_,:+-]{1,2000}$/
/** Fields and their arguments, as `qr_image_url.format(SVG)`. */
const FIELDS = /^[A-Za-z0-9_.,()]{1,500}$/

/**
 * Converts a caller's query and body into one call to Meta. A key outside of the table is a problem and not ignored.
 */
export function planCall(rule: ResourceCall, query: Record<string, unknown>, body: unknown): Planned {
  const outside = outOfBounds(body)
  if (outside) return { ok: false, problems: [outside] }
  const problems: FieldProblem[] = []
  const given = readQuery(rule, query, problems)
  const json = readBody(rule, body, problems)
  if (rule.segment !== undefined && given[rule.segment] === undefined)
    problems.push(problem(rule.segment, 'required', 'is required in the query'))
  for (const key of rule.figures?.required ?? [])
    if (given[key] === undefined) problems.push(problem(key, 'required', 'is required in the query'))
  if (problems.length > 0) return { ok: false, problems }

  const path = rule.edge === undefined ? [] : [rule.edge]
  if (rule.segment !== undefined) path.push(given[rule.segment]!)
  const asked: Record<string, string> = rule.figures
    ? { fields: figuresOf(rule.figures, given) }
    : { ...rule.always, ...given }
  if (rule.segment !== undefined) delete asked[rule.segment]
  return { ok: true, call: { node: rule.node, path, query: asked, ...(json && { json }) } }
}

function readQuery(
  rule: ResourceCall,
  query: Record<string, unknown>,
  problems: FieldProblem[],
): Record<string, string> {
  const allowed = [...(rule.query ?? []), ...(rule.segment === undefined ? [] : [rule.segment])]
  const given: Record<string, string> = {}
  for (const [key, value] of Object.entries(query)) {
    if (!allowed.includes(key)) problems.push(problem(key, 'unknownKey', unknownKey(allowed, 'query parameter')))
    else if (typeof value !== 'string' || value === '' || value.length > LONGEST_VALUE)
      problems.push(problem(key, 'type', `must be given once, with 1 to ${LONGEST_VALUE} characters`))
    else if (rule.figures && !IN_BRACKETS.test(value))
      problems.push(problem(key, 'pattern', 'must hold only letters, digits and _ , : + -'))
    else if (key === 'fields' && !FIELDS.test(value))
      problems.push(problem(key, 'pattern', 'must be names of fields with commas between them, at most 500 characters'))
    else given[key] = value
  }
  return given
}

function readBody(rule: ResourceCall, body: unknown, problems: FieldProblem[]): Record<string, unknown> | undefined {
  const isEmpty = body === undefined || body === null || (isRecord(body) && Object.keys(body).length === 0)
  if (rule.body === undefined) {
    if (!isEmpty) problems.push(problem('', 'unknownKey', 'takes no body'))
    return undefined
  }
  if (!isRecord(body) || isEmpty) {
    problems.push(problem('', 'required', `must be a JSON object with ${rule.body.join(', ')}`))
    return undefined
  }
  const unknown = Object.keys(body).filter((key) => !rule.body!.includes(key))
  for (const key of unknown.slice(0, MOST_PROBLEMS))
    problems.push(problem(key, 'unknownKey', unknownKey(rule.body, 'key')))
  return { ...rule.filled, ...body }
}

const unknownKey = (allowed: readonly string[], what: string): string =>
  allowed.length === 0
    ? `is not a known ${what}: none is accepted here`
    : `is not a known ${what}: use ${allowed.join(', ')}`

/** `field.start(1).end(2).granularity(DAY)` */
function figuresOf(figures: NonNullable<ResourceCall['figures']>, given: Record<string, string>): string {
  const parts = Object.entries(given).map(([key, value]) => `${key}(${value})`)
  return [figures.field, ...parts].join('.')
}
