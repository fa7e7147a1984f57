import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { ERRORS, type Reason } from '../platform/errors.ts'
import { isRecord } from '../platform/is-record.ts'
import { CALLBACKS } from './callbacks.ts'
import { answerExample, bodyExample, parameterExample, textExample } from './examples/of-route.ts'
import { operationName } from './operation-names.ts'
import type { Route } from './route.ts'

const EVERYWHERE: Reason[] = ['route_not_found', 'internal', 'store_unavailable']

const TAGS: Record<Route['tag'], string> = {
  messages: 'Send messages and ask what became of them.',
  contacts: 'The known state of a contact on a channel.',
  templates: 'The message templates of the channel’s account.',
  calls: 'Signalling of voice calls. The sound does not pass through Postern.',
  media: 'Files to send, and files that were received.',
  events: 'What is posted to your webhook, signed, and how to fetch it instead.',
  broadcasts: 'Many sends, paced and resumable.',
  channels: 'Phone numbers, their codes and webhooks.',
  endpoints: 'Where the events of a channel go: up to 20, each with its own filter, order and retries.',
  deliveries: 'Events on their way to webhooks.',
  resources: 'What WhatsApp keeps of a number: profile, block list, QR codes, usernames, analytics.',
  overview: 'What operators look at.',
  people: 'Who may do what, and who did what.',
}

/**
 * The OpenAPI 3.1 document, made from the same schemas that check requests. Other requests have their turns between its
 * routes.
 */
export async function openApiDocument(routes: readonly Route[], version: string): Promise<Record<string, unknown>> {
  const paths: Record<string, Record<string, unknown>> = {}
  const schemas: Record<string, unknown> = {
    Error: z.toJSONSchema(
      z.object({
        status: z.literal('error'),
        code: z.int(),
        message: z.string(),
        data: z.object({}),
        error: z.object({
          reason: z.string().optional().describe('A stable word where one code covers several causes.'),
          reference: z.string().optional().describe('Postern’s id of the message, when a send was begun.'),
          request_id: z.string().optional(),
          upstream: z
            .object({
              code: z.int(),
              title: z.string(),
              details: z.string().nullable(),
              subcode: z.int().nullable(),
              fbtrace_id: z.string().nullable(),
              http_status: z.int(),
              retryable: z.boolean(),
              advice: z.string().nullable(),
            })
            .optional()
            .describe('WhatsApp’s error, when WhatsApp refused.'),
          fields: z
            .array(
              z.object({
                path: z.string(),
                rule: z.string(),
                limit: z.number().optional(),
                actual: z.unknown().optional(),
                message: z.string(),
              }),
            )
            .optional(),
        }),
      }),
      { io: 'output' },
    ),
  }
  const used = new Set<string>()
  for (const route of routes) {
    used.add(route.tag)
    const item = (paths[route.path] ??= {})
    item[route.method.toLowerCase()] = operation(route, schemas)
    await nextTurn()
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Postern',
      version,
      description: 'A gateway between a business’s software and WhatsApp.',
      license: { name: 'MIT', identifier: 'MIT' },
      contact: { name: 'The operator of this gateway' },
    },
    servers: [
      {
        url: '{origin}',
        variables: { origin: { default: 'http://127.0.0.1:8080', description: 'The address of your gateway.' } },
      },
    ],
    tags: Object.entries(TAGS)
      .filter(([name]) => used.has(name))
      .map(([name, description]) => ({ name, description })),
    paths,
    webhooks: webhooks(schemas),
    components: {
      schemas,
      securitySchemes: {
        certificationCode: { type: 'apiKey', in: 'header', name: 'certification-code' },
        adminToken: { type: 'http', scheme: 'bearer' },
        apiKey: { type: 'http', scheme: 'bearer', description: 'A key of POST /admin/keys, as its scopes allow.' },
      },
    },
  }
}

/** What examples are found by. */
type Place = { operationId: string; path: string }

