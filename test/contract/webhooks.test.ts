import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import type { Sandbox } from '../../packages/sandbox/src/index.ts'
import { startCallback, type Callback } from '../../packages/sandbox/src/testing.ts'
import { fixture, fixtureNames, startFixtureWorld, BUSINESS, type Loose } from './fixture-world.ts'

/* A phone, a send or a control call can cause every webhook of the fixtures. */

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

/** Keys whose values are the sandbox's own at any place: only their type, text or number, must agree. */
const OWN = new Set(
  (
    'timestamp time expiration_timestamp disable_date created_timestamp updated_timestamp start_time end_time expiration ' +
    'tier_update_time payment_timestamp request_id join_request_id invite_link group_id sdp flow_id requester ' +
    'template_id message_template_id sha256 url'
  ).split(' '),
)
/** Ids, times and hashes are the sandbox's own: their types and everything else must agree. */
function comparable(value: Loose, key = '', parent = ''): Loose {
  if (Array.isArray(value)) return value.map((v) => comparable(v, '', key))
  if (typeof value === 'object' && value !== null) {
    const kept = Object.entries(value).map(([k, v]) => [k, comparable(v, k, key || parent)])
    return Object.fromEntries(kept)
  }
  if (typeof value === 'string' && /^wa[mc]id\./.test(value)) return value.slice(0, 5)
  if (['image', 'video', 'audio', 'document', 'sticker'].includes(parent) && ['id', 'url', 'sha256'].includes(key)) {
    return key === 'sha256'
      ? /^[A-Za-z0-9+/]{43}=$/.test(value)
      : key === 'url'
        ? /mid=\d+/.test(value)
        : /^\d{14,17}$/.test(value)
  }
  if (OWN.has(key)) return `a ${typeof value}`
  if (parent === 'transaction' && key === 'id') return `a ${typeof value}`
  if (parent === 'conversation' && key === 'id') return /^[0-9a-f]{32}$/.test(value)
  return value
}

/** URLs of media: complete in the sandbox's webhooks, shortened in some fixtures. */
function urlsIn(value: Loose): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value as object).flatMap(([key, inner]) =>
    key === 'url' && typeof inner === 'string' && inner.includes('mid=') ? [inner] : urlsIn(inner),
  )
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
/** Sends a message of the business and waits until it has arrived and its webhooks are sent. */
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

