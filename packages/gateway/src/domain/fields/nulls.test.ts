import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { parseMessage } from '../messages/parse.ts'
import { chooseBy } from './choose.ts'
import { listOf } from './lists.ts'
import { withoutNulls } from './nulls.ts'
import { readBy } from './read.ts'
import { text } from './schema.ts'

const schema = z.strictObject({
  name: text(1, 10),
  note: text(1, 10).optional(),
  language: z.string().nullable().optional(),
  data: z.record(z.string(), z.unknown()).optional(),
  list: listOf(chooseBy('type', { a: z.strictObject({ type: z.literal('a'), x: z.number().optional() }) })).optional(),
  deep: z.strictObject({ y: z.string().optional() }).optional(),
})

test('an optional key with null counts as absent, at any depth', () => {
  const body = { name: 'x', note: null, deep: { y: null }, list: [{ type: 'a', x: null }] }
  assert.deepEqual(readBy(schema, body), { ok: true, data: { name: 'x', deep: {}, list: [{ type: 'a' }] } })
  assert.deepEqual(body.deep, { y: null }, 'what was given stays as it was')
})

test('null stays where the schema allows it, in free-form data, and where a key is required', () => {
  const body = { name: 'x', note: null, language: null, data: { a: null } }
  assert.deepEqual(readBy(schema, body), { ok: true, data: { name: 'x', language: null, data: { a: null } } })
  const needed = readBy(schema, { name: null, note: null })
  assert.deepEqual(!needed.ok && needed.problems.map(({ path }) => path), ['name'])
  const unknown = readBy(schema, { name: 'x', other: null })
  assert.deepEqual(!unknown.ok && unknown.problems.map(({ path, rule }) => [path, rule]), [['other', 'unknownKey']])
})

test('a value without nulls is not copied', () => {
  const body = { name: 'x', list: [{ type: 'a', x: 1 }] }
  assert.equal(withoutNulls(schema, body), body)
})

const to = '85268411234'
const button = { type: 'reply', reply: { id: 'y', title: 'Yes' } }
const BODIES: [what: string, body: Record<string, unknown>][] = [
  ['text', { to, type: 'text', text: 'hi', preview_url: null, recipient: null, context: null }],
  [
    'buttons',
    {
      to,
      type: 'interactive',
      biz_opaque_callback_data: null,
      interactive: { type: 'button', header: null, body: { text: 'x' }, footer: null, action: { buttons: [button] } },
    },
  ],
  [
    'list',
    {
      to,
      type: 'interactive',
      interactive: {
        type: 'list',
        header: null,
        body: { text: 'x' },
        action: { button: 'Open', sections: [{ title: 'All', rows: [{ id: '1', title: 'One', description: null }] }] },
      },
    },
  ],
  ['image', { to, type: 'image', image: { link: 'https://files.example/a.png', id: null, caption: null } }],
  ['template', { to, type: 'template', template: { name: 'x', language: null, components: null, code: null } }],
  [
    'Cloud API text',
    { messaging_product: 'whatsapp', recipient_type: null, to, text: { body: 'x', preview_url: null } },
  ],
]
for (const [what, body] of BODIES) {
  test(`${what}: a body with null keys equals the body without them`, () => {
    const withNulls = parseMessage(body)
    assert.ok(withNulls.ok, JSON.stringify(withNulls))
    const without = parseMessage(JSON.parse(JSON.stringify(body, (_key, value: unknown) => value ?? undefined)))
    assert.deepEqual(withNulls, without)
  })
}