function operation(route: Route, schemas: Record<string, unknown>): Record<string, unknown> {
  const place = { operationId: operationName(route), path: route.path }
  const text = { type: 'string' }
  const parameters = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => ({
    name: match[1],
    in: 'path',
    required: true,
    schema: text,
    example: parameterExample(place, match[1]!, text),
  }))
  const body = route.body ?? route.bodyDocument
  return {
    operationId: place.operationId,
    tags: [route.tag],
    summary: route.summary,
    ...(route.description && { description: route.description }),
    security: [route.auth === 'admin' ? { adminToken: [] } : { certificationCode: [] }, { apiKey: [] }],
    parameters: [
      ...parameters,
      ...queryParameters(route, place),
      ...Object.entries(route.requestHeaders ?? {}).map(([name, says]) => ({ ...header(name, says), required: false })),
      ...(isKeyed(route) ? [IDEMPOTENCY_KEY] : []),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': bodyOf(body, place, schemas) } },
    }),
    ...(route.multipart && {
      requestBody: {
        required: true,
        content: {
          'multipart/form-data': {
            schema: { type: 'object', required: ['file'], properties: { file: { type: 'string', format: 'binary' } } },
            example: { file: textExample('multipart/form-data') },
          },
        },
      },
    }),
    responses: { ...successResponse(route, place, schemas), ...errorResponses(route) },
  }
}

function bodyOf(body: z.ZodType, place: Place, schemas: Record<string, unknown>): Record<string, unknown> {
  const schema = schemaOf(body, 'input', schemas)
  return { schema, example: bodyExample(place, schema, schemas) }
}

const isKeyed = (route: Route): boolean => route.method === 'POST' && route.auth === 'code'

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'The call is made once for this key. Its answer is kept for 24 hours and returned again.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
}

/** The gateway's requests to a channel's endpoint. */
function webhooks(schemas: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    CALLBACKS.map(({ event, summary, body }) => [
      event,
      {
        post: {
          operationId: `event_${event}`,
          tags: ['events'],
          summary,
          description: `Postern posts this to your webhook. ${summary}.`,
          // The signature is in a header of its own.
          security: [],
          parameters: [
            header('webhook-id', 'The same over all attempts to deliver an event: drop what comes twice.'),
            header('webhook-timestamp', 'Unix seconds of this attempt.'),
            header('webhook-signature', 'Standard Webhooks: v1, and the HMAC-SHA256 of id.timestamp.body in base64.'),
          ],
          requestBody: {
            required: true,
            content: { 'application/json': eventOf(event, body, schemas) },
          },
          responses: {
            '2XX': { description: 'Acknowledged: within 10 s.' },
            '410': { description: 'Pauses the webhook.' },
            default: { description: 'Retried for three days.' },
          },
        },
      },
    ]),
  )
}

function eventOf(event: string, body: z.ZodType, schemas: Record<string, unknown>): Record<string, unknown> {
  const schema = schemaOf(body, 'output', schemas)
  return { schema, example: answerExample({ operationId: `event_${event}`, path: 'events' }, schema, schemas) }
}

const header = (name: string, description: string): Record<string, unknown> => ({
  name,
  in: 'header',
  required: true,
  description,
  schema: { type: 'string' },
})

function queryParameters(route: Route, place: Place): unknown[] {
  if (!route.query) return []
  const schema = z.toJSONSchema(route.query, { io: 'input', unrepresentable: 'any' }) as {
    properties?: Record<string, Record<string, unknown>>
    required?: string[]
  }
  return Object.entries(schema.properties ?? {}).map(([name, property]) => ({
    name,
    in: 'query',
    required: schema.required?.includes(name) ?? false,
    ...(typeof property.description === 'string' && { description: property.description }),
    schema: property,
    // An example of what may be left out would be sent by those who try the operation.
    ...(schema.required?.includes(name) && { example: parameterExample(place, name, property) }),
  }))
}

function successResponse(route: Route, place: Place, schemas: Record<string, unknown>): Record<string, unknown> {
  const status = route.created ? '201' : '200'
  if (route.streams !== undefined) {
    const text = { schema: { type: 'string' }, example: textExample(route.streams) }
    return { [status]: { description: 'The stream.', content: { [route.streams]: text } } }
  }
  if (route.data === null) {
    const bytes = { schema: { type: 'string', format: 'binary' }, example: textExample('*/*') }
    return { [status]: { description: 'The bytes.', content: { '*/*': bytes } } }
  }
  return {
    [status]: {
      description: 'Success.',
      ...(route.answerHeaders && { headers: answerHeaders(route.answerHeaders) }),
      content: successContent(route.data, place, schemas),
    },
    ...(route.accepted && {
      202: { description: 'Accepted: it is done later.', content: successContent(route.accepted.data, place, schemas) },
    }),
  }
}

