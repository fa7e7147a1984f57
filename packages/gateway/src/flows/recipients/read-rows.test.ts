import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FileProblem, openRows, type FileFormat, type ReadRow } from './read-rows.ts'

async function* inParts(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function read(text: string | Uint8Array, { size = 3, format }: { size?: number; format?: FileFormat } = {}) {
  const { layout, rows } = await openRows(inParts(typeof text === 'string' ? Buffer.from(text) : text, size), format)
  const all: ReadRow[] = []
  for await (const row of rows) all.push(row)
  return { ...layout, rows: all }
}

const cellsAndLines = async (text: string) =>
  (await read(text)).rows.map((row) => ('cells' in row ? [row.line, ...row.cells] : row))

test('the separator of Excel, a byte order mark, empty rows, and quoted line ends, each row with its first line', async () => {
  const file = '\uFEFFPhone;Name;Text\r\n85268411234;Ana;"one\r\ntwo"\r\n;;\r\n\r\n85268411235;"Ben; ""B""";x\r\n'
  const found = await read(file)
  assert.deepEqual(found.columns, ['Phone', 'Name', 'Text'])
  assert.deepEqual([found.format, found.delimiter, found.hasHeader], ['csv', ';', true])
  assert.deepEqual(await cellsAndLines(file), [
    [2, '85268411234', 'Ana', 'one\r\ntwo'],
    [6, '85268411235', 'Ben; "B"', 'x'],
  ])
})

test('tabs, sep=, old line ends, and quotes inside of a cell', async () => {
  assert.equal((await read('phone\tname\n85268411234\tAna\n')).delimiter, '\t')
  assert.deepEqual(await cellsAndLines('sep=|\r\nphone|name\r\n85268411234|Ana, Ben\r\n'), [
    [3, '85268411234', 'Ana, Ben'],
  ])
  assert.deepEqual(await cellsAndLines('phone,name\r85268411234,Joe "Ace" Doe\r'), [
    [2, '85268411234', 'Joe "Ace" Doe'],
  ])
})

test('a first line with a number is not a heading', async () => {
  const { columns, hasHeader, rows } = await read('+852 6841 1234,Ana\n85268411235,Ben\n')
  assert.deepEqual([columns, hasHeader, rows.length], [['1', '2'], false, 2])
  assert.deepEqual((await read('85268411234\n85268411235')).rows.length, 2)
})

test('a row with more cells than the heading is named; missing cells at its end are empty', async () => {
  const [first, second] = (await read('phone,name\n85268411234,Doe, Ana\n85268411235\n')).rows
  assert.match((first as { problem: string }).problem, /^has 3 cells, and the first line has 2/)
  assert.deepEqual(second, { line: 3, cells: ['85268411235'] })
})

test('JSON, one object a line, also without a name', async () => {
  const { format, columns, rows } = await read('{"to":"85268411234","name":"Ana"}\n\n[1]\n{"to":\n')
  assert.deepEqual([format, columns], ['jsonl', ['to', 'name']])
  assert.deepEqual(rows[0], { line: 1, object: { to: '85268411234', name: 'Ana' } })
  assert.deepEqual(
    rows.slice(1).map((row) => [row.line, 'problem' in row]),
    [
      [3, true],
      [4, true],
    ],
  )
})

const REFUSED: [what: string, file: Uint8Array | string, says: RegExp][] = [
  ['Latin-1', Buffer.from('phone,name\n1,a\n85268411234,Jos\xe9\n', 'latin1'), /^line 3 is not UTF-8: save/],
  ['UTF-16', Buffer.from('\uFEFFphone,name\n', 'utf16le'), /UTF-16/],
  ['a workbook', Buffer.from('PK\u0003\u0004xxxx'), /workbook/],
  ['a zero byte', 'phone\n1\n\0', /^line 3 has a zero byte/],
  ['nothing', ' \n', /empty/],
  ['no bytes', '', /empty/],
  ['a JSON array', '[{"to":"1"}]', /JSON array/],
  [
    'an open quotation mark',
    'phone,name\n85268411234,"Ana\n85268411235,Ben\n',
    /^a quotation mark of the row that begins in line 2 is not closed/,
  ],
  ['a row without an end', `phone,name\n1,"${'x'.repeat(70_000)}"\n`, /line 2 is longer than 64 KiB/],
]
for (const [what, file, says] of REFUSED)
  test(`refused with the line and what to do: ${what}`, async () => {
    for (const size of [1_000, 100_000])
      await assert.rejects(read(file, { size }), (error) => error instanceof FileProblem && says.test(error.message))
  })

test('characters that are cut between two parts are whole', async () => {
  for (const size of [1, 2, 3, 4, 5]) {
    const { rows } = await read('phone,name\n85268411234,陳大文 🎉 José\n', { size })
    assert.deepEqual(rows, [{ line: 2, cells: ['85268411234', '陳大文 🎉 José'] }])
  }
})
