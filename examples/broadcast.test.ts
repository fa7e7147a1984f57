import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { startPostern } from 'postern/testing'
import { broadcast, rowsOf } from './broadcast.ts'

const CSV = readFileSync(new URL('people.csv', import.meta.url), 'utf8')

test('everybody in the file gets the message with their own values; who cannot is named', async () => {
  await using postern = await startPostern()
  const nobody = '12025550100'
  postern.phone(nobody).is({ onWhatsApp: false })
  postern.fault({ on: 'messages', match: { to: nobody }, code: 131026, as: 'answer' })
  const csv = `${CSV}${nobody},Monday,Sunday,NONE,5%\n`
  const { state, counts, failures } = await broadcast(postern.client, 'Sale', csv, 'test_header_text_2')
  assert.equal(state, 'done')
  assert.deepEqual([counts.total, counts.accepted, counts.failed], [3, 2, 1])
  assert.equal(failures[0]!.recipient, nobody)
  await postern.phone('85268411234').sees('Shop now through Sunday, 18:00 and use code MEI25 to get 25% off')
  await postern.phone('16505551234').sees('use code PABLO10 to get 10% off')
})

test('rows of a CSV file: commas, quotation marks and empty values', () => {
  assert.deepEqual(rowsOf('a,b,c\r\n"1, ""one""",,3\n,2,\n'), [
    { a: '1, "one"', b: '', c: '3' },
    { a: '', b: '2', c: '' },
  ])
})
