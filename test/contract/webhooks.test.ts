import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { Sandbox } from '../../src/sandbox/index.ts'
import { startCallback, type Callback } from '../../src/sandbox/testing.ts'
import { fixture, fixtureNames, startFixtureWorld, BUSINESS, type Loose } from './fixture-world.ts'

/* Every webhook of the fixtures can be brought about by a phone, a send or a control call. */

type World = Awaited<ReturnType<typeof startFixtureWorld>>
let world: World
let sandbox: Sandbox
let callback: Callback

beforeEach(() => start())
afterEach(() => stop())
async function start(options: Parameters<typeof startFixtureWorld>[0] = {}): Promise<void> {
  world = await startFixtureWorld(options)
  sandbox = world.sandbox
  callback = await startCallback(sandbox.verifyToken)
  await sandbox.subscribe(callback.url)
}
async function stop(): Promise<void> {
  await sandbox.close()
  await callback.close()
}

/** Ids, times and hashes are the sandbox's own: what must agree is their kind and everything else. */
function comparable(value: Loose, key = '', parent = ''): Loose {
  if (Array.isArray(value)) return value.map((v) => comparable(v, '', key))
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).map(([k, v]) => [k, comparable(v, k, key || parent)])
    return Object.fromEntries(kept)
  }
  if (['timestamp', 'time', 'expiration_timestamp', 'disable_date'].includes(key)) return `a ${typeof value} of seconds`
  if (typeof value === 'string' && value.startsWith('wamid.')) return 'wamid'
  if (['image', 'video', 'audio', 'document', 'sticker'].includes(parent) && ['id', 'url', 'sha256'].includes(key)) {
    return key === 'sha256'
      ? /^[A-Za-z0-9+/]{43}=$/.test(value)
      : key === 'url'
        ? /mid=\d+&ext=\d+&hash=AT/.test(value)
        : /^\d{14,17}$/.test(value)
  }
  if (parent === 'conversation' && key === 'id') return /^[0-9a-f]{32}$/.test(value)
  return value
}

const mira = () => sandbox.phone('12065550147')
const tom = () => sandbox.phone('447700900123')
const noor = () => sandbox.phone('16505550777')
const said = (name: string): Loose => {
  const {
    context: _c,
    from: _f,
    from_user_id: _u,
    id: _i,
    timestamp: _t,
    ...content
  } = fixture('webhooks', name).entry[0].changes[0].value.messages[0]
  return content
}
/** A message of the business that has arrived at somebody's phone, and no more webhooks of it to come. */
async function business(body: object, to = '+12065550147'): Promise<string> {
  const answer = await world.send({ messaging_product: 'whatsapp', to, ...body })
  assert.equal(answer.status, 200, JSON.stringify(answer.body))
  await sandbox.settled()
  return answer.body.messages[0].id
}
const text = (body: string, more: object = {}): object => ({ type: 'text', text: { body }, ...more })
const sendFixture = (name: string, more: object = {}): Promise<string> => {
  const { to, ...body } = fixture('sends', name)
  return business({ ...body, ...more }, to)
}

