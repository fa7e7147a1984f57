import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hrefOf, piecesOf } from './json-pieces.ts'

test('a line of JSON is pieces that make the line again, whatever stands in it', () => {
  const value = {
    'a "key": with': 'a "value": with, true and 12',
    n: -1.5e3,
    yes: true,
    no: null,
    deep: [{ text: 'C:\\path\\' }, 'هل طلبي', '<img src=x onerror=hit()>', '', 7],
  }
  for (const line of JSON.stringify(value, null, 2).split('\n'))
    assert.equal(
      piecesOf(line)
        .map(({ text }) => text)
        .join(''),
      line,
    )
  assert.deepEqual(piecesOf('  "n": -1.5,'), [
    { text: '  ' },
    { text: '"n"', kind: 'key' },
    { text: ': ' },
    { text: '-1.5', kind: 'number' },
    { text: ',' },
  ])
  assert.deepEqual(piecesOf('"a: true": null')[2], { text: 'null', kind: 'word' })
})

test('a long string without an end takes no longer than its length', () => {
  const began = performance.now()
  for (const line of [`"${'\\"'.repeat(50_000)}`, '"'.repeat(100_001), '1'.repeat(100_000), '"a":'.repeat(20_000)])
    assert.equal(
      piecesOf(line)
        .map(({ text }) => text)
        .join(''),
      line,
    )
  assert.ok(performance.now() - began < 2_000)
})

test('ids and numbers lead to their pages, and texts that look like them do not', () => {
  const wamid = 'wamid.HBgLODUyNjg0MTEyMzQVAgARGBI3MUM0N0I1QzdCRTBENkU5NEMA'
  assert.equal(hrefOf('id', 'evt_abc_000000000012'), '/deliveries?id=evt_abc_000000000012')
  assert.equal(hrefOf('id', wamid), `/messages/${wamid}`)
  assert.equal(hrefOf('context', 'wamid.a+b/c=='), '/messages/wamid.a%2Bb%2Fc%3D%3D')
  assert.equal(hrefOf('reference', 'msg_01JABCDEFGHJKMNPQRSTVWXYZ0'), '/messages/msg_01JABCDEFGHJKMNPQRSTVWXYZ0')
  assert.equal(hrefOf('wa_id', '85268411234'), '/messages?words=85268411234')
  assert.equal(hrefOf('phone', '+85268411234'), '/messages?words=85268411234')
  for (const [key, value] of [
    ['timestamp', '1795690990'],
    ['body', 'evt_ and more'],
    ['body', 'wamid.<script>'],
    ['to', 'javascript:hit()'],
    ['phone', '12'],
  ] as const)
    assert.equal(hrefOf(key, value), undefined)
})
