import type { z } from 'zod'
import { outOfBounds } from '../fields/bounds.ts'
import type { FieldProblem } from '../fields/problem.ts'
import { readBy } from '../fields/read.ts'
import type { WireTemplateDefinition } from '@postern/cloud-api'
import { createTemplateSchema, editSchemaFor } from './create-schema.ts'
import { examplesIn } from './create-texts.ts'
import { isNumber, variablesIn } from './variables.ts'

/** The body of Meta's POST /{waba_id}/message_templates. */
export type TemplateCreate = {
  name: string
  language: string
  category: 'MARKETING' | 'UTILITY' | 'AUTHENTICATION'
  parameter_format?: 'POSITIONAL' | 'NAMED'
  message_send_ttl_seconds?: number
  cta_url_link_tracking_opted_out?: boolean
  optimization_spec?: object
  degrees_of_freedom_spec?: object
  creative_features_spec?: object
  library_template_name?: string
  components?: WireTemplateDefinition[]
}

export type ParsedTemplateCreate = { ok: true; template: TemplateCreate } | { ok: false; problems: FieldProblem[] }

/** Reads the body of a template creation. Types become upper case and examples become text, as Meta requires. */
export function parseTemplateCreate(body: unknown): ParsedTemplateCreate {
  const outside = outOfBounds(body)
  if (outside) return { ok: false, problems: [outside] }
  const read = readBy(createTemplateSchema, body)
  return read.ok ? { ok: true, template: templateOf(read.data) } : read
}

export type TemplateEdit = Pick<TemplateCreate, 'components' | 'message_send_ttl_seconds'> & { category?: string }
export type ParsedTemplateEdit = { ok: true; edit: TemplateEdit } | { ok: false; problems: FieldProblem[] }

/** Reads the body of a template edit. `category` is the template's own, for a body that does not change it. */
export function parseTemplateEdit(body: unknown, category: string): ParsedTemplateEdit {
  const outside = outOfBounds(body)
  if (outside) return { ok: false, problems: [outside] }
  const read = readBy(editSchemaFor(category), body)
  if (!read.ok) return read
  const { category: wanted, components, message_send_ttl_seconds: timeToLive } = read.data
  return {
    ok: true,
    edit: {
      ...(wanted !== undefined && { category: wanted.toUpperCase() }),
      ...(components && { components: components.map((part) => definitionOf(part)) }),
      ...(timeToLive !== undefined && { message_send_ttl_seconds: timeToLive }),
    },
  }
}

function templateOf(body: z.output<typeof createTemplateSchema>): TemplateCreate {
  const components = body.components?.map((part) => definitionOf(part))
  const format = body.parameter_format?.toUpperCase() ?? (components?.some(isNamed) ? 'NAMED' : undefined)
  // Meta ignores it since April 2025, and corrects categories in any case.
  const { allow_category_change: _notSent, ...rest } = body
  return {
    ...(rest as object),
    name: body.name,
    language: body.language,
    category: body.category.toUpperCase() as TemplateCreate['category'],
    ...(format !== undefined && { parameter_format: format as 'POSITIONAL' | 'NAMED' }),
    ...(components && { components }),
  }
}

/** Meta refuses `{{first_name}}` unless the format is given. */
function isNamed({ text }: WireTemplateDefinition): boolean {
  return text !== undefined && variablesIn(text).some((name) => !isNumber(name))
}

type Loose = Record<string, unknown>

function definitionOf(part: Loose): WireTemplateDefinition {
  const { type, format, example, buttons, cards, ...rest } = part
  return {
    type: upper(type),
    ...(format !== undefined && { format: upper(format) }),
    ...rest,
    ...(example !== undefined && { example: examplesOf(example as Loose) }),
    ...(buttons !== undefined && { buttons: (buttons as Loose[]).map(buttonOf) }),
    ...(cards !== undefined && {
      cards: (cards as { components: Loose[] }[]).map((card) => ({ components: card.components.map(definitionOf) })),
    }),
  }
}

function examplesOf(example: Loose): Loose {
  const { body_text: body, header_text: header } = example
  return {
    ...example,
    ...(body !== undefined && { body_text: [(examplesIn(body) ?? []).map(String)] }),
    ...(header !== undefined && { header_text: (examplesIn(header) ?? []).map(String) }),
    ...namedOf(example, 'body_text_named_params'),
    ...namedOf(example, 'header_text_named_params'),
  }
}

function namedOf(example: Loose, key: string): Loose {
  const list = example[key] as { param_name: string; example: unknown }[] | undefined
  return list ? { [key]: list.map((one) => ({ param_name: one.param_name, example: String(one.example) })) } : {}
}

function buttonOf(button: Loose): { type: string } {
  const { type, example, otp_type: otpType, ...rest } = button
  return {
    ...rest,
    type: upper(type),
    ...(otpType !== undefined && { otp_type: upper(otpType) }),
    ...(example !== undefined && { example: Array.isArray(example) ? example.map(String) : String(example) }),
  }
}

function upper(word: unknown): string {
  return String(word).toUpperCase()
}
