import type { FieldProblem } from '../fields/problem.ts'

/**
 * A template send that WhatsApp would refuse. `code`, `title` and `details` are what Meta answers; `fields` say in
 * plain words where the body and the template differ, all of it at once.
 */
export type Refusal = { code: RefusalCode; title: string; details: string; fields: TemplateProblem[] }

export type TemplateProblem = FieldProblem & {
  /** What the template wants, and what came, in plain words. */
  wants: string
  got: string
}

/** Meta's own titles, as its API writes them behind `(#code)`. */
export const TITLES = {
  131008: 'Required parameter is missing',
  131009: 'Parameter value is not valid',
  131062: 'Business-scoped User ID (BSUID) recipients are not supported for this message',
  132000: 'Number of parameters does not match the expected number of params',
  132001: 'Template name does not exist in the translation',
  132005: 'Translated text too long',
  132012: 'Parameter format does not match format in the created template',
  132015: 'Template is Paused',
  132016: 'Template is Disabled',
  132018: 'Template validation error',
} as const

export type RefusalCode = keyof typeof TITLES

/** One finding: Meta's code and details beside our field. */
export type Finding = { code: RefusalCode; details: string; field: TemplateProblem }

/** The first finding gives the code, as with Meta, which stops at the first; the fields hold all of them. */
export function refusalOf(findings: readonly Finding[]): Refusal | undefined {
  const first = findings[0]
  if (!first) return undefined
  const { code, details } = first
  return { code, title: TITLES[code], details, fields: findings.map((finding) => finding.field) }
}
