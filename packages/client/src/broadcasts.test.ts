import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DEMO } from '../../gateway/src/app/demo.ts'
import { startWorld } from '../../../test/support/world.ts'
import { createClient } from './index.ts'

const TO = DEMO.phones[0]

test('a broadcast of a file is checked, changed, tested and started; rows may come inline', async () => {
  await using world = await startWorld()
  const { broadcasts, importPreferences, exportPreferences } = createClient({
    url: world.gateway.url,
    certificationCode: DEMO.certificationCode,
  })
  const file = new Blob([`Telephone;Name\n${TO};Ann\n12;Bob\n`])
  const { file_id, columns } = await broadcasts.files.upload(file, { filename: 'people.csv' })
  assert.deepEqual(columns, ['Telephone', 'Name'])
  assert.equal((await broadcasts.files.get(file_id)).filename, 'people.csv')

  const map = { to: 'Telephone', name: 'Name' }
  const template = 'test_button_reply_1'
  const { id, state } = await broadcasts.create({ template, file_id, map, draft: true })
  assert.equal(state, 'draft')
  const report = await broadcasts.check(id)
  assert.deepEqual([report.rows, report.bad.rows, report.forecast.accepted], [2, 1, 1])
  assert.deepEqual(await broadcasts.report(id), report)
  assert.match(await (await broadcasts.badRows(id)).text(), /^line,recipient,reason,message\r\n3,12,number_invalid,/)
  await broadcasts.change(id, { skip_bad: true, test_numbers: [DEMO.phones[1]] })
  const { results } = await broadcasts.test(id)
  assert.deepEqual(
    results.map((one) => [one.to, one.state]),
    [[DEMO.phones[1], 'accepted']],
  )
  await broadcasts.start(id)
  await world.sandbox.phone(TO).sees((message) => message.type === 'template')

  const unused = await broadcasts.files.upload(file)
  assert.deepEqual(await broadcasts.files.delete(unused.file_id), { success: true })

  const rows = await broadcasts.create({ template, map, recipients: [{ Telephone: TO, Name: 'Ann' }], draft: true })
  assert.equal((await broadcasts.check(rows.id)).ok, true)

  const wishes = await importPreferences(new Blob([`to,marketing\n${TO},stopped\n`]), { filename: 'wishes.csv' })
  assert.equal(wishes.changed, 1)
  assert.match(await (await exportPreferences({ marketing: 'stopped' })).text(), new RegExp(`\n${TO},stopped,`))
})
