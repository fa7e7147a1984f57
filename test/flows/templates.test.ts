import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { DEMO } from '../../packages/gateway/src/app/demo.ts'
import { startWorld, type Answer, type World } from '../support/world.ts'

type Json = Record<string, unknown>
type Template = { template_id: string; name: string; status: string; category: string; components: Json[] } & Json

const dataOf = <T>(answer: Answer): T => answer.data as T
const errorOf = (answer: Answer) =>
  answer.error as unknown as {
    reason: string
    fields: { path: string; rule: string; wants: string; got: string; reason?: string }[]
    upstream: Json & { code: number }
    template: Json
  }

const sends = (world: World) => world.sandbox.received().filter((call) => call.path.endsWith('/messages'))
const catalogCalls = (world: World) =>
  world.sandbox.received().filter((call) => call.path.endsWith('/message_templates') && call.method === 'GET')

let people = 0
/** Each to another contact: one contact may get only so many messages in a short time. */
const sendOf = (template: Json): Json => ({ to: String(85_260_000_000 + people++), type: 'template', template })
const send = (world: World, template: Json) => world.customer('POST', '/external/messages/whatsapp', sendOf(template))

const hello: Json = {
  name: 'order_ready',
  language: 'en_US',
  category: 'UTILITY',
  components: [
    { type: 'BODY', text: 'Hello {{1}}, it is {{2}} o’clock.', example: { body_text: [['Ann', 18]] } },
    { type: 'FOOTER', text: 'Harbour shop' },
  ],
}

test('a template is created, reviewed, sent, edited and deleted through the customer’s routes', async () => {
  await using world = await startWorld()
  const { customer, receiver } = world
  const created = await customer('POST', '/external/templates', hello)
  assert.equal(created.http, 201)
  const { template_id: id, ...rest } = dataOf<Template>(created)
  assert.match(id, /^\d+$/)
  const now = Math.floor(Date.now() / 1000)
  assert.ok(Math.abs((rest.created_time as number) - now) < 30)
  assert.deepEqual(
    { ...rest, created_time: 0, updated_time: 0 },
    {
      name: 'order_ready',
      language: 'en_US',
      category: 'UTILITY',
      status: 'PENDING',
      quality: '',
      // Numbers in the examples became text, as Meta requires.
      components: [
        { type: 'BODY', text: 'Hello {{1}}, it is {{2}} o’clock.', example: { body_text: [['Ann', '18']] } },
        { type: 'FOOTER', text: 'Harbour shop' },
      ],
      created_time: 0,
      updated_time: 0,
      status_updated_time: 0,
      quality_updated_time: 0,
      category_updated_time: 0,
    },
  )

  const { body: told } = await receiver.gets({ event: 'template_status_update', template_id: id })
  assert.deepEqual(Object.keys(told), [
    'event',
    'channel_id',
    'business_phone',
    'template_id',
    'template_name',
    'new_value',
    'reason',
    'received_at',
    'language',
    'category',
    'value',
  ])
  assert.deepEqual([told.language, told.category], ['en-US', 'UTILITY'])
  assert.deepEqual([told.new_value, told.reason, told.template_name], ['APPROVED', '', 'order_ready'])
  const shown = dataOf<Template>(await customer('GET', `/external/templates/${id}`))
  assert.equal(shown.status, 'APPROVED')
  assert.equal(shown.status_updated_time, told.received_at)

  const body = (...words: string[]) => ({
    name: 'order_ready',
    components: [{ type: 'body', parameters: words.map((text) => ({ type: 'text', text })) }],
  })
  const wamid = await world.send(sendOf(body('Bea', '7')))
  const message = dataOf<Json>(await customer('GET', `/external/messages/${encodeURIComponent(wamid)}`))
  assert.deepEqual(message.rendered, {
    body: 'Hello Bea, it is 7 o’clock.',
    footer: 'Harbour shop',
    buttons: [],
  })
  const [listed] = dataOf<Json[]>(await customer('GET', '/external/messages?count=1'))
  assert.deepEqual([listed?.msg_id, listed?.rendered], [wamid, message.rendered])

  // Meta's webhooks have whole seconds, and two equal ones within a second count as a repetition.
  world.sandbox.pace({ reviewDelayMs: 1_100 })
  const edited = await customer('PATCH', `/external/templates/${id}`, {
    components: [{ type: 'BODY', text: 'Hello {{1}}, come in.', example: { body_text: [['Ann']] } }],
  })
  assert.equal(edited.http, 200)
  assert.equal(dataOf<Template>(edited).status, 'PENDING')
  assert.equal(dataOf<Template>(edited).components.length, 1)
  await receiver.until(
    () => receiver.received.filter(({ body }) => body.template_id === id && body.new_value === 'APPROVED').length === 2,
    'the second approval',
  )
  // The earlier valid send is invalid now, and the new one valid: the webhook changed the template.
  assert.equal(errorOf(await send(world, body('Bea', '7'))).upstream.code, 132000)
  await world.send(sendOf(body('Bea')))

  assert.deepEqual(dataOf(await customer('DELETE', `/external/templates/${id}`)), { success: true })
  for (const method of ['GET', 'PATCH', 'DELETE']) {
    const gone = await customer(method, `/external/templates/${id}`, method === 'PATCH' ? {} : undefined)
    assert.deepEqual([gone.http, gone.code, gone.message], [400, 400, 'The template is not found.'])
  }
  assert.equal(errorOf(await send(world, body('Bea'))).reason, 'template_not_found')
})

