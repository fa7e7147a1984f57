import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsv } from '../../platform/rates/csv.ts'
import { csvLine, resultLine, RESULTS_HEADER, type ResultRow } from './results-csv.ts'

const CELLS: [title: string, value: string | number | null, cell: string][] = [
  ['nothing', null, ''],
  ['a number', -5, '-5'],
  ['a word', 'Ana', 'Ana'],
  ['a comma', 'Ana, Ben', '"Ana, Ben"'],
  ['a quote', 'say "hi"', '"say ""hi"""'],
  ['lines', 'a\r\nb', '"a\r\nb"'],
  ['spaces around', ' a ', '" a "'],
  ['a formula', '=HYPERLINK("http://x")', '"\'=HYPERLINK(""http://x"")"'],
  ['a plus', '+1', "'+1"],
  ['a minus', '-1', "'-1"],
  ['an at', '@SUM(A1)', "'@SUM(A1)"],
  ['a formula behind a space', ' =1', "' =1"],
  ['a formula behind a tab', '\t=1', "'\t=1"],
  ['a formula behind a line end', '\n=1', '"\'\n=1"'],
  ['a full-width equals sign', '\uFF1D1', "'\uFF1D1"],
  ['marks in the middle', 'a=b', 'a=b'],
]
for (const [title, value, cell] of CELLS)
  test(`a cell with ${title}`, () => {
    assert.equal(csvLine([value]), `${cell}\r\n`)
  })

test('a row has a cell for each column of the header', () => {
  const row: ResultRow = {
    n: 7,
    line: 9,
    recipient: '85268411234',
    name: '=cmd',
    state: 'accepted',
    status: 'read',
    msgId: 'wamid.1',
    reference: 'msg_1',
    at: 0,
    sentAt: 1_000,
    deliveredAt: 2_000,
    readAt: 3_000,
    failedAt: null,
    answeredAt: 4_000,
    code: null,
    reason: null,
    message: null,
  }
  const [names, cells] = readCsv(RESULTS_HEADER + resultLine(row)).map((line) => line.cells)
  const read = Object.fromEntries(names!.map((name, i) => [name, cells![i]]))
  assert.equal(cells!.length, names!.length)
  assert.equal(read.recipient, '85268411234')
  assert.equal(read.name, "'=cmd")
  assert.equal(read.read_at, '1970-01-01T00:00:03.000Z')
  assert.equal(read.error_code, '')
})
