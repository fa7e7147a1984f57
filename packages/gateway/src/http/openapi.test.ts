import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { after, test } from 'node:test'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { ERRORS } from '../platform/errors.ts'
import { startWorld } from '../../../../test/support/world.ts'

type Json = Record<string, unknown>
type Op = {
  operationId: string
  parameters: { name: string; in: string }[]
  responses: Record<string, Json>
  requestBody?: Json
}
type Doc = { paths: Record<string, Record<string, Op>>; webhooks: Json; components: { schemas: Record<string, Json> } }

const world = await startWorld({ webhook: false })
after(() => world.stop())
const served = await fetch(`${world.gateway.url}/openapi.json`)
const document = (await served.json()) as Doc

const operations = Object.entries(document.paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
)

test('the document is valid OpenAPI 3.1', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document) as Json)
  assert.deepEqual(errors ?? [], [])
  assert.equal(valid, true)
  assert.equal(validator.version, '3.1')
  // The validator gets a mistake, so that its silence proves something.
  const wrong = structuredClone(document) as unknown as { info: Json }
  delete wrong.info.title
  assert.equal((await new Validator().validate(wrong as Json)).valid, false)
})

test('every operation has a unique name, and its path parameters', () => {
  assert.ok(operations.length >= 40)
  assert.equal(new Set(operations.map(({ operation }) => operation.operationId)).size, operations.length)
  for (const { path, operation } of operations) {
    const named = [...path.matchAll(/\{(\w+)\}/g)].map((match) => match[1])
    const given = operation.parameters.filter((one) => one.in === 'path').map((one) => one.name)
    assert.deepEqual(given, named, path)
  }
})

test('every answer lists existing reasons, at their HTTP status', () => {
  for (const { path, operation } of operations) {
    for (const [status, response] of Object.entries(operation.responses)) {
      for (const [, reason, code] of String(response.description).matchAll(/(\w+) \(code (\d+)\)/g)) {
        const known = ERRORS[reason as keyof typeof ERRORS]
        assert.ok(known, `${path}: ${reason}`)
        assert.deepEqual([String(known.http), String(known.code)], [status, code], `${path}: ${reason}`)
      }
    }
  }
})

const ajv = new Ajv2020({ strict: false, validateFormats: false, allErrors: true })
ajv.addSchema({ $id: 'doc', components: document.components })
const validatorOf = (name: string) => ajv.compile({ $ref: `doc#/components/schemas/${name}` })

test('every schema compiles and accepts its own examples', () => {
  let examples = 0
  for (const [name, schema] of Object.entries(document.components.schemas)) {
    const validate = validatorOf(name)
    const branches = [schema, ...((schema.anyOf as Json[] | undefined) ?? [])]
    for (const example of branches.flatMap((branch) => (branch.examples as unknown[] | undefined) ?? [])) {
      examples++
      assert.ok(validate(example), `${name}: ${JSON.stringify(example)} ${ajv.errorsText(validate.errors)}`)
    }
  }
  assert.ok(examples > 10, `${examples} examples`)
})

test('the answers of the running gateway match the document', async () => {
  const call = async (method: string, path: string, body?: unknown): Promise<void> => {
    const answer = await world.customer(method, path.replace(/\{.*?\}/, '85268411234'), body)
    const operation = document.paths[path.split('?')[0]!]![method.toLowerCase()]!
    const response = operation.responses[String(answer.http)] as { content: Record<string, { schema: object }> }
    const schema = JSON.parse(
      JSON.stringify(response.content['application/json']!.schema).replaceAll('#/components', 'doc#/components'),
    ) as object
    const { http: _http, headers: _headers, ...envelope } = answer
    const validate = ajv.compile(schema)
    assert.ok(validate(envelope), `${method} ${path} ${answer.http}: ${ajv.errorsText(validate.errors)}`)
  }
  await call('POST', '/external/messages/whatsapp', { to: '85268411234', type: 'text', text: 'hi' })
  await call('POST', '/external/messages/whatsapp', { to: '85268411234', type: 'text' })
  world.sandbox.fault({ on: 'messages', code: 131031 })
  await call('POST', '/external/messages/whatsapp', { to: '85268411234', type: 'text', text: 'hi' })
  await call('GET', '/external/messages')
  await call('GET', '/external/contacts/{to}/window')
  await call('GET', '/external/events')
  await call('GET', '/external/templates')
})