const PRODUCERS: Record<string, () => Promise<unknown>> = {
  in_text: () => mira().says('Hi, is the Harbour St shop open on Sunday?'),
  in_text_username_no_phone: () => noor().says('Can I change my delivery slot? ✨'),
  in_text_reply_to_business_message: async () =>
    mira().replies(await business(text('This one?')), 'Yes, that one please'),
  in_text_ctwa_ad_referral: () => mira().says(said('in_text_ctwa_ad_referral')),
  in_image: () => mira().says({ type: 'image', image: { caption: 'Damaged on arrival', mime_type: 'image/jpeg' } }),
  in_video: () => mira().says({ type: 'video' }),
  in_audio_voice: () => mira().says({ type: 'audio' }),
  in_document: () =>
    mira().says({ type: 'document', document: { caption: 'Signed form', filename: 'return-form.pdf' } }),
  in_sticker: () => mira().says({ type: 'sticker' }),
  in_location: () => mira().says(said('in_location')),
  in_contacts: () => mira().says(said('in_contacts')),
  in_reaction_add: async () => mira().reacts(await business(text('Thanks')), '👍'),
  in_reaction_remove: async () => mira().reacts(await business(text('Thanks'))),
  async in_button_template_quick_reply() {
    const button = {
      type: 'button',
      sub_type: 'quick_reply',
      index: '0',
      parameters: [{ type: 'payload', payload: 'confirm:appt:5531' }],
    }
    const body = fixture('sends', 'template_named_params')
    body.template.components.push(button)
    await business({ type: 'template', template: body.template })
    await mira().taps('Confirm')
  },
  in_button_did_not_request_code: async () => mira().disowns(await sendFixture('template_authentication')),
  async in_interactive_button_reply() {
    await sendFixture('interactive_button')
    await mira().taps('Morning')
  },
  async in_interactive_list_reply() {
    await sendFixture('interactive_list')
    await mira().picks('Express')
  },
  async in_interactive_flow_nfm_reply() {
    await sendFixture('interactive_flow')
    await mira().submits({ party_size: '4', date: '2026-09-20' })
  },
  in_order: () => mira().says(said('in_order')),
  in_system_user_changed_number: () =>
    mira().changesNumber('12065550199', { userId: 'US.99017744523368120075', previous: false }),
  in_system_user_changed_number_2026: () => mira().changesNumber('12065550199', { userId: 'US.99017744523368120075' }),
  in_system_user_changed_user_id: () => noor().changesUserId({ userId: 'US.77003318845219046613' }),
  in_system_user_changed_user_id_parent: () => {
    noor().is({ parentUserId: 'US.ENT.50117208839461' })
    return noor().changesUserId({ userId: 'US.77003318845219046613', parentUserId: 'US.ENT.90220018456721' })
  },
  in_text_parent_bsuid: () => {
    noor().is({ parentUserId: 'US.ENT.50117208839461' })
    return noor().says('Is the blue one back?')
  },
  in_unsupported_poll: () => mira().says({ type: 'unsupported', unsupported: { type: 'poll_creation' } }),
  in_media_too_large_131052: () => mira().says(said('in_media_too_large_131052')),

  st_sent_marketing_template: () =>
    sendFixture('template_header_image_body_positional', { biz_opaque_callback_data: 'campaign=sept;row=118' }),
  async st_sent_v23_with_conversation() {
    sandbox.pace({ webhookVersion: 23 })
    await sendFixture('template_authentication')
  },
  async st_sent_free_entry_point() {
    await mira().says(said('in_text_ctwa_ad_referral'))
    await business(text('It is!'))
  },
  async st_delivered_service() {
    mira().is({ username: 'mira.o' })
    await business(text('We are open.'))
  },
  async st_delivered_bsuid_only() {
    const { template } = fixture('sends', 'template_copy_code_coupon')
    const recipient = 'US.61120098443371852206'
    await world.send({ messaging_product: 'whatsapp', recipient, type: 'template', template })
  },
  async st_read() {
    await business(text('We are open.'))
    mira().reads()
  },
  async st_failed_131047_window_closed() {
    mira().is({ window: false })
    await business(text('Still there?'))
  },
  async st_failed_131026_undeliverable() {
    tom().is({ onWhatsApp: false })
    await business(text('Hello?'), '447700900123')
  },
  async st_failed_131049_ecosystem() {
    sandbox.fault({ on: 'messages', code: 131049 })
    await sendFixture('template_copy_code_coupon')
  },
  async st_failed_131053_media_link_404() {
    sandbox.fault({ on: 'links', linkStatus: 404 })
    await sendFixture('image_link', { biz_opaque_callback_data: 'msg-9002' })
  },
  value_level_error: () =>
    sandbox.tell({
      field: 'messages',
      numberId: BUSINESS.id,
      value: { errors: fixture('webhooks', 'value_level_error').entry[0].changes[0].value.errors },
    }),
  async batch_two_entries_mixed() {
    sandbox.addAccount({ wabaId: '215589313249999' })
    sandbox.addNumber({ wabaId: '215589313249999', id: '301234567890999', number: '14155550199' })
    tom().is({ userId: 'GB.55209871340066127783' })
    await business(text('Read me'))
    sandbox.fault({ on: 'webhooks', batch: 3 })
    const first = mira().says('First')
    mira().reads()
    await Promise.all([first, sandbox.phone('447700900123', { with: '301234567890999' }).says('Second')])
  },
  tpl_status_approved: async () => sandbox.judge('1478820956612233', { event: 'APPROVED' }),
  tpl_status_rejected: async () =>
    sandbox.judge('1478820956612234', {
      event: 'REJECTED',
      reason: 'INVALID_FORMAT',
      description: 'The body begins with a variable.',
      recommendation: 'Put fixed text before the first variable.',
    }),
  tpl_status_paused: async () => sandbox.judge('1478820956612235', { event: 'PAUSED' }),
  account_disabled: () =>
    sandbox.tell({
      field: 'account_update',
      value: { event: 'DISABLED_UPDATE', ban_info: { waba_ban_state: 'DISABLE', waba_ban_date: 'September 2, 2026' } },
    }),
  user_preferences_stop: () => mira().stopsMarketing(),
}

assert.ok(fixtureNames('webhooks').length >= 38)
for (const name of fixtureNames('webhooks')) {
  test(`${name} can be brought about`, async () => {
    const produce = PRODUCERS[name]
    assert.ok(produce, `nothing brings about ${name}`)
    await produce()
    const wanted = comparable(fixture('webhooks', name))
    const got = (): Loose[] => callback.got.map((g) => comparable(g.body))
    const same = (body: Loose): boolean => {
      try {
        assert.deepStrictEqual(body, wanted)
        return true
      } catch {
        return false
      }
    }
    await callback.until(() => got().some(same), `${name}, wanted ${JSON.stringify(wanted)}`)
  })
}