function successContent(data: z.ZodType, place: Place, schemas: Record<string, unknown>): Record<string, unknown> {
  const schema = {
    type: 'object',
    required: ['status', 'code', 'message', 'data', 'error'],
    properties: {
      status: { const: 'success' },
      code: { const: 200 },
      message: { const: '' },
      data: schemaOf(data, 'output', schemas),
      error: { type: 'object', maxProperties: 0 },
    },
  }
  return { 'application/json': { schema, example: answerExample(place, schema, schemas) } }
}

const answerHeaders = (headers: Readonly<Record<string, string>>): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, description]) => [name, { description, schema: { type: 'string' } }]),
  )

function errorResponses(route: Route): Record<string, unknown> {
  const reasons: Reason[] = [
    ...(route.auth === 'admin'
      ? (['admin_token_invalid', 'role_needed'] as const)
      : (['certification_code_invalid'] as const)),
    ...(['api_key_invalid', 'out_of_scope'] as const),
    ...(route.body || route.bodyDocument
      ? (['bad_json', 'bad_encoding', 'body_too_large', 'wrong_content_type'] as const)
      : []),
    ...(route.fails ?? []),
    ...(route.auth === 'code' ? (['rate_limited'] as const) : []),
    ...(isKeyed(route) ? (['overloaded', 'idempotency_in_flight', 'idempotency_key_reused'] as const) : []),
    ...(route.path.includes('{') ? (['resource_not_found'] as const) : []),
    ...(route.query ? (['validation_failed'] as const) : []),
    ...EVERYWHERE,
  ]
  const byStatus = new Map<number, Set<Reason>>()
  for (const reason of reasons) {
    const { http } = ERRORS[reason]
    byStatus.set(http, (byStatus.get(http) ?? new Set()).add(reason))
  }
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, set]) => [
        String(status),
        {
          description: [...set].map((reason) => `${reason} (code ${ERRORS[reason].code})`).join(', '),
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
        },
      ]),
  )
}

/** A schema in place. Its named parts move to `components`, where generators expect them. */
function schemaOf(schema: z.ZodType, io: 'input' | 'output', schemas: Record<string, unknown>): unknown {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', target: 'draft-2020-12' }) as Record<
    string,
    unknown
  >
  delete json.$schema
  const defs = json.$defs as Record<string, unknown> | undefined
  delete json.$defs
  for (const [name, def] of Object.entries(defs ?? {})) schemas[name] = tidy(def)
  return tidy(json)
}

const onlyRequires = (branch: unknown): branch is { required: string[] } =>
  isRecord(branch) && Array.isArray(branch.required) && Object.keys(branch).length === 1

const REF = /^#\/\$defs\//

/** The same schema as generators and linters like it: references to components, no choice of one, no `not` of unknown keys. */
function tidy(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(tidy)
  if (!isRecord(schema)) return schema
  const { examples, ...rest } = schema
  const tidied = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [
      key,
      key === '$ref' && typeof value === 'string' ? value.replace(REF, '#/components/schemas/') : tidy(value),
    ]),
  )
  if (examples !== undefined) tidied.examples = examples
  const { not, anyOf, ...others } = tidied
  if (isRecord(not) && Array.isArray(not.required) && not.properties === undefined)
    tidied.not = { ...not, properties: Object.fromEntries(not.required.map((key) => [key as string, {}])) }
  // A branch that only requires something says nothing of types, and generators make `unknown` of it.
  if (Array.isArray(anyOf) && isRecord(tidied.properties) && anyOf.every(onlyRequires)) {
    const { title, description, examples, anyOf: _, ...base } = tidied
    const { properties } = tidied
    const branches = anyOf.map(({ required }) => ({
      type: 'object',
      required,
      properties: Object.fromEntries(required.map((key) => [key, properties[key] ?? {}])),
    }))
    return {
      ...Object.fromEntries(
        Object.entries({ title, description, examples }).filter(([, value]) => value !== undefined),
      ),
      allOf: [base, { anyOf: branches }],
    }
  }
  return Array.isArray(anyOf) && anyOf.length === 1 && isRecord(anyOf[0]) ? { ...anyOf[0], ...others } : tidied
}
