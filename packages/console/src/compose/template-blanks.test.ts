import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { readTemplate } from '../../../gateway/src/domain/templates/read-template.ts'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import type { TemplateComponent } from '../../../gateway/src/domain/messages/message.ts'
import { blankValues, piecesOf } from './template-blanks.ts'
import { fillTemplate } from './template-values.ts'
import { wishesOf } from './template-wishes.ts'

const entry = readTemplate({
  id: '1',
  name: 'offer',
  language: 'en',
  status: 'APPROVED',
  category: 'MARKETING',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Hi {{1}}' },
    { type: 'BODY', text: '{{1}}, 20 % until {{2}}. See you, {{1}}!' },
    { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', example: 'SAVE20' }] },
  ],
} as never) as CatalogEntry

const shownWith = (values: Record<string, string>) =>
  shownOfEntry(entry, fillTemplate(entry, values).template.components as TemplateComponent[])

test('an empty variable stays as written, and a button that copies a code has WhatsApp’s words', () => {
  const shown = shownWith({ 'body.2': 'Friday' })
  assert.equal(shown.heading, 'Hi {{1}}')
  assert.equal(shown.text, '{{1}}, 20 % until Friday. See you, {{1}}!')
  assert.deepEqual(shown.buttons, [{ kind: 'copy', title: 'Copy offer code', fixed: true, code: '' }])
})

test('each variable of a filled text is a blank in its place', () => {
  const inside = wishesOf(entry).filter((wish) => wish.kind === 'text' && /header|body/.test(wish.of))
  assert.deepEqual(
    inside.map(({ key }) => key),
    ['header.1', 'body.1', 'body.2'],
  )
  const shown = shownWith(blankValues(inside))
  assert.deepEqual(piecesOf(shown.heading!), [{ text: 'Hi ' }, { text: '', blank: 0 }])
  assert.deepEqual(piecesOf(shown.text!), [
    { text: '', blank: 1 },
    { text: ', 20 % until ' },
    { text: '', blank: 2 },
    { text: '. See you, ' },
    { text: '', blank: 1 },
    { text: '!' },
  ])
  assert.deepEqual(piecesOf('no blanks'), [{ text: 'no blanks' }])
})
