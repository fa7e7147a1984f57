import { isObject, wordOf, type Json } from './checker.ts'
import { GraphError } from './graph-error.ts'

export const VARIABLE = /\{\{\s*([A-Za-z0-9_]+)\s*\}\}/g

/** Names of the variables in a text, each once, in order: `['1', '2']` or `['first_name']`. */
export function variablesOf(text: string | undefined): string[] {
  return text === undefined ? [] : [...new Set([...text.matchAll(VARIABLE)].map((m) => m[1]!))]
}

export const isWord = (value: unknown): value is string => typeof value === 'string'
export const same = (a: unknown, b: string): boolean => isWord(a) && a.toLowerCase() === b

export const parametersOf = (component: Json | undefined): Json[] =>
  (component?.['parameters'] as Json[] | undefined) ?? []

export function wrongCount(where: string, given: number, expected: number): never {
  throw new GraphError(132000, {
    details: `${where}: number of localizable_params (${given}) does not match the expected number of params (${expected})`,
  })
}

export function mismatch(where: string, expected: string, received: string): never {
  throw new GraphError(132012, { details: `${where}: Format mismatch, expected ${expected}, received ${received}` })
}

/** The text of a parameter, as it appears in a message. */
export function textOf(parameter: Json): string {
  const type = wordOf(parameter['type']).toLowerCase()
  const value = parameter[type]
  const text = type === 'text' ? String(value) : isObject(value) ? String(value['fallback_value'] ?? '') : ''
  if (/[\n\r\t]| {5}/.test(text)) {
    throw new GraphError(132018, {
      details: 'Param text cannot have new-line/tab characters or more than 4 consecutive spaces',
    })
  }
  return text
}
