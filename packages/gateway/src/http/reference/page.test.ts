import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Document } from './document.ts'
import { REFERENCE_POLICY, referencePage } from './page.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'

const document: Document = {
  info: { title: 'T', version: '1' },
  tags: [{ name: 'things', description: 'Things <b>&</b> "others".' }],
  paths: {
    '/things/{id}': {
      post: {
        operationId: 'make',
        tags: ['things'],
        summary: '<script>alert(1)</script>',
        security: [{ adminToken: [] }],
        parameters: [{ name: 'id', in: 'path', required: true, schema: { type: 'string', maxLength: 9 } }],
        requestBody: { content: { 'application/json': { schema: { $ref: '#/components/schemas/Tree' } } } },
        responses: { '200': { description: 'Fine.' } },
      },
    },
  },
  components: {
    schemas: {
      Tree: {
        type: 'object',
        required: ['kind'],
        anyOf: [{ required: ['size'] }, { required: ['branches'] }],
        properties: {
          kind: { const: 'oak' },
          size: { type: 'integer', minimum: 1, maximum: 3 },
          branches: { type: 'array', items: { $ref: '#/components/schemas/Tree' } },
          either: {
            anyOf: [{ type: 'object', title: 'Leaf', properties: { colour: { type: 'string' } } }, { type: 'null' }],
          },
        },
        examples: [{ kind: 'oak' }],
      },
    },
  },
}

test('the document’s texts are text on the page, and only the page’s own style and script are allowed', async () => {
  const page = (await referencePage(document, 'things'))!
  assert.equal(page.match(/<script/g)?.length, 1)
  assert.ok(page.includes(`<script>${SCRIPT}</script>`))
  assert.ok(page.includes('&lt;script&gt;alert(1)&lt;/script&gt;'))
  assert.ok(page.includes('Things &lt;b&gt;&amp;&lt;/b&gt; &quot;others&quot;.'))
  assert.ok(page.includes(`<style>${STYLE}</style>`))
  assert.ok(!REFERENCE_POLICY.includes('unsafe'))
  assert.match(
    REFERENCE_POLICY,
    /default-src 'none'; script-src 'sha256-[\w+/=]+'; style-src 'sha256-[\w+/=]+'; connect-src 'self';/,
  )
})

test('the page shows names, limits, required keys, choices, and a recursive schema', async () => {
  const page = (await referencePage(document, 'things'))!
  for (const piece of [
    '<code>kind</code> <b>required</b> <i>&quot;oak&quot;</i>',
    'integer 1 to 3',
    'string at most 9 characters',
    '<summary>Leaf</summary>',
  ])
    assert.ok(page.includes(piece), piece)
  assert.ok(page.length < 100_000, `${page.length} characters`)
})

test('the first page lists every operation with a link to its own page, and an unknown tag has none', async () => {
  const page = (await referencePage(document, undefined))!
  assert.ok(page.includes('<li id="make">\n<a href="/docs/things#make">'))
  assert.ok(page.includes('Things &lt;b&gt;&amp;&lt;/b&gt; &quot;others&quot;.'))
  assert.ok(!page.includes('<article'))
  assert.equal(await referencePage(document, 'nothing'), undefined)
})

test('a long part that comes again is a link to its first place', async () => {
  const properties = Object.fromEntries(
    Array.from({ length: 40 }, (_, i) => [`field_${i}`, { type: 'string', description: `The field ${i} of a form.` }]),
  )
  const form = { type: 'object', properties }
  const schema = { type: 'object', properties: { form, other: { ...form, description: 'Instead.' } } }
  const [[path, item]] = Object.entries(document.paths) as [[string, (typeof document.paths)[string]]]
  const long = {
    ...document,
    paths: { [path]: { post: { ...item.post!, requestBody: { content: { 'application/json': { schema } } } } } },
  }
  const page = (await referencePage(long, 'things'))!
  assert.equal(page.match(/field_39/g)?.length, 1)
  assert.ok(page.includes('id="make.1"'))
  assert.ok(page.includes('Instead. <a href="#make.1">As <code>form</code> above.</a>'))
})
