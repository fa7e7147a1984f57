import { readdirSync, readFileSync } from 'node:fs'

const fixtures = (folder: string, prefix: string): unknown[] => {
  const url = new URL(`../../fixtures/${folder}/`, import.meta.url)
  return readdirSync(url)
    .filter((name) => name.startsWith(prefix) && !name.startsWith('response_'))
    .map((name) => JSON.parse(readFileSync(new URL(name, url), 'utf8')) as unknown)
}

export const SENDS = [...fixtures('vendor', 'send_'), ...fixtures('cloud-api/sends', '')]
export const WEBHOOKS = [...fixtures('cloud-api/webhooks', ''), ...fixtures('vendor', 'callback_')]

const TEXT = { to: '16505551234', type: 'text', text: 'Your table is ready.' }
const { to: _to, ...TO_ALL } = TEXT

export const CHANNEL = {
  name: 'Shop',
  business_phone: '14155550123',
  phone_number_id: '301234567890123',
  waba_id: '215589313241560',
  access_token: 'EAAB',
  webhook_url: 'http://127.0.0.1:9/',
  window_policy: 'enforce',
  media_check: 'probe',
  messages_per_second: 80,
}

const TEMPLATE = {
  name: 'order_ready',
  category: 'UTILITY',
  language: 'en',
  components: [
    { type: 'HEADER', format: 'TEXT', text: 'Order {{1}}', example: { header_text: ['7'] } },
    { type: 'BODY', text: 'Hello {{1}}, it is ready.', example: { body_text: [['Ann']] } },
    { type: 'FOOTER', text: 'Thank you' },
    { type: 'BUTTONS', buttons: [{ type: 'QUICK_REPLY', text: 'On my way' }] },
  ],
}
const RESOURCE_BODIES = [
  { about: 'Open until 18:00', websites: ['https://shop.example.com'] },
  { block_users: [{ user: '16505551234' }] },
  { prefilled_message: 'I have a question', generate_qr_image: 'SVG' },
  { prompts: ['Book a table'], commands: [{ command_name: 'book', command_description: 'Book a table' }] },
  { username: 'harbourshop', transfer_action: 'none' },
  { calling: { status: 'ENABLED' } },
]
const IDS = { hsm_ids: ['1478820956612236', '1478820956612237'] }
const EDIT = { category: 'UTILITY', components: TEMPLATE.components }

/**
 * Valid bodies for each operation with JSON, by its name in the OpenAPI document: the fuzz requests are mutations of
 * them.
 */
