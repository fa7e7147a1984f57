import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { compile } from 'json-schema-to-typescript'
import { z } from 'zod'
import { callSchema } from '../packages/gateway/src/domain/calls/call-request.ts'
import { createEndpointSchema, patchEndpointSchema } from '../packages/gateway/src/domain/channels/endpoint-schema.ts'
import { sendMessageSchema } from '../packages/gateway/src/domain/messages/schema.ts'
import { createTemplateSchema, editTemplateSchema } from '../packages/gateway/src/domain/templates/create-schema.ts'
import { endpointShape } from '../packages/gateway/src/http/admin/endpoint-shapes.ts'
import { replayBody } from '../packages/gateway/src/http/admin/endpoints.ts'
import { testShape } from '../packages/gateway/src/http/admin/test-endpoint.ts'
import { contactShape } from '../packages/gateway/src/http/external/contact-shape.ts'
import { scheduledShape } from '../packages/gateway/src/http/external/scheduled.ts'
import { messageShape } from '../packages/gateway/src/http/shapes.ts'

/**
 * Writes the client's types of bodies and answers from the gateway's schemas, and the webhook's from the Cloud API's
 * types, so that the client has no dependencies. A test fails when they differ. `node scripts/generate-client-types.ts`
 */
const ROOT = resolve(import.meta.dirname, '..')
const MADE = '// Made by scripts/generate-client-types.ts. Change the schemas, not this file.\n'

const INPUTS = {
  SendMessage: sendMessageSchema,
  CallAction: callSchema,
  CreateTemplate: createTemplateSchema,
  EditTemplate: editTemplateSchema,
  CreateEndpoint: createEndpointSchema,
  PatchEndpoint: patchEndpointSchema,
  ReplayEndpoint: replayBody,
}
const ANSWERS = {
  Message: messageShape,
  Contact: contactShape,
  Endpoint: endpointShape,
  EndpointTest: testShape,
  ScheduledMessage: scheduledShape,
}

async function typesOf(name: string, schema: z.ZodType, io: 'input' | 'output'): Promise<string> {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline' })
  // The name that a schema has in the API document would become a second type.
  const text = await compile(withUnknown(withoutEither(withoutName(json))) as never, name, {
    additionalProperties: false,
    bannerComment: '',
    format: false,
    ignoreMinAndMaxItems: true,
    declareExternallyReferenced: true,
  })
  return text.trim()
}

/** The schema itself, when its head is only a reference to a definition. */
function withoutName(json: Record<string, unknown>): unknown {
  const definitions = json.$defs as Record<string, unknown> | undefined
  const named = /^#\/\$defs\/(\w+)$/.exec(String(json.$ref))?.[1]
  return named === undefined ? json : { ...(definitions![named] as object), $defs: definitions }
}

/** "One of these keys is required", beside the keys themselves, would open the type to any key. */
function withoutEither(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutEither)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key, one]) => !(['anyOf', 'oneOf'].includes(key) && isEither(one)))
  return Object.fromEntries(entries.map(([key, one]) => [key, withoutEither(one)]))
}

/** A part without a schema is `unknown`, and not an object. */
function withUnknown(schema: unknown): unknown {
  if (typeof schema !== 'object' || schema === null) return schema
  const { properties, items, $defs, ...rest } = schema as Record<string, unknown>
  const each = (group: unknown): unknown =>
    Object.fromEntries(Object.entries(group as object).map(([key, one]) => [key, withUnknown(one)]))
  const isOpen = Object.keys(schema).every((key) => ['description', 'examples'].includes(key))
  return {
    ...rest,
    ...(isOpen && { tsType: 'unknown' }),
    ...(properties !== undefined && { properties: each(properties) }),
    ...(items !== undefined && { items: withUnknown(items) }),
    ...($defs !== undefined && { $defs: each($defs) }),
    ...['anyOf', 'oneOf', 'allOf'].reduce(
      (all, key) => (Array.isArray(rest[key]) ? { ...all, [key]: rest[key].map(withUnknown) } : all),
      {},
    ),
  }
}

const isEither = (choices: unknown): boolean =>
  Array.isArray(choices) && choices.every((one: object) => Object.keys(one).every((key) => key === 'required'))

/** The content of the client's generated files, by path. */
export async function clientTypes(): Promise<Record<string, string>> {
  const parts: string[] = []
  for (const [name, schema] of Object.entries(INPUTS)) parts.push(await typesOf(name, schema, 'input'))
  for (const [name, schema] of Object.entries(ANSWERS)) parts.push(await typesOf(name, schema, 'output'))
  return {
    'packages/client/src/generated/bodies.ts': `${MADE}\n${parts.join('\n\n')}\n`,
    'packages/client/src/generated/cloud-api.ts': `${MADE}\n${readFileSync(join(ROOT, 'packages/cloud-api/src/wire.ts'), 'utf8')}`,
  }
}

if (import.meta.main) {
  for (const [path, text] of Object.entries(await clientTypes())) writeFileSync(join(ROOT, path), text)
}