test('the list: an array, filters, and pages by the last id', async () => {
  await using world = await startWorld({ webhook: false })
  for (let i = 0; i < 12; i++) {
    world.sandbox.addTemplate({
      name: `extra_${i}`,
      language: i % 2 === 0 ? 'en_GB' : 'de',
      status: i < 3 ? 'PAUSED' : 'APPROVED',
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'Hello.' }],
      ...(i === 5 && { quality_score: { score: 'YELLOW' } }),
    })
  }
  assert.equal((await world.admin('POST', '/admin/channels/1/templates/sync')).http, 200)
  const list = async (query: string) => {
    const answer = await world.customer('GET', `/external/templates${query}`)
    assert.equal(answer.http, 200, JSON.stringify(answer))
    return dataOf<Template[]>(answer)
  }
  assert.equal((await list('')).length, 10)
  const all = await list('?count=100')
  assert.equal(all.length, 18)
  const paged: Template[] = []
  for (;;) {
    const page = await list(`?count=5${paged.length > 0 ? `&last_id=${paged.at(-1)!.template_id}` : ''}`)
    if (page.length === 0) break
    paged.push(...page)
  }
  assert.deepEqual(paged, all)
  assert.deepEqual(
    (await list('?name=authentication_ca')).map((one) => one.category),
    ['AUTHENTICATION'],
  )
  assert.equal((await list('?status=paused')).length, 3)
  assert.equal((await list('?category=marketing&status=PAUSED&language=en-GB')).length, 2)
  assert.deepEqual(
    (await list('?quality=yellow')).map((one) => one.name),
    ['extra_5'],
  )
  assert.equal((await list('?quality=UNKNOWN&count=100')).length, 17)
  assert.equal((await list('?name=extra')).length, 0)
  for (const query of ['?count=0', '?count=101', '?last_id=abc', '?colour=red']) {
    assert.equal((await world.customer('GET', `/external/templates${query}`)).code, 422, query)
  }
})