export const SEEDS: Record<string, unknown[]> = {
  'POST /external/messages/whatsapp': SENDS,
  'POST /external/messages/{msg_id}/read': [{ typing: true }, {}],
  'PUT /external/contacts/{to}/preferences': [{ marketing: 'stopped' }],
  'PUT /admin/conversations/{channel_id}/{contact_id}/preferences': [{ marketing: 'stopped' }],
  'PATCH /admin/conversations/{channel_id}/{contact_id}': [
    { note: 'Likes the window table', labels: ['vip', 'lunch'] },
    { assignee: null },
  ],
  'POST /admin/conversations/{channel_id}/{contact_id}/seen': [{ reference: 'msg_01KB1N6QH8ZS5V7X2Y4T6R8P0M' }],
  'POST /admin/conversations/{channel_id}/{contact_id}/thread': [{ action: 'take' }, { action: 'pass' }],
  'POST /admin/saved-replies': [{ name: 'Opening hours', text: 'We are open from 9 to 18.' }],
  'PUT /admin/saved-replies/{id}': [{ name: 'Opening hours', text: 'We are open from 9 to 18.' }],
  'POST /external/contacts/{to}/thread': [
    { action: 'pass', role: 'ai_agent', metadata: 'case 88 solved' },
    { action: 'take' },
    { action: 'release' },
  ],
  'PATCH /external/scheduled/{reference}': [
    { send_at: 4_000_000_000, expires_at: null },
    { send_at: '2096-12-01T09:00:00+08:00', message: { to: '16505551234', type: 'text', text: 'x' } },
  ],
  'POST /external/broadcasts': [
    { name: 'July', message: TO_ALL, recipients: ['16505551234', '85268411234'], start: false },
    {
      message: { type: 'template', template: { name: 'test_button_reply_1' } },
      recipients: [{ to: '16505551234', biz_opaque_callback_data: 'x' }],
    },
    {
      name: 'June',
      template: { name: 'test_button_reply_1', language: 'en_US' },
      recipients: [{ Phone: '16505551234', First: 'Ana' }],
      map: { to: 'Phone', name: { column: 'First', default: 'you' }, callback_data: { value: 'x' } },
      send_at: 4_000_000_000,
      quiet_hours: { from: '21:00', to: '08:00', days: ['sun'], for: 'all' },
      stop_when: { failed_share: 0.1, failed: 5, quality: 'RED', spend: 10 },
      skip_bad: true,
      test_numbers: ['16505551234'],
      draft: true,
      again: true,
    },
  ],
  'PATCH /external/broadcasts/{id}': [
    { send_at: null, quiet_hours: { from: '21:00', to: '08:00' }, stop_when: null, skip_bad: true, test_numbers: null },
    { map: { phone: 'Phone', 'body.1': 'First', buttons: [null, { value: 'x' }], body: { first: 'First' } } },
  ],
  'POST /admin/channels/{channel_id}/broadcasts': [
    {
      name: 'May',
      template: { name: 'test_button_reply_1', language: 'en_US' },
      file_id: 'bf_01KB1N6QH8ZS5V7X2Y4T6R8P0M',
      map: { to: 'Phone', name: { column: 'First', default: 'you' }, body: ['First'] },
      draft: true,
    },
  ],
  'PATCH /admin/channels/{channel_id}/broadcasts/{id}': [
    { send_at: 4_000_000_000, skip_bad: true, map: { to: 'Phone' } },
  ],
  'POST /admin/channels/{channel_id}/broadcasts/{id}/test': [{ numbers: ['16505551234'] }],
  'POST /admin/channels/{channel_id}/broadcasts/{id}/start': [{ skip_bad: true }],
  'POST /external/broadcasts/{id}/test': [{ numbers: ['16505551234'] }],
  'POST /external/broadcasts/{id}/start': [{ skip_bad: true }],
  'POST /external/broadcasts/{id}/recipients': [{ recipients: ['16505551234', { to: '85268411234' }] }],
  'POST /external/templates': [TEMPLATE],
  'PATCH /external/templates/{template_id}': [EDIT],
  'POST /external/calls': [
    { action: 'connect', to: '16505551234', session: { sdp_type: 'offer', sdp: 'v=0\r\n' } },
    { action: 'accept', call_id: 'wacid.HBgL', session: { sdp_type: 'answer', sdp: 'v=0\r\n' } },
    { action: 'terminate', call_id: 'wacid.HBgL' },
  ],
  'POST /external/templates/archive': [IDS],
  'POST /external/templates/unarchive': [IDS],
  'POST /admin/channels': [CHANNEL, { ...CHANNEL, channel_id: 30058, certification_code: 'a-code-of-the-user-0002' }],
  'POST /admin/users': [
    { email: 'ann@shop.example', name: 'Ann', role: 'agent', channels: [1] },
    { email: 'bob@shop.example', name: 'Bob', role: 'viewer' },
  ],
  'PATCH /admin/users/{user_id}': [{ name: 'Ann', role: 'operator', channels: null }, { disabled: true }],
  'POST /admin/keys': [
    { name: 'shop', scopes: { routes: ['/external/*'], channels: [1], templates: ['order_ready'], read_only: false } },
    { name: 'report', scopes: { read_only: true, expires_at: 4_000_000_000 } },
  ],
  'POST /admin/alarms': [
    { url: 'http://127.0.0.1:9/', reminder_minutes: 60 },
    { type: 'email', smtp_url: 'smtps://127.0.0.1:9', from: 'a@shop.example', to: ['b@shop.example'] },
    { type: 'slack', url: 'http://127.0.0.1:9/', quiet_hours: { from: '22:00', to: '07:00', timezone: 'Asia/Tokyo' } },
  ],
  'PATCH /admin/alarms/{id}': [{ name: 'x', min_severity: 'critical', quiet_hours: null }],
  'PATCH /admin/channels/{channel_id}': [
    { name: 'x', window_policy: 'enforce', messages_per_second: 80 },
    { compatibility: 'postern' },
  ],
  'POST /admin/channels/{channel_id}/certification-codes': [{ certification_code: 'a-code-of-the-user-0001' }, {}],
  'PUT /admin/channels/{channel_id}/webhook': [{ url: 'http://127.0.0.1:9/' }],
  'POST /external/resources/{name}': RESOURCE_BODIES,
  'POST /admin/channels/{channel_id}/resources/{name}': [...RESOURCE_BODIES, { pin: '123456' }],
  'POST /admin/channels/{channel_id}/endpoints': [
    { name: 'bot', url: 'http://127.0.0.1:9/', events: ['new_message'], types: ['text'], headers: { 'x-key': 'a' } },
    { name: 'tool', url: 'http://127.0.0.1:9/', format: 'meta', from: 'now' },
  ],
  'PATCH /admin/channels/{channel_id}/endpoints/{endpoint_id}': [
    { name: 'bot', events: null, statuses: ['read'] },
    { state: 'active' },
  ],
  'POST /admin/channels/{channel_id}/endpoints/{endpoint_id}/replay': [{ since: 1, until: 2, state: 'dead' }],
  'POST /admin/channels/{channel_id}/deliveries/replay': [{ state: 'dead', from: 1, to: 2, dry_run: true }],
  'POST /admin/channels/{channel_id}/messages': [TEXT],
  'POST /admin/channels/{channel_id}/templates': [TEMPLATE],
  'PATCH /admin/channels/{channel_id}/templates/{template_id}': [EDIT],
  'POST /admin/channels/{channel_id}/templates/archive': [IDS],
  'POST /admin/channels/{channel_id}/templates/unarchive': [IDS],
  'POST /admin/channels/import': [
    { channels: [{ ...CHANNEL, certification_code: 'a-code-of-the-user-0003' }], dry_run: true },
    { channels: [CHANNEL, { phone_number_id: '4711', certification_code: 'a-code-of-the-user-0004' }] },
  ],
  'POST /admin/channels/check': [{ waba_id: '102290129340398', access_token: 'sandbox-token' }],
  'POST /admin/channels/discover': [{ access_token: 'sandbox-token' }],
  'POST /admin/channels/{channel_id}/setup/{step}': [
    { pin: '123456' },
    { code_method: 'SMS' },
    { code: '123456' },
    { display_name: 'Harbour Shop' },
    { to: '16505551234' },
    { replace: true },
  ],
  'POST /admin/channels/check/subscribe': [{ waba_id: '102290129340398', access_token: 'sandbox-token' }],
}

