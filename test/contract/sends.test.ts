import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import type { Sandbox } from '../../packages/sandbox/src/index.ts'
import { fixture, fixtureNames, startFixtureWorld, BUSINESS, type Loose } from './fixture-world.ts'

/* Every send of the fixtures gets the fixture's answer, from a sandbox with the fixtures' objects. */

let sandbox: Sandbox
let send: (body: unknown, token?: string) => Promise<{ status: number; body: Loose }>
before(async () => {
  ;({ sandbox, send } = await startFixtureWorld())
})
after(() => sandbox.close())

/** Ids are the sandbox's own; everything else must be equal. */
function comparable(answer: Loose): Loose {
  const copy = structuredClone(answer)
  for (const message of copy.messages ?? []) {
    assert.match(message.id, /^wamid\.[A-Za-z0-9+/]+=*$/)
    message.id = 'wamid'
  }
  if (copy.error) {
    assert.equal(typeof copy.error.fbtrace_id, 'string')
    delete copy.error.fbtrace_id
  }
  return copy
}

const requests = fixtureNames('sends').filter((n) => !n.startsWith('response_'))
assert.ok(requests.length >= 23)
for (const name of requests) {
  const answer = name.startsWith('template_')
    ? 'template'
    : name === 'text_to_bsuid'
      ? 'bsuid'
      : name.startsWith('read_')
        ? 'read'
        : 'phone'
  test(`${name} is accepted with response_ok_${answer}`, async () => {
    const body = fixture('sends', name)
    if (name.startsWith('read_')) body.message_id = (await sandbox.phone('12065550147').says('hi')).id
    const got = await send(body)
    assert.equal(got.status, 200, JSON.stringify(got.body))
    assert.deepEqual(comparable(got.body), comparable(fixture('sends', `response_ok_${answer}`)))
  })
}

const text = { messaging_product: 'whatsapp', to: '+12065550147', type: 'text', text: { body: 'x' } }
const template = (name: string, code: string, components?: unknown): object => ({
  messaging_product: 'whatsapp',
  to: '+12065550147',
  type: 'template',
  template: { name, language: { code }, ...(components !== undefined && { components }) },
})
const image = {
  type: 'header',
  parameters: [{ type: 'image', image: { link: 'https://cdn.example.com/banners/sale.png' } }],
}
const words = (...texts: string[]): object => ({
  type: 'body',
  parameters: texts.map((t) => ({ type: 'text', text: t })),
})

const REFUSALS: Record<string, { status: number; ask: () => Promise<{ status: number; body: Loose }> }> = {
  response_error_132000: { status: 400, ask: () => send(template('autumn_sale', 'en_GB', [image, words('Mira')])) },
  response_error_132001: { status: 404, ask: () => send(template('store_hours', 'fr')) },
  response_error_132012: { status: 400, ask: () => send(template('autumn_sale', 'en_GB', [words('Mira', '25%')])) },
  response_error_131009: {
    status: 400,
    ask: () => {
      const body = fixture('sends', 'interactive_button')
      body.interactive.action.buttons[0].reply.title = 'x'.repeat(21)
      return send(body)
    },
  },
  response_error_130429: {
    status: 400,
    async ask() {
      sandbox.limits({ throughput: 1 })
      await send(text)
      const second = await send(text)
      sandbox.limits({ throughput: false })
      return second
    },
  },
  response_error_131056: {
    status: 400,
    async ask() {
      sandbox.limits({ pair: true })
      for (let i = 0; i < 45; i++) assert.equal((await send(text)).status, 200)
      const refused = await send(text)
      sandbox.limits({ pair: false })
      return refused
    },
  },
  response_error_190: { status: 401, ask: () => send(text, 'not-a-token') },
  response_error_100_subcode_33: {
    status: 400,
    async ask() {
      const response = await fetch(`${sandbox.url}/v25.0/301234567899999/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${BUSINESS.token}`, 'content-type': 'application/json' },
        body: JSON.stringify(text),
      })
      return { status: response.status, body: await response.json() }
    },
  },
}

for (const name of fixtureNames('sends').filter((n) => n.startsWith('response_error_'))) {
  test(`${name} is refused as in the fixture`, async () => {
    const refusal = REFUSALS[name]
    assert.ok(refusal, `no mistake leads to ${name}`)
    const got = await refusal.ask()
    assert.equal(got.status, refusal.status)
    assert.deepEqual(comparable(got.body), comparable(fixture('sends', name)))
  })
}
