import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import fc from 'fast-check'
import { MOST_PROBLEMS } from '../fields/problem.ts'
import { parseMessage } from './parse.ts'
import { button, interactiveBody, problemsWith, reply, rulesBroken, textBody, type Json } from './test-bodies.ts'
import { toCloudApi } from './to-cloud-api.ts'

suite('one answer has all problems', () => {
  test('problems of all places are listed, those of the recipient first', () => {
    const body = {
      ...interactiveBody({
        ...button(reply('a', 'x'.repeat(21)), reply('a', 'B'), {}, reply('d', 'D')),
        body: { text: 'x'.repeat(1025) },
        header: { type: 'image', image: {} },
      }),
      to: 'nobody',
      zap: true,
    }
    assert.deepEqual(rulesBroken(body), [
      'to pattern',
      'interactive.header.image.link required',
      'interactive.body.text maxLength',
      'interactive.action.buttons.0.reply.title maxLength',
      'interactive.action.buttons.2.type required',
      'interactive.action.buttons.2.reply required',
      'interactive.action.buttons maxItems',
      'interactive.action.buttons.1.reply.id unique',
      'zap unknownKey',
    ])
  })

  test('an empty body', () => {
    assert.deepEqual(rulesBroken({}), ['to required', 'type required'])
    assert.deepEqual(rulesBroken({ type: 'fax', to: 1 }), ['to type', 'type enum'])
    assert.deepEqual(rulesBroken({ type: 'text' }), ['to required', 'text required'])
  })

  test('a body that is not an object', () => {
    for (const body of [null, [], 'text', 1, true, undefined]) assert.equal(problemsWith(body)[0]?.path, '')
  })
})

suite('hostile bodies', () => {
  test('the number of problems is limited', () => {
    const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, i) => [`k${i}`, i]))
    assert.equal(problemsWith({ ...textBody(), ...keys }).length, MOST_PROBLEMS)
  })

  test('a list far too long is counted, and its items are not checked', () => {
    const [problem, ...others] = problemsWith(interactiveBody(button(...Array.from({ length: 5_000 }, () => ({})))))
    assert.deepEqual(others, [])
    assert.deepEqual([problem?.path, problem?.actual], ['interactive.action.buttons', 5_000])
  })

  test('too many values, too deep', () => {
    assert.equal(problemsWith({ ...textBody(), more: Array.from({ length: 30_000 }, () => 0) })[0]?.rule, 'maxItems')
    let deep: unknown = 1
    for (let i = 0; i < 10_000; i++) deep = [deep]
    assert.deepEqual(
      rulesBroken(textBody(deep)).map((one) => one.split(' ')[1]),
      ['maxDepth'],
    )
  })

  test('half a surrogate pair and NUL are reported, because they would not arrive unchanged', () => {
    assert.deepEqual(rulesBroken(textBody('ends in \ud83d')), ['text pattern'])
    assert.deepEqual(rulesBroken(interactiveBody(button(reply('a\0', 'A')))), [
      'interactive.action.buttons.0.reply.id pattern',
    ])
    assert.deepEqual(problemsWith(textBody('👍 \u0001 ok')), [])
  })

  test('echoed texts are short, and codes are never echoed', () => {
    const long = 'x'.repeat(10_000)
    for (const body of [{ ...textBody(), type: long }, { ...textBody(), [long]: 1 }, interactiveBody({ type: long })]) {
      assert.ok(JSON.stringify(problemsWith(body)).length < 1_000)
    }
    const code = '123456789012345678'
    assert.doesNotMatch(
      JSON.stringify(problemsWith({ to: '85268411234', type: 'template', template: { name: 'a', code } })),
      /1234567/,
    )
  })
})

test('any body gives a message, or problems with rules and messages', () => {
  const words = fc.constantFrom(
    'to',
    'type',
    'text',
    'interactive',
    'template',
    'action',
    'buttons',
    'cards',
    'components',
    'body',
  )
  const values = fc.letrec<{ node: unknown; object: object }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom('text', 'button', 'list', 'body', '85268411234', '', 0, null, true),
      tie('object'),
      fc.array(tie('node'), { maxLength: 3 }),
    ),
    object: fc.dictionary(words, tie('node'), { maxKeys: 5 }),
  })).object
  const bodies = fc.oneof(
    fc.anything(),
    values,
    fc.record(
      {
        to: fc.constant('85268411234'),
        type: fc.constantFrom('text', 'interactive', 'template', 'contacts'),
        text: values,
        interactive: values,
        template: values,
        contacts: values,
      },
      { requiredKeys: ['to', 'type'] },
    ),
  )
  fc.assert(
    fc.property(bodies, (body) => {
      const parsed = parseMessage(body)
      if (parsed.ok) {
        const request = toCloudApi(parsed.message, { reference: 'r', template: { language: 'en' } })
        assert.equal(request.biz_opaque_callback_data, 'r')
        return
      }
      assert.ok(parsed.problems.length > 0)
      for (const problem of parsed.problems)
        assert.ok(problem.rule && problem.message && typeof problem.path === 'string')
    }),
    { numRuns: 2_000 },
  )
})

test('an accepted body is not changed', () => {
  const body = interactiveBody(button()) as Json
  const before = structuredClone(body)
  parseMessage(body)
  assert.deepEqual(body, before)
})
