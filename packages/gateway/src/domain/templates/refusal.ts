import type { FieldProblem } from '../fields/problem.ts'

/**
 * A template send that WhatsApp would refuse. `code`, `title` and `details` are Meta's own. `fields` lists all
 * differences between the body and the template in plain words.
 */
export type Refusal = { code: RefusalCode; title: string; details: string; fields: TemplateProblem[] }

export type TemplateProblem = FieldProblem & {
  /** The wanted and the given value, in plain words. */
  wants: string
  got: string
}

/** Meta's own titles, as its API writes them after `(#code)`. */
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

/** One problem: Meta's code and details, and our field. */
export type Finding = { code: RefusalCode; details: string; field: TemplateProblem }

/** The first finding gives the code, because Meta stops at the first. The fields hold all findings. */
export function refusalOf(findings: readonly Finding[]): Refusal | undefined {
  const first = findings[0]
  if (!first) return undefined
  const { code, details } = first
  return { code, title: TITLES[code], details, fields: findings.map((finding) => finding.field) }
}
