import { codePoints } from '../fields/text.ts'
import type { TextWants } from './catalog-entry.ts'

const VARIABLE = /\{\{\s*([A-Za-z0-9_]{1,64})\s*\}\}/g

/** Names of the variables in a text, each once: numbers in ascending order, words in the order of first use. */
export function variablesIn(text: string): string[] {
  const names = new Set<string>()
  for (const match of text.matchAll(VARIABLE)) names.add(match[1]!)
  const list = [...names]
  return list.every(isNumber) ? list.sort((a, b) => Number(a) - Number(b)) : list
}

export function isNumber(name: string): boolean {
  return /^\d+$/.test(name)
}

/** Replaces variables by their values. A variable without a value stays as written. */
export function fill(text: string, valueOf: (name: string) => string | undefined): string {
  return text.replace(VARIABLE, (whole, name: string) => valueOf(name) ?? whole)
}

export function textWants(text: string): TextWants {
  return { text, variables: variablesIn(text), fixedLength: codePoints(text.replace(VARIABLE, '')) }
}

/** Number of uses of a variable in a text, for the text's length after filling. */
export function timesUsed(text: string, name: string): number {
  let count = 0
  for (const match of text.matchAll(VARIABLE)) if (match[1] === name) count++
  return count
}
