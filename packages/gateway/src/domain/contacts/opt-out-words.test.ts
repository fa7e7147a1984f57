import assert from 'node:assert/strict'
import { test } from 'node:test'
import { z } from 'zod'
import { foldWord, optOutSettings, wishOf, wordsFit } from './opt-out-words.ts'

const LISTS = {
  stopWords: ['STOP', 'Désinscription', 'BAJA', 'отписаться', '退订', 'إيقاف', 'रोकें', 'ストップ', '🛑', 'no más'],
  startWords: ['START', 'ΑΡΧΗ', 'ja, bitte'],
}

for (const [message, wish] of [
  ['STOP', 'stopped'],
  ['  stop \n', 'stopped'],
  ['Stop.', 'stopped'],
  ['“stop!”', 'stopped'],
  ['ＳＴＯＰ', 'stopped'],
  ['s\u200btop', 'stopped'],
  ['desinscription', 'stopped'],
  ['DE\u0301SINSCRIPTION', 'stopped'],
  ['no  mas', 'stopped'],
  ['ОТПИСАТЬСЯ', 'stopped'],
  ['退订', 'stopped'],
  ['退订。', 'stopped'],
  ['إِيقَاف', 'stopped'],
  ['रोकें', 'stopped'],
  ['ｽﾄｯﾌﾟ', 'stopped'],
  ['🛑\ufe0f', 'stopped'],
  ['start', 'allowed'],
  ['αρχή', 'allowed'],
  ['JA, BITTE!', 'allowed'],
  ['stop?', undefined],
  ['please stop', undefined],
  ['stop start', undefined],
  ['stopp', undefined],
  ['रोका', undefined],
  ['', undefined],
  ['   ', undefined],
  [`stop${' '.repeat(500)}`, undefined],
  ['st\nop', undefined],
  ['constructor', undefined],
] as const)
  test(`${JSON.stringify(message)}: ${wish ?? 'nothing'}`, () => assert.equal(wishOf(message, LISTS), wish))

test('Turkish letters, German ß and the final sigma fold to one form', () => {
  assert.equal(foldWord('İPTAL'), foldWord('iptal'))
  assert.equal(foldWord('STRASSE'), foldWord('straße'))
  assert.equal(foldWord('ΤΕΛΟΣ'), foldWord('τέλος'))
})

test('a word of both lists stops, and a channel without words looks at nothing', () => {
  assert.equal(wishOf('x', { stopWords: ['x'], startWords: ['X'] }), 'stopped')
  assert.equal(wishOf('stop', { stopWords: [], startWords: [] }), undefined)
})

test('a hostile message is no work', () => {
  const started = process.cpuUsage()
  for (let i = 0; i < 200; i++) wishOf('\u0301'.repeat(i), LISTS)
  wishOf('.'.repeat(1_000_000), LISTS)
  assert(process.cpuUsage(started).user < 1_000_000)
})

test('what is read, and what is refused', () => {
  const { stop_words, start_words, stop_answer } = optOutSettings
  const schema = wordsFit(z.strictObject({ stop_words, start_words, stop_answer }).partial())
  const takes = (value: unknown): boolean => schema.safeParse(value).success
  for (const good of [
    {},
    { stop_words: [], start_words: [], stop_answer: null },
    { stop_words: ['STOP', '停'], start_words: ['START'], stop_answer: 'You get no more news.' },
  ])
    assert(takes(good), JSON.stringify(good))
  for (const bad of [
    { stop_words: [''] },
    { stop_words: ['...'] },
    { stop_words: ['\u200b'] },
    { stop_words: ['x'.repeat(61)] },
    { stop_words: Array.from({ length: 51 }, (_, i) => `w${i}`) },
    { stop_words: ['stop'], start_words: ['STÓP'] },
    { stop_words: 'STOP' },
    { stop_words: [1] },
    { stop_answer: '' },
    { stop_answer: 'x'.repeat(1025) },
  ])
    assert(!takes(bad), JSON.stringify(bad))
})
