import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startPostern } from 'postern/testing'
import { createCodes } from './one-time-codes.ts'

const MEI = '85268411234'

test('a code is valid once, for ten minutes, and for five tries', async () => {
  await using postern = await startPostern()
  const codes = createCodes(postern.client, () => postern.clock.now())
  const phone = postern.phone(MEI)
  const codeOn = async (): Promise<string> => {
    await codes.send(MEI)
    const message = await phone.sees(/\d{6}/)
    return /\d{6}/.exec(JSON.stringify(message.face))![0]
  }

  const first = await codeOn()
  assert.equal(codes.check('16505551234', first), false)
  assert.equal(codes.check(MEI, first), true)
  assert.equal(codes.check(MEI, first), false)

  const old = await codeOn()
  postern.clock.advance(11 * 60_000)
  assert.equal(codes.check(MEI, old), false)

  const guessed = await codeOn()
  const wrong = guessed === '000000' ? '000001' : '000000'
  for (let i = 0; i < 5; i++) assert.equal(codes.check(MEI, wrong), false)
  assert.equal(codes.check(MEI, guessed), false)
})

test('while WhatsApp is down, the caller is told, and may ask again', async () => {
  await using postern = await startPostern()
  const codes = createCodes(postern.client)
  postern.fault({ on: 'messages', code: 131026, as: 'answer' })
  await assert.rejects(codes.send(MEI), /131026/)
  await codes.send(MEI)
  await postern.phone(MEI).sees(/\d{6}/)
})