test('refusals of a creation: all of ours at once, Meta’s with its text', async () => {
  await using world = await startWorld({ webhook: false })
  const { customer } = world
  const wrong = await customer('POST', '/external/templates', { ...hello, category: undefined, name: 'Wrong Name' })
  assert.equal(wrong.code, 422)
  assert.deepEqual(
    errorOf(wrong).fields.map((field) => field.path),
    ['name', 'category'],
  )
  await customer('POST', '/external/templates', hello)
  const twice = await customer('POST', '/external/templates', hello)
  assert.deepEqual([twice.http, twice.code], [400, 10002])
  assert.match(twice.message, /^\(#100\) .*already/)
  const { upstream } = errorOf(twice)
  assert.equal(upstream.subcode, 2388024)
  assert.match(String(upstream.user_title), /already exists/)
  assert.equal(upstream.advice, 'This name already has content in this language.')
})

test('templates of another account are not accessible', async () => {
  await using world = await startWorld({ webhook: false })
  const { number, token } = world.sandbox.addNumber()
  const other = world.sandbox.addTemplate({
    name: 'not_yours',
    wabaId: number.wabaId,
    components: [{ type: 'BODY', text: 'Hello.' }],
  })
  const added = await world.admin('POST', '/admin/channels', {
    name: 'Other',
    business_phone: number.number,
    phone_number_id: number.id,
    waba_id: number.wabaId,
    access_token: token,
  })
  assert.equal(added.http, 201)
  const code = dataOf<{ certification_code: string }>(added).certification_code
  const path = `/external/templates/${other.id}`
  assert.equal((await world.customer('GET', path)).code, 400)
  assert.equal((await world.customer('DELETE', path)).code, 400)
  assert.equal((await send(world, { name: 'not_yours' })).code, 10002)
  const own = await world.customer('GET', path, undefined, { 'certification-code': code })
  assert.equal(dataOf<Template>(own).name, 'not_yours')
})

test('one language is deleted, the others stay', async () => {
  await using world = await startWorld({ webhook: false })
  const ids = ['en', 'de', 'fr'].map(
    (language) =>
      world.sandbox.addTemplate({ name: 'greeting', language, components: [{ type: 'BODY', text: 'Hello.' }] }).id,
  )
  await world.admin('POST', '/admin/channels/1/templates/sync')
  assert.equal(errorOf(await send(world, { name: 'greeting' })).reason, 'template_language_needed')
  assert.equal((await world.customer('DELETE', `/external/templates/${ids[0]}`)).http, 200)
  assert.equal((await world.customer('DELETE', `/external/templates/${ids[2]}`)).http, 200)
  const left = dataOf<Template[]>(await world.customer('GET', '/external/templates?name=greeting'))
  assert.deepEqual(
    left.map((one) => one.language),
    ['de'],
  )
  await world.send(sendOf({ name: 'greeting' }))
})

test('the example of a media header may be a link or an uploaded file', async () => {
  const png = readFileSync(new URL('../fixtures/media/image_rgb24.png', import.meta.url))
  const host = createServer((request, response) => {
    if (request.url === '/webp.png') {
      const webp = readFileSync(new URL('../fixtures/media/sticker_static.webp', import.meta.url))
      return void response.end(webp)
    }
    if (request.url === '/chunked.png') return void response.write(png, () => response.end())
    response.writeHead(request.url === '/a.png' ? 200 : 404, { 'content-length': png.length }).end(png)
  })
  await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(host.address() as AddressInfo).port}`
  try {
    await using world = await startWorld({ webhook: false })
    const create = (name: string, handle: string) =>
      world.customer('POST', '/external/templates', {
        name,
        language: 'en_US',
        category: 'MARKETING',
        components: [
          { type: 'HEADER', format: 'IMAGE', example: { header_handle: [handle] } },
          { type: 'BODY', text: 'Look at this.' },
        ],
      })
    const handleOf = (answer: Answer) =>
      (dataOf<Template>(answer).components[0] as { example: { header_handle: string[] } }).example.header_handle[0]!

    const byLink = await create('by_link', `${origin}/a.png`)
    assert.equal(byLink.http, 201, JSON.stringify(byLink))
    assert.match(handleOf(byLink), /^4::/)
    assert.match(handleOf(await create('by_chunks', `${origin}/chunked.png`)), /^4::/)

    const form = new FormData()
    form.set('file', new File([png], 'a.png'))
    const uploaded = await fetch(`${world.gateway.url}/external/media`, {
      method: 'POST',
      headers: { 'certification-code': DEMO.certificationCode },
      body: form,
    })
    const { data } = (await uploaded.json()) as { data: { id: string } }
    assert.match(handleOf(await create('by_id', data.id)), /^4::/)
    assert.equal(handleOf(await create('by_handle', '4::aGFuZGxl')), '4::aGFuZGxl')

    for (const [link, reason] of [
      [`${origin}/webp.png`, 'media_type_wrong'],
      [`${origin}/missing.png`, 'media_unreachable'],
      ['http://10.0.0.1/a.png', 'media_host_not_public'],
    ] as const) {
      const refused = await create('refused', link)
      assert.equal(refused.code, 422)
      const [field] = errorOf(refused).fields
      assert.deepEqual([field?.path, field?.reason], ['components.0.example.header_handle.0', reason])
    }
    assert.equal((await create('unknown_id', '123')).code, 10002)
  } finally {
    host.closeAllConnections()
    host.close()
  }
})

test('status, quality and category webhooks change the next send and reach the channel that created the template', async () => {
  await using world = await startWorld()
  const { customer, receiver, sandbox } = world
  // A second number of the same account: updates of templates that were created elsewhere concern both.
  const { number } = sandbox.addNumber({ wabaId: DEMO.wabaId })
  await world.admin('POST', '/admin/channels', {
    name: 'Second',
    business_phone: number.number,
    phone_number_id: number.id,
    waba_id: DEMO.wabaId,
    access_token: DEMO.accessToken,
    webhook_url: receiver.url,
  })
  receiver.secret = undefined
  const created = dataOf<Template>(
    await customer('POST', '/external/templates', { ...hello, components: [{ type: 'BODY', text: 'Hello.' }] }),
  )
  const id = created.template_id
  await receiver.gets({ event: 'template_status_update', template_id: id, new_value: 'APPROVED' })
  await world.send(sendOf({ name: 'order_ready' }))
  const before = catalogCalls(world).length

  sandbox.judge(id, { event: 'PAUSED' })
  await receiver.gets({ event: 'template_status_update', template_id: id, new_value: 'PAUSED' })
  const paused = await send(world, { name: 'order_ready' })
  assert.equal(errorOf(paused).reason, 'template_not_approved')
  assert.equal(errorOf(paused).upstream.code, 132015)
  assert.equal(dataOf<Template>(await customer('GET', `/external/templates/${id}`)).status, 'PAUSED')

  sandbox.judge(id, { event: 'REJECTED', reason: 'ABUSIVE_CONTENT' })
  const rejected = await receiver.gets({ event: 'template_status_update', template_id: id, new_value: 'REJECTED' })
  assert.equal(rejected.body.reason, 'ABUSIVE_CONTENT')
  const refused = await send(world, { name: 'order_ready' })
  assert.match(String((errorOf(refused).fields[0] as unknown as Json).message), /REJECTED \(ABUSIVE_CONTENT\)/)

  const webhook = (field: string, value: Json) => sandbox.tell({ field, value, wabaId: DEMO.wabaId, timed: true })
  const about = {
    message_template_id: Number(id),
    message_template_name: 'order_ready',
    message_template_language: 'en-US',
  }
  await webhook('message_template_quality_update', {
    ...about,
    previous_quality_score: 'GREEN',
    new_quality_score: 'YELLOW',
  })
  await receiver.gets({ event: 'template_quality_update', template_id: id, new_value: 'YELLOW' })
  await webhook('template_category_update', { ...about, previous_category: 'UTILITY', new_category: 'MARKETING' })
  await receiver.gets({ event: 'template_category_update', template_id: id, new_value: 'MARKETING' })

  const told = receiver.received.filter(({ body }) => body.template_id === id)
  assert.ok(told.length >= 5)
  assert.deepEqual([...new Set(told.map(({ body }) => body.channel_id))], [DEMO.channelId])
  assert.ok(catalogCalls(world).length - before < 10)

  const demo = dataOf<Template[]>(await customer('GET', '/external/templates?name=authentication_ca'))[0]!.template_id
  sandbox.judge(demo, { event: 'PAUSED' })
  const both = () =>
    receiver.received.filter(({ body }) => body.template_id === demo).map(({ body }) => body.channel_id)
  await receiver.until(() => both().length === 2, 'the update on both channels')
  assert.equal(new Set(both()).size, 2)
})

test('a send is refused only after Meta was asked again, and Meta is not asked for every refusal', async () => {
  await using world = await startWorld({ webhook: false })
  const { sandbox } = world
  assert.equal(errorOf(await send(world, { name: 'made_elsewhere' })).reason, 'template_not_found')
  // Created at Meta, without a webhook: neither for the name nor, later, for its new shape.
  for (let i = 0; i < 20; i++) {
    const template = sandbox.addTemplate({ name: `elsewhere_${i}`, components: [{ type: 'BODY', text: 'Hello.' }] })
    await world.send(sendOf({ name: `elsewhere_${i}` }))
    template.components = [{ type: 'BODY', text: 'Hello {{1}}, welcome.' }]
    const components = [{ type: 'body', parameters: [{ type: 'text', text: 'Ann' }] }]
    await world.send(sendOf({ name: `elsewhere_${i}`, components }))
  }
  const before = catalogCalls(world).length
  const refused = await Promise.all(Array.from({ length: 300 }, () => send(world, { name: 'nobody_knows_it' })))
  assert.deepEqual(new Set(refused.map((answer) => answer.code)), new Set([10002]))
  assert.ok(catalogCalls(world).length - before <= 4, `${catalogCalls(world).length - before} questions`)
})

test('without a catalog, a send reports that WhatsApp is unavailable, and not that the template is unknown', async () => {
  await using world = await startWorld({ webhook: false })
  const { number, token } = world.sandbox.addNumber()
  const added = await world.admin('POST', '/admin/channels', {
    name: 'Fresh',
    business_phone: number.number,
    phone_number_id: number.id,
    waba_id: number.wabaId,
    access_token: token,
  })
  const code = dataOf<{ certification_code: string }>(added).certification_code
  const fault = world.sandbox.fault({ on: 'templates', httpStatus: 503, code: 2 })
  const answer = await world.customer('POST', '/external/messages/whatsapp', sendOf({ name: 'x' }), {
    'certification-code': code,
  })
  assert.deepEqual([answer.http, answer.code, errorOf(answer).reason], [503, 10002, 'upstream_unavailable'])
  fault.remove()
})

test('a code can be sent to a phone number only', async () => {
  await using world = await startWorld({ webhook: false })
  const answer = await world.customer('POST', '/external/messages/whatsapp', {
    recipient: 'US.80412236671908854412',
    type: 'template',
    template: { name: 'authentication_ca', code: '012345' },
  })
  assert.equal(
    answer.message,
    '(#131062) Business-scoped User ID (BSUID) recipients are not supported for this message',
  )
  assert.equal(errorOf(answer).fields[0]?.path, 'recipient')
  assert.equal(sends(world).length, 0)
})
