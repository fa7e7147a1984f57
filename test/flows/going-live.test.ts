import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startSandbox } from '../../packages/sandbox/src/index.ts'
import { startWorld, type World } from '../support/world.ts'

/** A folder that was used with the sandbox, and the settings of a real WhatsApp. */
async function used(t: TestContext, before: (world: World) => Promise<void> = async () => {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'postern-live-'))
  const whatsapp = await startSandbox({ seed: `live ${Date.now()}` })
  t.after(async () => {
    await whatsapp.close()
    rmSync(dataDir, { recursive: true, force: true })
  })
  const first = await startWorld({ dataDir, webhook: false })
  await before(first)
  await first.stop()
  const env = {
    CLOUD_API_URL: whatsapp.url,
    META_APP_SECRET: whatsapp.appSecret,
    META_VERIFY_TOKEN: whatsapp.verifyToken,
  }
  return {
    sandboxed: () => startWorld({ dataDir, webhook: false }),
    live: () => startWorld({ dataDir, env, webhook: false }),
  }
}

const channelsOf = async (world: World): Promise<unknown> => {
  const { data } = await world.admin('GET', '/admin/channels')
  return (data as { name: string }[]).map(({ name }) => name)
}
const opens = async (world: World): Promise<number> => (await world.customer('GET', '/external/messages')).http

const OWN = {
  name: 'Own',
  business_phone: DEMO.businessPhone,
  phone_number_id: DEMO.phoneNumberId,
  waba_id: DEMO.wabaId,
  access_token: DEMO.accessToken,
}

test('going live removes the demo channel, and the sandbox restores it', async (t) => {
  const { live, sandboxed } = await used(t)
  const real = await live()
  assert.deepEqual([await channelsOf(real), await opens(real)], [[], 401])
  await real.stop()
  const back = await sandboxed()
  assert.deepEqual([await channelsOf(back), await opens(back)], [['Demo'], 200])
  await back.send({ to: DEMO.phones[0], type: 'text', text: 'as before' })
  await back.stop()
})

test('a channel that an operator added stays at every start, whatever number it has', async (t) => {
  const { live, sandboxed } = await used(t)
  const real = await live()
  assert.equal((await real.admin('POST', '/admin/channels', OWN)).http, 201)
  await real.stop()
  const again = await live()
  assert.deepEqual(await channelsOf(again), ['Own'])
  await again.stop()
  const back = await sandboxed()
  assert.deepEqual([await channelsOf(back), await opens(back)], [['Own'], 401], 'its number has a channel already')
  await back.stop()
})

test('a demo channel with a token of its own stays, without the public code', async (t) => {
  const { live } = await used(t, async (world) => {
    assert.equal((await world.admin('PATCH', '/admin/channels/1', { access_token: 'a-real-token' })).http, 200)
  })
  const real = await live()
  assert.deepEqual([await channelsOf(real), await opens(real)], [['Demo'], 401])
  await real.stop()
})

test('a demo channel that an operator removed does not return', async (t) => {
  const { live, sandboxed } = await used(t, async (world) => {
    assert.equal((await world.admin('DELETE', '/admin/channels/1')).http, 200)
  })
  await (await live()).stop()
  const back = await sandboxed()
  assert.deepEqual(await channelsOf(back), [])
  await back.stop()
})
