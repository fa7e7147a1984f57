import assert from 'node:assert/strict'
import { test } from 'node:test'
import { finderOf, type Piece, sameLetters, textsOf, wordsOf } from './words.ts'

const text = (body: string): string => JSON.stringify({ id: 'wamid.X', type: 'text', text: { body } })
const shown = (pieces: Piece[] | undefined): string | undefined =>
  pieces?.map(({ text: words, hit }) => (hit ? `[${words}]` : words)).join('')
const find = (search: string, content: string): string | undefined => shown(finderOf(wordsOf(search))(content))

test('words are found in both cases, in every script, and all of them must be there', () => {
  assert.equal(find('INVOICE', text('the invoice, please')), 'the [invoice], please')
  assert.equal(find('привет', text('ПРИВЕТ, Мир')), '[ПРИВЕТ], Мир')
  assert.equal(find('σίσυφος', text('ΣΊΣΥΦΟΣ')), '[ΣΊΣΥΦΟΣ]')
  assert.equal(find('发票', text('请给我发票。谢谢')), '请给我[发票]。谢谢')
  assert.equal(find('احمد', text('مرحبا أحمد')), 'مرحبا [أحمد]')
  assert.equal(find('🙏', text('thanks 🙏🙏')), 'thanks [🙏][🙏]')
  assert.equal(find('dog cat', text('a cat\nand a dog')), 'a [cat] and a [dog]')
  assert.equal(find('dog cat', text('a cat')), undefined)
  assert.equal(find('a.c', text('abc')), undefined)
  assert.equal(find('[x] (y) \\', text('say [x] (y) \\')), 'say [[x]] [(y)] [\\]')
})

test('keys, ids, links and our own notes are no words', () => {
  const content = JSON.stringify({
    from: '16505550001',
    type: 'image',
    image: { id: '99', mime_type: 'image/jpeg', link: 'https://x.example/y', caption: 'At the door' },
    sent_by: { kind: 'user', id: 'usr_1' },
  })
  assert.deepEqual(textsOf(content), ['At the door'])
  for (const word of ['image', 'caption', '16505550001', 'example', 'usr_1'])
    assert.equal(find(word, content), undefined)
})

test('buttons, lists, places, people, templates and forms have words', () => {
  const interactive = {
    header: { text: 'Menu' },
    body: { text: 'Choose' },
    action: { button: 'Open', sections: [{ title: 'Tea', rows: [{ id: 'r1', title: 'Green' }] }] },
  }
  assert.deepEqual(textsOf(JSON.stringify({ interactive })), ['Menu', 'Choose', 'Open', 'Tea', 'Green'])
  const reply = { nfm_reply: { response_json: '{"flow_token":"secret","size":"large"}', body: 'Sent', name: 'flow' } }
  assert.deepEqual(textsOf(JSON.stringify({ interactive: reply })), ['large', 'Sent', 'flow'])
  const template = { name: 'order_sent', components: [{ type: 'body', parameters: [{ type: 'text', text: 'Mei' }] }] }
  assert.deepEqual(textsOf(JSON.stringify({ template })), ['order_sent', 'Mei'])
  assert.deepEqual(textsOf('no json'), [])
})

test('an excerpt is cut around the first hit, never through a character', () => {
  const long = `${'😀'.repeat(60)} needle ${'x'.repeat(5_000)}`
  const found = find('needle', text(long))!
  assert.match(found, /^…(?:😀)+ \[needle\] x+…$/)
  assert.ok(found.length < 220, String(found.length))
  assert.equal(found.isWellFormed(), true)
})

test('a letter and its other forms', () => {
  assert.deepEqual(sameLetters('a'), ['a', 'A'])
  assert.deepEqual(sameLetters('ß'), ['ß'])
  assert.deepEqual(sameLetters('中'), ['中'])
  assert.ok(sameLetters('ا').includes('إ'))
})
