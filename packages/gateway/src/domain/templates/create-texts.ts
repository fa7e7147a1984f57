import { z } from 'zod'
import { choose } from '../fields/choose.ts'
import { listOf } from '../fields/lists.ts'
import { across, fieldOf, itemsOf, text } from '../fields/schema.ts'
import type { Report } from '../fields/schema.ts'
import { exampleValue } from './create-buttons.ts'
import { isNumber, variablesIn } from './variables.ts'

/** Texts of a template that is being created, their variables, and the examples that WhatsApp's reviewers need. */

const namedExample = z.strictObject({ param_name: text(1, 64), example: exampleValue })
const flat = listOf(exampleValue)
const nested = listOf(flat, 1, 1)

/** Complete samples have a list in a list. Meta also accepts a plain list and a single value. */
const bodyText = choose([nested, flat, exampleValue], (value) => {
  if (!Array.isArray(value)) return exampleValue
  return Array.isArray(value[0]) ? nested : flat
})

export const bodyExample = z.strictObject({
  body_text: bodyText.optional(),
  body_text_named_params: listOf(namedExample).optional(),
})

const headerText = choose([flat, exampleValue], (value) => (Array.isArray(value) ? flat : exampleValue))

export const headerExample = z.strictObject({
  header_text: headerText.optional(),
  header_text_named_params: listOf(namedExample).optional(),
  header_handle: listOf(text(1, 4096)).optional(),
})

const MOST_LOOKED_AT = 4096

type Kind = { numbered: string; named: string; most: number; mayTouchEnds: boolean }

/** Rules for the variables in the text of one component. */
export function goodVariables({ numbered, named, most, mayTouchEnds }: Kind) {
  return across((value, report) => {
    const words = fieldOf(value, 'text')
    // A text that is far too long has a problem of its own; searching it for braces would cost too much.
    if (typeof words !== 'string' || words.length > MOST_LOOKED_AT) return
    const variables = variablesIn(words)
    if (variables.length > most) {
      const says = `takes at most ${most} variable${most === 1 ? '' : 's'}, got ${variables.length}`
      report(['text'], { rule: 'maxItems', limit: most, actual: variables.length, says })
    }
    checkNames(words, variables, report)
    if (!mayTouchEnds && (/^\s*\{\{/.test(words) || /\}\}\s*$/.test(words))) {
      report(['text'], { rule: 'pattern', says: 'must not begin or end with a variable: put words around it' })
    }
    checkExamples(fieldOf(value, 'example'), variables, numbered, named, report)
  })
}

/**
 * Every part from two opening braces to the next one or two closing braces. Not a regular expression: that would search
 * from every brace to the end of the text, and a text that is too long is searched too.
 */
function bracesIn(words: string): string[] {
  const found: string[] = []
  for (let at = words.indexOf('{{'); at >= 0;) {
    const close = words.indexOf('}', at + 2)
    if (close < 0) break
    const end = words[close + 1] === '}' ? close + 2 : close + 1
    found.push(words.slice(at, end))
    at = words.indexOf('{{', end)
  }
  return found
}

function checkNames(words: string, variables: readonly string[], report: Report): void {
  const braces = bracesIn(words)
  const odd = braces.find((brace) => variablesIn(brace).length === 0)
  if (odd !== undefined) {
    report(['text'], { rule: 'pattern', says: 'has a variable that is neither {{1}} nor {{lower_case_name}}' })
  }
  const numbers = variables.filter(isNumber)
  if (numbers.length > 0 && numbers.length < variables.length) {
    report(['text'], { rule: 'consistent', says: 'must number its variables or name them, not both' })
  } else if (numbers.some((number, i) => Number(number) !== i + 1)) {
    report(['text'], { rule: 'pattern', says: 'must number its variables from {{1}} without gaps' })
  } else if (numbers.length === 0 && variables.some((name) => name !== name.toLowerCase())) {
    report(['text'], { rule: 'pattern', says: 'must name its variables in lower case' })
  }
}

function checkExamples(
  example: unknown,
  variables: readonly string[],
  numbered: string,
  named: string,
  report: Report,
): void {
  if (variables.length === 0) return
  const isNumbered = variables.every(isNumber)
  const key = isNumbered ? numbered : named
  const given = isNumbered ? examplesIn(fieldOf(example, key)) : namesIn(fieldOf(example, key))
  if (given === undefined) {
    report(['example', key], {
      rule: 'required',
      says: `is required: one example for each variable (${variables.length})`,
    })
  } else if (isNumbered && given.length !== variables.length) {
    const rule = given.length > variables.length ? 'maxItems' : 'minItems'
    const says = `must have one example for each variable: ${variables.length}, got ${given.length}`
    report(['example', key], { rule, limit: variables.length, actual: given.length, says })
  } else if (!isNumbered) {
    const without = variables.filter((name) => !given.includes(name))
    if (without.length === 0) return
    report(['example', key], { rule: 'required', says: `must have an example for ${without.join(', ')}` })
  }
}

/** Examples of any accepted form, as one list. */
export function examplesIn(value: unknown): readonly unknown[] | undefined {
  if (value === undefined) return undefined
  if (!Array.isArray(value)) return [value]
  return Array.isArray(value[0]) ? (value[0] as unknown[]) : (value as unknown[])
}

function namesIn(value: unknown): readonly unknown[] | undefined {
  return value === undefined ? undefined : itemsOf(value).map((item) => fieldOf(item, 'param_name'))
}
