import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readConfig } from './config.ts'
import { shownSettings } from './shown-settings.ts'

test('settings are shown as they were set; a secret is only said to be set', () => {
  const token = 'correct-horse-battery-staple-1234567890'
  const { given } = readConfig({ PORT: ' 9000 ', HOST: '', ADMIN_TOKEN: token, PATH: '/usr/bin' })
  const shown = shownSettings(given)
  const of = (name: string) => shown.find((row) => row.name === name)
  const { value, set, secret, default: fallback } = of('PORT')!
  assert.deepEqual([value, set, secret, fallback], ['9000', true, false, '8080'])
  assert.deepEqual([of('HOST')!.value, of('HOST')!.set], [null, false])
  assert.deepEqual([of('ADMIN_TOKEN')!.value, of('ADMIN_TOKEN')!.set], [null, true])
  assert.equal(of('PATH'), undefined)
  assert.ok(!JSON.stringify([shown, [...given]]).includes(token))
})
