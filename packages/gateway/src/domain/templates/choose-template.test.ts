import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { chooseTemplate, refuseChoice, type Wanted } from './choose-template.ts'
import { body, entryOf } from './test-templates.ts'

const entry = (name: string, language: string, status = 'APPROVED') => entryOf([body('x')], { name, language, status })
const entries = [
  entry('single', 'id'),
  entry('single_of_two', 'en_US', 'PENDING'),
  entry('single_of_two', 'zh_HK'),
  entry('many', 'en_US'),
  entry('many', 'zh_HK'),
  entry('many', 'pt_BR', 'REJECTED'),
  entry('waiting', 'en_US', 'PENDING'),
  entry('resting', 'en_US', 'PAUSED'),
  entry('resting', 'fr', 'REJECTED'),
  entry('gone', 'en_US', 'DISABLED'),
]

function chosen(wanted: Wanted): string {
  const choice = chooseTemplate(entries, wanted)
  switch (choice.kind) {
    case 'found':
      return choice.entry.language
    case 'ambiguous':
    case 'unknown_language':
      return `${choice.kind}: ${choice.languages.join(' ')}`
    case 'not_approved':
      return `${choice.kind}: ${choice.entries.map((one) => one.status).join(' ')}`
    case 'unknown':
      return choice.kind
  }
}

const CASES: [Wanted, string][] = [
  [{ name: 'single' }, 'id'],
  [{ name: 'single', defaultLanguage: 'en_US' }, 'id'],
  [{ name: 'single', language: 'id' }, 'id'],
  [{ name: 'single', language: 'en_US' }, 'unknown_language: id'],
  [{ name: 'single_of_two' }, 'zh_HK'],
  [{ name: 'single_of_two', language: 'en_US' }, 'not_approved: PENDING'],
  [{ name: 'many' }, 'ambiguous: en_US zh_HK'],
  [{ name: 'many', defaultLanguage: 'zh_HK' }, 'zh_HK'],
  [{ name: 'many', defaultLanguage: 'fr' }, 'ambiguous: en_US zh_HK'],
  [{ name: 'many', defaultLanguage: 'pt_BR' }, 'ambiguous: en_US zh_HK'],
  [{ name: 'many', language: 'en_US', defaultLanguage: 'zh_HK' }, 'en_US'],
  [{ name: 'many', language: 'en-us' }, 'en_US'],
  [{ name: 'many', language: 'en' }, 'unknown_language: en_US pt_BR zh_HK'],
  [{ name: 'many', language: 'pt_BR' }, 'not_approved: REJECTED'],
  [{ name: 'waiting' }, 'not_approved: PENDING'],
  [{ name: 'nowhere' }, 'unknown'],
]

suite('the language is chosen', () => {
  for (const [wanted, expected] of CASES) {
    test(JSON.stringify(wanted), () => {
      assert.equal(chosen(wanted), expected)
    })
  }
})

suite('refusals', () => {
  const refusal = (wanted: Wanted) => refuseChoice(chooseTemplate(entries, wanted), wanted)

  test('an unknown name', () => {
    assert.deepEqual(refusal({ name: 'nowhere', language: 'fr' }), {
      code: 132001,
      title: 'Template name does not exist in the translation',
      details: 'template name (nowhere) does not exist in fr',
      fields: [
        {
          path: 'template.name',
          rule: 'exists',
          wants: 'the name of a template of this account',
          got: 'nowhere',
          message: 'no template is called nowhere: check the name, or sync templates if it is new',
        },
      ],
    })
  })

  test('an unknown language lists the existing ones', () => {
    assert.equal(
      refusal({ name: 'single', language: 'fr' })?.fields[0]?.message,
      'single has no translation fr; it has id',
    )
  })

  test('a status gives the next step, and the most helpful status is reported', () => {
    assert.equal(refusal({ name: 'resting' })?.code, 132015)
    assert.equal(refusal({ name: 'gone' })?.code, 132016)
    assert.equal(refusal({ name: 'waiting' })?.code, 132001)
    assert.equal(
      refusal({ name: 'waiting' })?.fields[0]?.message,
      'waiting (en_US) is PENDING: WhatsApp is still reviewing it; send it once it is approved',
    )
  })

  test('an ambiguous choice lists its languages', () => {
    assert.match(refusal({ name: 'many' })!.fields[0]!.message, /en_US, zh_HK: name one of them in template.language/)
  })

  test('no refusal when a template was found', () => {
    assert.equal(refusal({ name: 'single' }), undefined)
  })
})
