import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allRows, MOST_ROWS, textOf } from './export-rows.ts'

type Row = { n: number; name: string }
const cells = { number: (row: Row) => row.n, name: (row: Row) => row.name, nothing: () => null }

test('a table has a header, quotes what needs it, and no cell is a formula', () => {
  const rows = ['plain', 'a, b', 'say "hi"', 'two\nlines', '=1+1', '+852', '-1', '@x', ''].map((name, n) => ({
    n,
    name,
  }))
  assert.equal(
    textOf('csv', rows, cells),
    [
      'number,name,nothing',
      '0,plain,',
      '1,"a, b",',
      '2,"say ""hi""",',
      '3,"two\nlines",',
      "4,'=1+1,",
      "5,'+852,",
      "6,'-1,",
      "7,'@x,",
      '8,,',
      '',
    ].join('\r\n'),
  )
})

test('lines of JSON have the rows as they are', () => {
  assert.equal(textOf('jsonl', [{ n: 1, name: 'a\n' }], cells), '{"n":1,"name":"a\\n"}\n')
})

test('all pages are fetched, each after the last row of the one before, up to the limit', async () => {
  const source = Array.from({ length: 250 }, (_, n) => ({ n, name: '' }))
  const asked: (number | undefined)[] = []
  const page = (last: Row | undefined): Promise<Row[]> => {
    asked.push(last?.n)
    const from = last === undefined ? 0 : last.n + 1
    return Promise.resolve(source.slice(from, from + 100))
  }
  const { signal } = new AbortController()
  assert.deepEqual(await allRows(page, 100, signal), { rows: source, isCut: false })
  assert.deepEqual(asked, [undefined, 99, 199])
  const endless = (): Promise<Row[]> => Promise.resolve(source.slice(0, 100))
  const { rows, isCut } = await allRows(endless, 100, signal)
  assert.deepEqual([rows.length, isCut], [MOST_ROWS, true])
  await assert.rejects(allRows(page, 100, AbortSignal.abort(new Error('left'))), /left/)
})
