import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { readTemplate } from '../../../gateway/src/domain/templates/read-template.ts'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { copyName, examplesOf, familiesOf } from './gallery.ts'
import { changesSince, snapshotOf } from './seen.ts'

const entryOf = (components: unknown[], more: object = {}): CatalogEntry =>
  readTemplate({
    id: '1',
    name: 'offer',
    language: 'en',
    status: 'APPROVED',
    category: 'MARKETING',
    components,
    ...more,
  } as never) as CatalogEntry
const shown = (components: unknown[]) => {
  const entry = entryOf(components)
  return shownOfEntry(entry, examplesOf(entry))
}

test('examples stand in the blanks of header, body and cards, in order or by name', () => {
  const plain = shown([
    { type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}', example: { header_text: ['Mei'] } },
    { type: 'BODY', text: '{{1}} until {{2}}, {{1}}.', example: { body_text: [['Sale', 'Friday']] } },
  ])
  assert.equal(plain.heading, 'Hi Mei')
  assert.equal(plain.text, 'Sale until Friday, Sale.')
  const named = shown([
    {
      type: 'BODY',
      text: '{{what}} until {{day}}.',
      example: {
        body_text_named_params: [
          { param_name: 'day', example: 'Friday' },
          { param_name: 'what', example: 'Sale' },
        ],
      },
    },
  ])
  assert.equal(named.text, 'Sale until Friday.')
  const card = (example: string) => ({
    components: [
      { type: 'HEADER', format: 'IMAGE', example: { header_handle: ['x'] } },
      { type: 'BODY', text: 'Bag {{1}}.', example: { body_text: [[example]] } },
    ],
  })
  const cards = shown([
    { type: 'BODY', text: 'Look' },
    { type: 'CAROUSEL', cards: [card('one'), card('two')] },
  ])
  assert.deepEqual(
    cards.cards!.map((one) => one.text),
    ['Bag one.', 'Bag two.'],
  )
})

test('a blank without an example stays as written, and odd examples do no harm', () => {
  for (const example of [undefined, null, 'x', { body_text: 7 }, { body_text: [[7]] }, { body_text: [] }])
    assert.equal(shown([{ type: 'BODY', text: 'Hi {{1}}.', example }]).text, 'Hi {{1}}.')
})

test('translations are one family; the filters choose the languages that match', () => {
  const body = (text: string) => [{ type: 'BODY', text }]
  const all = [
    entryOf(body('Hello'), { id: '1', language: 'en' }),
    entryOf(body('Other'), { id: '2', name: 'other', category: 'UTILITY' }),
    entryOf(body('Hallo'), { id: '3', language: 'de', status: 'REJECTED' }),
  ]
  const none = { words: '', status: null, category: null }
  const ids = (filters: object) =>
    familiesOf(all, { ...none, ...filters }).map((one) => [one.entries.length, one.matching.map(({ id }) => id)])
  assert.deepEqual(ids({}), [
    [2, ['1', '3']],
    [1, ['2']],
  ])
  assert.deepEqual(ids({ status: 'REJECTED' }), [[2, ['3']]])
  assert.deepEqual(ids({ category: 'UTILITY' }), [[1, ['2']]])
  assert.deepEqual(ids({ words: ' HALLO ' }), [[2, ['3']]])
  assert.deepEqual(ids({ only: new Set(['2']) }), [[1, ['2']]])
})

test('a copy has a free name that is not too long', () => {
  assert.equal(copyName('a', new Set(['a'])), 'a_copy')
  assert.equal(copyName('a', new Set(['a', 'a_copy', 'a_copy_2'])), 'a_copy_3')
  const long = 'x'.repeat(512)
  assert.ok(copyName(long, new Set([long])).length <= 512)
})

test('a change is a new template, or another status, category or quality', () => {
  const entry = entryOf([{ type: 'BODY', text: 'Hello' }])
  const seen = snapshotOf([entry])
  assert.equal(changesSince(seen, [entry]).size, 0)
  assert.deepEqual(changesSince({}, [entry]).get('1'), [{ isNew: true }])
  assert.deepEqual(changesSince(seen, [{ ...entry, status: 'PAUSED', quality: 'RED' }]).get('1'), [
    { isNew: false, before: 'APPROVED', now: 'PAUSED' },
    { isNew: false, before: '', now: 'RED' },
  ])
})
