import { ENDPOINT_RULES } from './endpoint-rules.ts'
import { MACHINE_RULES } from './machine-rules.ts'
import { NUMBER_RULES } from './number-rules.ts'
import type { Rule } from './rule.ts'

/** One rule for each kind of incident. */
export const RULES: readonly Rule[] = [...ENDPOINT_RULES, ...NUMBER_RULES, ...MACHINE_RULES]
