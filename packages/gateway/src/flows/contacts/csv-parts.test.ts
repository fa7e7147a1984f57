import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readCsv } from '../../platform/rates/csv.ts'
import { BrokenCsv, csvParts } from './csv-parts.ts'

async function* chunksOf(text: string, size: number): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text)
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size)
}

async function rowsOf(text: string, size: number): Promise<{ line: number; cells: string[] }[]> {
  const rows = []
  for await (const part of csvParts(chunksOf(text, size)))
    rows.push(...readCsv(part.text).map(({ line, cells }) => ({ line: line + part.linesBefore, cells })))
  return rows
}

test('parts have the rows and the lines of the whole file, wherever it is cut', async () => {
  const rows = Array.from({ length: 4_000 }, (_, i) => `8526841${1000 + i},"Mei, ""the ${i}th""\nof her name",é${i}`)
  const text = rows.join('\r\n')
  const whole = readCsv(text)
  for (const size of [7, 1_000, 65_536, 10_000_000]) assert.deepEqual(await rowsOf(text, size), whole, String(size))
})

test('a quotation mark that is never closed, and bytes that are not UTF-8, are told by their line', async () => {
  const open = `a,b\n"${'x'.repeat(200_000)}`
  await assert.rejects(rowsOf(open, 1_000), (error) => error instanceof BrokenCsv && error.line === 2)
  const drain = async (bytes: Buffer) => {
    for await (const _part of csvParts(
      (async function* () {
        yield bytes
      })(),
    ))
      void _part
  }
  await assert.rejects(drain(Buffer.from([0x61, 0xff, 0x0a])), /not UTF-8/)
})