test('the callbacks of the API page match their schemas', () => {
  const folder = new URL('../../../../test/fixtures/vendor/', import.meta.url)
  const names: Record<string, string> = {
    new_message: 'NewMessage',
    message_status_update: 'MessageStatusUpdate',
    template_status_update: 'TemplateStatusUpdate',
    template_category_update: 'TemplateCategoryUpdate',
    template_quality_update: 'TemplateQualityUpdate',
  }
  const files = readdirSync(folder).filter((name) => name.startsWith('callback_'))
  assert.ok(files.length > 0)
  for (const file of files) {
    const body = JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as { event: string }
    const validate = validatorOf(names[body.event]!)
    assert.ok(validate(body), `${file}: ${ajv.errorsText(validate.errors)}`)
  }
})

test('/docs lists every route and every event, each shown on the page of its tag, with one script alone', async () => {
  const get = async (path: string): Promise<string> => {
    const response = await fetch(`${world.gateway.url}${path}`)
    const page = await response.text()
    assert.equal(response.status, 200, path)
    assert.match(
      response.headers.get('content-security-policy')!,
      /^default-src 'none'; script-src 'sha256-[^']+'; style-src 'sha256-[^']+'; connect-src 'self'; /,
    )
    assert.equal(page.match(/<script/g)?.length, 1)
    assert.ok(!/https?:\/\/(?!127|[\w.-]*example)[^"< ]*"/.test(page))
    return page
  }
  const list = await get('/docs')
  const tags = (document as unknown as { tags: { name: string }[] }).tags.map(({ name }) => name)
  const pages = new Map<string, string>()
  for (const tag of tags) pages.set(tag, await get(`/docs/${tag}`))
  for (const { operation } of operations) {
    const [tag] = (operation as unknown as { tags: string[] }).tags
    assert.ok(list.includes(`<a href="/docs/${tag}#${operation.operationId}">`), operation.operationId)
    assert.ok(pages.get(tag!)!.includes(`<article id="${operation.operationId}"`), operation.operationId)
  }
  for (const piece of ['<code>preview_url</code>', '<code>cards</code>', '1 to 4096 characters'])
    assert.ok(pages.get('messages')!.includes(piece), piece)
  for (const event of Object.keys(document.webhooks))
    assert.ok(pages.get('events')!.includes(`<article id="event_${event}"`), event)
  assert.equal((await fetch(`${world.gateway.url}/docs/nothing`)).status, 404)
})

test('every operation has an example of its request and of its answer, which their schemas accept', () => {
  const check = (what: string, content: unknown): void => {
    for (const { schema, example } of Object.values((content ?? {}) as Record<string, Json>)) {
      assert.notEqual(example, undefined, `${what} has no example`)
      const text = JSON.stringify(schema).replaceAll('#/components', 'doc#/components')
      const validate = ajv.compile(JSON.parse(text) as object)
      assert.ok(validate(example), `${what}: ${JSON.stringify(example)} ${ajv.errorsText(validate.errors)}`)
    }
  }
  const events = Object.values(document.webhooks as Record<string, Record<string, Op>>).map((item) => item.post!)
  for (const { operationId, requestBody, responses, parameters } of [
    ...operations.map(({ operation }) => operation),
    ...events,
  ]) {
    check(`${operationId} request`, requestBody?.content)
    const [, answer] = Object.entries(responses).find(([status]) => status.startsWith('2'))!
    assert.ok(answer.content ?? operationId.startsWith('event_'), operationId)
    check(`${operationId} answer`, answer.content)
    for (const one of parameters as (Json & { in: string })[])
      if (one.in === 'path') assert.ok(one.example, `${operationId} ${String(one.name)}`)
  }
})
