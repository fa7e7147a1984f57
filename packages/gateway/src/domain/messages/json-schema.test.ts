import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { z } from 'zod'
import { MESSAGES, sendMessageSchema } from './schema.ts'
import {
  button,
  carousel,
  interactiveBody,
  list,
  of,
  problemsWith,
  quickCard,
  reply,
  textBody,
  urlCard,
  type Json,
} from './test-bodies.ts'

/**
 * The published schema is generated from the validating one. Both must agree in every rule that JSON Schema can
 * express.
 */
const schema = z.toJSONSchema(sendMessageSchema, { io: 'input' })
const isValid = new Ajv2020({ strict: false, validateFormats: false }).compile(schema)

suite('the published schema agrees with the parser', () => {
  const fixtures = new URL('../../../../../test/fixtures/', import.meta.url)
  const files = [
    ...readdirSync(new URL('vendor', fixtures))
      .filter((name) => name.startsWith('send_'))
      .map((name) => `vendor/${name}`),
    ...readdirSync(new URL('cloud-api/sends', fixtures))
      .filter((name) => !/^(response|read)_/.test(name))
      .map((name) => `cloud-api/sends/${name}`),
  ]
  for (const file of files) {
    test(`accepts ${file}`, () => {
      assert.ok(
        isValid(JSON.parse(readFileSync(new URL(file, fixtures), 'utf8'))),
        JSON.stringify(isValid.errors?.slice(-3)),
      )
    })
  }

  const wrong: Record<string, Json> = {
    'an empty body': {},
    'no text': { to: '85268411234', type: 'text' },
    'a text too long': textBody('x'.repeat(4097)),
    'an unknown key': { ...textBody(), zap: 1 },
    'four buttons': interactiveBody(button(...['a', 'b', 'c', 'd'].map((id) => reply(id, id)))),
    'one card': interactiveBody(carousel(urlCard(0))),
    'a header on a carousel': interactiveBody({
      ...carousel(quickCard(0), quickCard(1)),
      header: { type: 'text', text: 'x' },
    }),
    'a list body too long': interactiveBody({ ...list(), body: { text: 'x'.repeat(4097) } }),
    'a code too long': of('template', { name: 'a', code: '1'.repeat(16) }),
  }
  for (const [what, body] of Object.entries(wrong)) {
    test(`refuses ${what}, as the parser does`, () => {
      assert.equal(isValid(body), false)
      assert.ok(problemsWith(body).length > 0)
    })
  }

  test('counts code points, as the parser does', () => {
    const body = textBody('𝒳'.repeat(4096))
    assert.ok(isValid(body))
    assert.deepEqual(problemsWith(body), [])
  })

  test('its own examples are valid', () => {
    for (const message of Object.values(MESSAGES)) {
      const { examples } = z.toJSONSchema(message, { io: 'input' }) as { examples?: Json[] }
      assert.ok(examples && examples.length > 0)
      for (const example of examples) {
        assert.ok(isValid(example))
        assert.deepEqual(problemsWith(example), [])
      }
    }
  })
})
