import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createClient } from '../../packages/client/src/index.ts'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type World } from '../support/world.ts'

const calls = (world: World) =>
  world.sandbox
    .received()
    .filter(({ path, method }) => path.includes('/message_templates') && method !== 'GET')
    .map(({ method, path }) => `${method} ${path.replace(/^.*message_templates/, '')}`)

test('templates are archived, unarchived, unpaused and deleted by their ids', async () => {
  await using world = await startWorld()
  const client = createClient({ url: world.gateway.url, certificationCode: DEMO.certificationCode })
  const create = async (name: string, language: 'en' | 'de' = 'en'): Promise<string> => {
    const components = [{ type: 'BODY' as const, text: 'Your order is ready.' }]
    const made = await client.templates.create({ name, language, category: 'MARKETING', components })
    await world.receiver.gets({ event: 'template_status_update', template_id: made.template_id, new_value: 'APPROVED' })
    return made.template_id
  }
  const [first, second] = [await create('sale_one'), await create('sale_two')]
  const status = async (id: string) => (await client.templates.get(id)).status

  assert.deepEqual(await client.templates.archive([first]), { archived_templates: [first], failed_templates: {} })
  assert.equal(await status(first), 'ARCHIVED')
  const again = await client.templates.archive([first, second])
  assert.deepEqual(again.archived_templates, [second])
  assert.deepEqual(Object.keys(again.failed_templates), [first])
  assert.deepEqual((await client.templates.unarchive([first, second])).unarchived_templates, [first, second])
  assert.equal(await status(first), 'APPROVED')

  assert.equal((await client.templates.unpause(first)).success, false)
  world.sandbox.judge(first, { event: 'PAUSED' })
  assert.deepEqual(await client.templates.unpause(first), { success: true })
  assert.equal(await status(first), 'APPROVED')

  await client.templates.deleteAll({ ids: [first, second] })
  await assert.rejects(client.templates.get(first), { reason: 'template_missing' })
  const third = await create('sale_three')
  const fourth = await create('sale_three', 'de')
  await client.templates.deleteAll({ name: 'sale_three' })
  for (const id of [third, fourth]) await assert.rejects(client.templates.get(id), { reason: 'template_missing' })
  assert.ok(calls(world).some((one) => one.startsWith('DELETE ')))

  const operator = await create('sale_five')
  const path = `/admin/channels/${DEMO.channelId}/templates`
  const archived = await world.admin('POST', `${path}/archive`, { hsm_ids: [operator] })
  assert.deepEqual(archived.data, { archived_templates: [operator], failed_templates: {} })
  assert.equal((await world.admin('DELETE', `${path}?hsm_ids=[${operator}]`)).http, 200)

  const fieldsOf = async (method: string, route: string, body?: unknown) => {
    const { http, error } = await world.customer(method, route, body)
    const { fields } = error as unknown as { fields: { path: string; rule: string }[] }
    return [http, ...fields.map((field) => `${field.path} ${field.rule}`)]
  }
  const many = Array.from({ length: 101 }, (_, i) => String(1_000 + i))
  assert.deepEqual(await fieldsOf('POST', '/external/templates/archive', {}), [422, 'hsm_ids required'])
  assert.deepEqual(await fieldsOf('POST', '/external/templates/unarchive', { hsm_ids: ['x'] }), [
    422,
    'hsm_ids.0 pattern',
  ])
  assert.deepEqual(await fieldsOf('POST', '/external/templates/archive', { hsm_ids: many }), [422, 'hsm_ids maxItems'])
  assert.deepEqual(await fieldsOf('DELETE', '/external/templates'), [422, 'hsm_ids required'])
  assert.deepEqual(await fieldsOf('DELETE', '/external/templates?hsm_ids=1&name=a'), [422, 'name exclusive'])
  assert.deepEqual(await fieldsOf('DELETE', `/external/templates?hsm_ids=${many}`), [422, 'hsm_ids maxItems'])
  assert.deepEqual(await fieldsOf('DELETE', '/external/templates?hsm_ids=1,,2'), [422, 'hsm_ids pattern'])
})