/** Valid values of query parameters. */
export const QUERY_VALUES: Record<string, string[]> = {
  to: ['16505551234'],
  contact: ['16505551234', 'US.16505551234'],
  contact_id: ['1', '2', '3'],
  channel_id: ['1', '2'],
  direction: ['in', 'out'],
  status: ['accepted', 'read', 'failed', 'APPROVED'],
  state: ['pending', 'dead', 'delivered', 'waiting', 'open', 'closed'],
  count: ['1', '20', '100'],
  // Longer waits would hold a run of many requests up.
  wait: ['0', '1'],
  events: ['new_message', 'message_status_update,call'],
  types: ['text', 'image,audio'],
  statuses: ['read', 'sent,failed'],
  after: ['now'],
  fields: ['about', 'about,email'],
  granularity: ['DAILY'],
  template_ids: ['1,2'],
  hsm_ids: ['1,2'],
  limit: ['1', '20'],
  last_n: ['0', '5'],
  hours: ['1', '24', '168'],
  from: ['1700000000', '0'],
  error: ['131047', 'unknown'],
  q: ['165', 'Per', '\u00e9'],
  name: ['test', 'order'],
  category: ['UTILITY', 'MARKETING'],
  language: ['en', 'en_US'],
  quality: ['GREEN'],
  link: ['http://127.0.0.1:9/x.png'],
  'hub.mode': ['subscribe'],
  'hub.challenge': ['1158201444'],
}
