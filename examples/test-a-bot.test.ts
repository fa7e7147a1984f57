import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { startSandbox, type Sandbox } from '@postern/sandbox'

/*
 * How to test a bot without WhatsApp. The bot below is yours: it answers webhooks and calls the Cloud API at whatever
 * address it is given. `node --test examples/test-a-bot.test.ts`
 */

test('the bot offers two times and books the one that is tapped', async (t) => {
  const cloud = await startSandbox({ statusDelayMs: 0 })
  const bot = await startBot(cloud)
  t.after(() => Promise.all([cloud.close(), bot.close()]))
  await cloud.subscribe(bot.url)

  const phone = cloud.phone('16505551234')
  await phone.says('I would like to come by')
  await phone.sees('When suits you?')
  await phone.taps('Morning')
  await phone.sees('Booked: Morning')
})

test('the bot tries again when WhatsApp throttles it', async (t) => {
  const cloud = await startSandbox({ statusDelayMs: 0 })
  const bot = await startBot(cloud)
  t.after(() => Promise.all([cloud.close(), bot.close()]))
  await cloud.subscribe(bot.url)

  cloud.fault({ on: 'messages', code: 130429, times: 2 })
  const phone = cloud.phone('16505551234')
  await phone.says('hello?')
  await phone.sees('When suits you?')
  assert.deepEqual(
    cloud.received().map((call) => call.status),
    [400, 400, 200],
  )
})

/** A bot of twenty lines, so that the example runs. Yours verifies the signature as well. */
async function startBot(cloud: Sandbox): Promise<{ url: string; close: () => Promise<void> }> {
  const send = async (to: string, content: object): Promise<void> => {
    const response = await fetch(`${cloud.url}/v25.0/302702419599374/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to, ...content }),
    })
    if (response.status === 400) await send(to, content)
  }
  const answer = async (message: {
    from: string
    type: string
    interactive?: { button_reply: { title: string } }
  }): Promise<void> => {
    const choice = message.interactive?.button_reply.title
    if (choice !== undefined) return send(message.from, { type: 'text', text: { body: `Booked: ${choice}` } })
    const buttons = ['Morning', 'Evening'].map((title) => ({ type: 'reply', reply: { id: title, title } }))
    await send(message.from, {
      type: 'interactive',
      interactive: { type: 'button', body: { text: 'When suits you?' }, action: { buttons } },
    })
  }
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '/', 'http://bot')
    if (request.method === 'GET') return void response.end(searchParams.get('hub.challenge'))
    const body = JSON.parse(Buffer.concat(await request.toArray()).toString())
    response.end()
    for (const message of body.entry[0].changes[0].value.messages ?? []) await answer(message)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return { url: `http://127.0.0.1:${port}/`, close: () => new Promise((resolve) => server.close(() => resolve())) }
}