const tell = (kind: string, values: object = {}): Promise<void> => sandbox.tell({ kind, values: values as Loose })
/** The first element of a fixture's list, or its whole value without the common keys of a number's webhooks. */
const valueIn = (name: string): Loose => {
  const { messaging_product: _p, metadata: _m, ...value } = fixture('webhooks', name).entry[0].changes[0].value
  return value
}
const graph = async (method: string, path: string, body?: object): Promise<Loose> => {
  const response = await fetch(`${sandbox.url}/v26.0/${path}`, {
    method,
    headers: { authorization: `Bearer ${BUSINESS.token}`, 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  })
  const answer: Loose = await response.json()
  assert.equal(response.status, 200, JSON.stringify(answer))
  return answer
}
/** November 2026: utility and service messages are charged. */
const later = (): void => {
  sandbox.clock.advance(85 * 24 * 3_600_000)
  mira().is({ window: true })
}
const GROUP = 'Y2FwaV9ncm91cDoxOTUwNTU1MDA3OToxMjAzNjM0'
const group = async (...participants: string[]): Promise<string> => {
  sandbox.addGroup({ id: GROUP, subject: 'Harbour VIP', participants })
  await sandbox.settled()
  return GROUP
}
const session = { sdp_type: 'offer', sdp: 'v=0\r\n' }
/** A call of the business to a person who allows it. */
async function businessCalls(): Promise<string> {
  await business({ type: 'interactive', interactive: PERMISSION })
  await mira().permitsCalls()
  const { calls } = await graph('POST', `${BUSINESS.id}/calls`, {
    messaging_product: 'whatsapp',
    action: 'connect',
    to: '12065550147',
    session,
    biz_opaque_callback_data: 'ticket=88',
  })
  await sandbox.settled()
  return calls[0].id
}
/** A call of a person that the business answers. */
async function takenCall(wishes: object = {}): Promise<void> {
  const { id } = await mira().calls({ payload: 'campaign-autumn' })
  const answer = { messaging_product: 'whatsapp', call_id: id, session: { ...session, sdp_type: 'answer' } }
  await graph('POST', `${BUSINESS.id}/calls`, { ...answer, action: 'accept', ...wishes })
  sandbox.clock.advance(118_000)
  await mira().hangsUp()
}
const PERMISSION = {
  type: 'call_permission_request',
  body: { text: 'May we call?' },
  action: { name: 'call_permission_request' },
}
const ORDER = {
  type: 'order_details',
  body: { text: 'Your order' },
  action: {
    name: 'review_and_pay',
    parameters: {
      reference_id: 'order-8812',
      type: 'physical-goods',
      currency: 'INR',
      total_amount: { value: 149_900, offset: 100 },
      order: {
        status: 'pending',
        items: [{ name: 'Fern', amount: { value: 149_900, offset: 100 }, quantity: 1 }],
        subtotal: { value: 149_900, offset: 100 },
      },
    },
  },
}
const flow = async (): Promise<string> => {
  const json = JSON.stringify({ version: '7.3', screens: [{ id: 'BOOKING' }] })
  const body = { name: 'Book a table', categories: ['APPOINTMENT_BOOKING'], flow_json: json }
  return (await graph('POST', `${BUSINESS.wabaId}/flows`, body)).id
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
  user_preferences_signup: () => mira().stopsMarketing(false, { signupId: '712345678901' }),

  // Messages and actions of people since 2026.
  in_contacts_contact_request: () => noor().says(said('in_contacts_contact_request')),
  in_text_conversation_context: () =>
    mira().says({
      type: 'text',
      text: { body: 'Still there?' },
      conversation_context: valueIn('in_text_conversation_context').conversation_context,
    }),
  in_unsupported_131060: () => mira().says({ type: 'unsupported', unsupported: { type: 'media_placeholder' } }),
  in_unsupported_edit: async () => mira().edits((await mira().says('15:00?')).id, '15:30?'),
  async message_edit() {
    sandbox.businessApp()
    await mira().edits((await mira().says('Can I come at 15:00?')).id, 'Can I come at 15:30?')
  },
  async message_edit_image_caption() {
    sandbox.businessApp()
    const { id } = await mira().says({ type: 'image', image: { mime_type: 'image/jpeg' } })
    const image = { caption: 'Cracked on the left side', mime_type: 'image/jpeg' }
    await mira().edits(id, { type: 'image', image })
  },
  async message_revoke() {
    sandbox.businessApp()
    await mira().revokes((await mira().says('Oops')).id)
  },
  async in_call_permission_reply() {
    await business({ type: 'interactive', interactive: PERMISSION })
    await mira().permitsCalls()
  },
  in_interactive_payment_method_br: async () =>
    mira().replies(
      await business({ type: 'interactive', interactive: ORDER }),
      said('in_interactive_payment_method_br'),
    ),
  async payment_status() {
    sandbox.phone('919845550123').is({ window: true })
    await business({ type: 'interactive', interactive: ORDER }, '919845550123')
    await sandbox.phone('919845550123').pays()
  },

  // Calls.
  calls_connect: () => mira().calls({ payload: 'campaign-autumn', sdp: 'v=0' }),
  calls_connect_hidden_phone: () => noor().calls(),
  calls_connect_business: businessCalls,
  calls_status_ringing: businessCalls,
  async calls_status_accepted() {
    await businessCalls()
    await mira().answers()
  },
  async calls_status_rejected() {
    await businessCalls()
    await mira().declines()
  },
  calls_terminate: () => takenCall(),
  async calls_terminate_failed() {
    const id = await businessCalls()
    const response = await fetch(`${sandbox.url}/sandbox/calls/${id}/end`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ code: 138007 }),
    })
    assert.equal(response.status, 200)
  },
  calls_recording_available: () => takenCall({ recording: { status: 'ENABLED' } }),
  calls_transcription_available: () => takenCall({ transcription: { status: 'ENABLED' } }),

  // Groups.
  group_create: () => graph('POST', `${BUSINESS.id}/groups`, { messaging_product: 'whatsapp', subject: 'Harbour VIP' }),
  group_create_failed: () =>
    tell('group_create_failed', { groups: { subject: 'Harbour VIP', description: 'For regulars' } }),
  group_delete: async () => graph('DELETE', await group('12065550147')),
  group_participant_added: async () => mira().joins(await group()),
  group_participant_left: async () => tom().leaves(await group('447700900123')),
  async group_participant_removed() {
    const body = { messaging_product: 'whatsapp', participants: [{ user: '12065550147' }] }
    await graph('DELETE', `${await group('12065550147')}/participants`, body)
  },
  async group_join_request() {
    sandbox.addGroup({ id: GROUP, subject: 'Harbour VIP', mode: 'approval_required' })
    await mira().joins(GROUP)
  },
  group_settings_update: async () =>
    graph('POST', await group(), {
      messaging_product: 'whatsapp',
      subject: 'Harbour Friends',
      profile_picture_file: '4:abc',
    }),
  group_suspended: async () => sandbox.suspendGroup(await group()),
  in_group_text: async () =>
    mira().says({ type: 'text', text: { body: 'Count me in' }, group_id: await group('12065550147') }),
  async st_group_read_aggregated() {
    later()
    tom().is({ name: 'Jon Bright' })
    const to = await group('12065550147', '447700900123')
    const { template } = fixture('sends', 'template_named_params')
    await world.send({ messaging_product: 'whatsapp', recipient_type: 'group', to, type: 'template', template })
    await sandbox.settled()
    await sandbox.groupReads(to)
  },

  // Statuses and prices.
  async st_failed_bsuid_only() {
    noor().is({ onWhatsApp: false })
    const recipient = 'US.61120098443371852206'
    await world.send({ messaging_product: 'whatsapp', recipient, type: 'text', text: { body: 'Hello?' } })
  },
  async st_direct_send_utility() {
    later()
    sandbox.import({ ...sandbox.export(), world: withSettings({ direct_send: true }) })
    await business({ ...text('Shipped.'), category: 'utility', direct_send_config: { template_name: 'order_shipped' } })
  },
  async st_pricing_auth_international() {
    later()
    sandbox.import({ ...sandbox.export(), world: withSettings({ authentication_international: ['US'] }) })
    await sendFixture('template_authentication')
  },
  async st_pricing_marketing_lite() {
    const { to, template } = fixture('sends', 'template_copy_code_coupon')
    const body = { messaging_product: 'whatsapp', to: to ?? '12065550147', type: 'template', template }
    await graph('POST', `${BUSINESS.id}/marketing_messages`, { ...body, product_policy: 'STRICT' })
  },
  async st_pricing_service_free_tier() {
    later()
    await business(text('Free'))
  },
  async st_pricing_service_regular() {
    later()
    sandbox.pace({ freeServiceMessages: 0 })
    await business(text('Charged'))
  },
  async st_pricing_utility_regular_in_window() {
    later()
    await business({ type: 'template', template: { name: 'store_hours', language: { code: 'en_US' } } })
  },
  async st_pricing_free_entry_point() {
    await mira().says(said('in_text_ctwa_ad_referral'))
    await business(text('It is!'))
  },

  // Several responders.
  async standby_message() {
    await mira().isHandedTo('other')
    await mira().says('Where is my parcel?')
  },
  async standby_message_echo() {
    const { id } = await mira().says('Where is my parcel?')
    await mira().isAnswered('Your parcel leaves today.', id)
  },
  async standby_message_echo_template() {
    sandbox.addTemplate({
      name: 'autumn_sale',
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'Hi {{1}}, our autumn sale starts today.' }],
    })
    const parameters = [{ type: 'text', text: 'Mira' }]
    await mira().isAnswered({
      type: 'template',
      template: { name: 'autumn_sale', language: { code: 'en_US' }, components: [{ type: 'body', parameters }] },
    })
  },
  standby_status: () => mira().isAnswered('Your parcel leaves today.'),
  handover_control_passed: () =>
    mira().isHandedTo('app', {
      metadata: '{"reason":"user asked for a person"}',
      summary: 'Customer asks where order 8812 is and wants a human.',
    }),
  handover_control_taken: () => mira().isHandedTo('other', { metadata: 'supervisor stepped in' }),

  // The WhatsApp Business app.
  smb_message_echo_text: () => sandbox.businessApp().says('12065550147', 'On our way, 20 minutes.'),
  smb_message_echo_image: () =>
    sandbox.businessApp().says('12065550147', {
      type: 'image',
      image: { caption: 'Left at the door', mime_type: 'image/jpeg' },
    }),
  smb_message_echo_bsuid_only: () => sandbox.businessApp().says('16505550777', 'Thanks, see you!'),
  async smb_message_echo_edit() {
    const app = sandbox.businessApp()
    await app.edits('12065550147', await app.says('12065550147', '20 minutes'), 'On our way, 30 minutes.')
  },
  async smb_message_echo_revoke() {
    const app = sandbox.businessApp()
    await app.revokes('12065550147', await app.says('12065550147', 'Oops'))
  },
  smb_app_state_sync_contact: () =>
    sandbox
      .businessApp()
      .saves([{ phone: '12065550147' }, { phone: '16505550777', fullName: 'Noor Hassan', firstName: 'Noor' }]),
  smb_app_state_sync_remove: () => sandbox.businessApp().removes(['12065550147']),
  history_chunk: () =>
    sandbox.businessApp().shares({
      phase: 1,
      chunkOrder: 2,
      progress: 55,
      threads: [
        {
          phone: '12065550147',
          messages: [
            { type: 'text', text: { body: 'Do you open on Sunday?' } },
            { by: 'business', status: 'DELIVERED', type: 'text', text: { body: 'Yes, 10 to 4.' } },
            { type: 'media_placeholder', userId: false },
          ],
        },
        { phone: '16505550777', messages: [{ type: 'text', text: { body: 'Hello' } }] },
      ],
    }),
  history_chunk_final: () =>
    sandbox.businessApp().shares({
      phase: 2,
      threads: [{ phone: '447700900123', messages: [{ type: 'text', text: { body: 'Thank you!' }, userId: false }] }],
    }),
  history_media_followup: () =>
    sandbox.businessApp().sharesMedia('12065550147', { type: 'image', image: { mime_type: 'image/jpeg' } }),
  history_media_followup_echo: () =>
    sandbox
      .businessApp()
      .sharesMedia('12065550147', { by: 'business', type: 'document', document: { filename: 'menu.pdf' } }),
  history_declined: () => sandbox.businessApp().declines(),

  // Meta's decisions, counts and warnings.
  account_alert: () => tell('account_alert', { entity_id: '506914307656634', ...valueIn('account_alert') }),
  account_alert_profile_picture_lost: () => tell('account_alert', valueIn('account_alert_profile_picture_lost')),
  account_review_update: () => tell('account_review'),
  account_settings_update: () =>
    graph('POST', `${BUSINESS.id}/settings`, { calling: { status: 'ENABLED', callback_permission_status: 'ENABLED' } }),
  account_update_deleted: () => tell('account_deleted'),
  account_update_offboarded: () => tell('account_offboarded'),
  account_update_reconnected: () => tell('account_reconnected'),
  account_update_restriction: () => tell('account_restricted'),
  account_update_violation: () => tell('account_violation'),
  account_update_partner_added: () => tell('partner_added', OWNER),
  account_update_partner_removed_waba: () => tell('partner_removed', OWNER),
  account_update_partner_removed: () => tell('app_disconnected'),
  account_update_app_installed: () =>
    tell('partner_app_installed', { waba_info: { ...OWNER.waba_info, partner_app_id: '236484624622562' } }),
  account_update_volume_tier: () => tell('volume_tier', { volume_tier_info: { effective_month: '2026-11' } }),
  automatic_event_purchase: () => tell('automatic_event'),
  business_capability_update: () => tell('business_capability'),
  business_capability_update_tier_string: () =>
    tell('business_capability', { max_daily_conversations_per_business: 'TIER_UNLIMITED' }),
  business_username_update: () => graph('POST', `${BUSINESS.id}/username`, { username: 'harbourshop' }),
  async business_username_deleted() {
    await graph('POST', `${BUSINESS.id}/username`, { username: 'harbourshop' })
    await graph('DELETE', `${BUSINESS.id}/username`)
  },
  flow_created: flow,
  flow_status: async () => graph('POST', `${await flow()}/publish`),
  flow_endpoint_error_rate: () => tell('flow_endpoint_errors', valueIn('flow_endpoint_error_rate')),
  flow_endpoint_latency: () => tell('flow_endpoint_latency', valueIn('flow_endpoint_latency')),
  flow_endpoint_availability: () => tell('flow_endpoint_availability', valueIn('flow_endpoint_availability')),
  message_template_components_update: async () => {
    const { id } = sandbox.addTemplate(ORDER_UPDATE)
    const components: object[] = [
      { type: 'BODY', text: 'Order {{1}} has shipped.', example: { body_text: [['A1']] } },
      ...ORDER_UPDATE.components.slice(1),
    ]
    await graph('POST', id, { components })
  },
  template_category_update: async () => {
    const { id } = sandbox.addTemplate(ORDER_UPDATE)
    const response = await fetch(`${sandbox.url}/sandbox/templates/${id}/recategorise`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ category: 'MARKETING' }),
    })
    assert.equal(response.status, 200)
  },
  tpl_status_archived: async () => {
    const { id } = sandbox.addTemplate({
      id: '1478820956612236',
      name: 'summer_2025',
      category: 'MARKETING',
      components: [{ type: 'BODY', text: 'x' }],
    })
    await graph('POST', `${BUSINESS.wabaId}/message_templates/archive`, { hsm_ids: [id] })
  },
  partner_solution: () => tell('partner_solution'),
  payment_configuration_update: () => tell('payment_configuration', { configuration_name: 'harbour_upi' }),
  phone_number_name_update: () => tell('phone_number_name', { requested_verified_name: 'Harbour Shop' }),
  phone_number_quality_update: () => tell('phone_number_quality'),
  security_pin_changed: () => graph('POST', BUSINESS.id, { pin: '581063' }),
  tracking_event: () => tell('tracking_event'),
  user_action_link_click: () => tell('link_click'),
  user_action_landing_page_view: () => tell('landing_page_view'),
}
const OWNER = { waba_info: { owner_business_id: '2729063490586005' } }
const ORDER_UPDATE = {
  id: '1478820956612299',
  name: 'order_update',
  components: [
    { type: 'BODY', text: 'Order {{1}} is packed.' },
    { type: 'FOOTER', text: 'Harbour Shop' },
    {
      type: 'BUTTONS',
      buttons: [{ type: 'URL', text: 'Track', url: 'https://shop.example.com/t/{{1}}', example: ['x'] }],
    },
  ],
}
/** The current state, with more settings of the account. */
function withSettings(settings: object): Loose {
  const state: Loose = sandbox.export().world
  state.accounts[0].settings = settings
  return state
}

test('every webhook of the fixtures has a cause here, and there is no other cause', () => {
  assert.deepEqual(Object.keys(PRODUCERS).sort(), fixtureNames('webhooks').sort())
})

assert.ok(fixtureNames('webhooks').length >= 38)
for (const name of fixtureNames('webhooks')) {
  test(`${name} can be caused`, async () => {
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
    for (const url of urlsIn(callback.got.map((g) => g.body))) assert.match(url, /mid=\d+&ext=\d+&hash=AT/)
  })
}
