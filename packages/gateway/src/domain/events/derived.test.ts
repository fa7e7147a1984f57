import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { readWebhook } from '../../flows/receive/read.ts'

const FOLDER = new URL('../../../../../test/fixtures/cloud-api/webhooks/', import.meta.url)
const CHANNEL = { id: 1, businessPhone: '14155550123' }
const MIRA = { phone: '12065550147', user_id: 'US.80412236671908854412', name: 'Mira Okafor' }
const NAMELESS = { phone: MIRA.phone, user_id: MIRA.user_id }
const NOOR = { user_id: 'US.61120098443371852206', username: 'noor.reads' }

/** Line ends and all: an SDP must pass byte for byte. */
const SDP = [
  ...['v=0', 'o=- 3626166318745852955 2 IN IP4 127.0.0.1', 's=-', 't=0 0', 'a=group:BUNDLE audio'],
  ...['m=audio 9 UDP/TLS/RTP/SAVPF 111', 'c=IN IP4 0.0.0.0', 'a=setup:actpass', 'a=mid:audio'],
  ...['a=rtpmap:111 opus/48000/2', ''],
].join('\r\n')

/** A fixture, the event that it becomes, and that event's keys beside the channel, the field and the value. */
const EXPECTED: Record<string, [event: string, keys: Record<string, unknown>][]> = {
  account_review_update: [['channel_update', { what: 'review', now: 'APPROVED' }]],
  account_update_restriction: [
    [
      'channel_update',
      {
        what: 'restriction',
        now: {
          event: 'ACCOUNT_RESTRICTION',
          restriction_info: [
            {
              restriction_type: 'RESTRICTED_BUSINESS_INITIATED_CALLING',
              expiration: 1796211800,
              remediation: 'Review your calling practices and ensure compliance with WhatsApp policies.',
            },
          ],
        },
      },
    ],
  ],
  account_update_reconnected: [['channel_update', { what: 'account', now: { event: 'ACCOUNT_RECONNECTED' } }]],
  account_alert_profile_picture_lost: [
    [
      'channel_update',
      {
        what: 'alert',
        now: {
          alert_type: 'PROFILE_PICTURE_LOST',
          alert_severity: 'INFORMATIONAL',
          alert_status: 'ACTIVE',
          alert_description: 'Please reupload your profile picture',
        },
      },
    ],
  ],
  business_capability_update: [['channel_update', { what: 'limit', now: 2000 }]],
  business_username_deleted: [['channel_update', { what: 'username', now: { status: 'deleted' } }]],
  phone_number_quality_update: [
    ['channel_update', { what: 'limit', now: { event: 'THROUGHPUT_UPGRADE', limit: 'TIER_UNLIMITED' } }],
  ],
  security_pin_changed: [['channel_update', { what: 'security', now: 'PIN_CHANGED' }]],
  calls_connect: [
    [
      'call',
      {
        call_id: 'wacid.HBgLMTIwNjU1NTAxNDcVAgASGCBBQ0U4RDQ1NkY5',
        call_event: 'connect',
        direction: 'USER_INITIATED',
        contact: MIRA,
        session: { sdp_type: 'offer', sdp: SDP },
        deeplink_payload: 'campaign-autumn',
      },
    ],
  ],
  calls_status_ringing: [
    [
      'call',
      {
        call_id: 'wacid.HBgLMTIwNjU1NTAxNDcVAgASGCBBQ0U4RDQ1NkY5Qw',
        call_event: 'ringing',
        direction: 'BUSINESS_INITIATED',
        contact: NAMELESS,
        biz_opaque_callback_data: 'ticket=88',
      },
    ],
  ],
  handover_control_taken: [
    ['conversation_owner', { contact: { phone: MIRA.phone }, owner: 'other', role: 'escalation', since: 1795601100 }],
  ],
  message_revoke: [
    [
      'message_revoke',
      {
        message_id: 'wamid.HBgLMTIwNjU1NTAxNDcVAgASGBQzQTQ3N0NGN0QyQjlFNTYxMTIyNQA=',
        original_message_id: 'wamid.HBgLMTIwNjU1NTAxNDcVAgASGBQzQTQ3N0NGN0QyQjlFNTYxMTIyMAA=',
        contact: MIRA,
      },
    ],
  ],
  smb_message_echo_edit: [
    [
      'message_edit',
      {
        message_id: 'wamid.HBgLMTIwNjU1NTAxNDcVAgARGBIMjQ5QThCOUFEODQ3NDdBQjY2A',
        original_message_id: 'wamid.HBgLMTIwNjU1NTAxNDcVAgARGBIMjQ5QThCOUFEODQ3NDdBQjYzA',
        contact: NAMELESS,
      },
    ],
  ],
  smb_message_echo_bsuid_only: [
    ['message_echo', { message_id: 'wamid.HBgLMTIwNjU1NTAxNDcVAgARGBIMjQ5QThCOUFEODQ3NDdBQjY1A', contact: NOOR }],
  ],
  smb_app_state_sync_contact: [
    ['contact_update', { contact: MIRA, what: 'name', action: 'add' }],
    ['contact_update', { contact: { ...NOOR, name: 'Noor Hassan' }, what: 'name', action: 'add' }],
  ],
  user_preferences_stop: [
    ['contact_update', { contact: MIRA, what: 'preferences', category: 'marketing_messages', preference: 'stop' }],
  ],
  user_action_link_click: [
    [
      'user_action',
      {
        action: 'marketing_messages_link_click',
        at: 1795606200,
        click_component: 'cta',
        click_id: 'ARBx1e8Zk2',
        tracking_token: 'tt_77f1c2',
      },
    ],
  ],
  user_action_landing_page_view: [
    [
      'user_action',
      { action: 'landing_page_view', at: 1795606204, click_id: 'ARBx1e8Zk2', tracking_token: 'tt_77f1c2' },
    ],
  ],
  payment_status: [
    [
      'payment_status',
      {
        message_id: 'wamid.HBgLMTIwNjU1NTAxNDcVAgARGBIQkFGNzc4MTFBQUUwMTc3NDMwA',
        reference_id: 'order-8812',
        payment_status: 'captured',
        contact: { phone: '919845550123' },
      },
    ],
  ],
}

type Told = { event: string; field: string; value: unknown } & Record<string, unknown>

for (const [name, expected] of Object.entries(EXPECTED)) {
  test(`${name}: the event says what it means, and has the field and the value of WhatsApp`, () => {
    const raw = readFileSync(new URL(`${name}.json`, FOLDER), 'utf8')
    const routes = { byPhoneNumberId: () => CHANNEL, byWaba: () => [CHANNEL] }
    const { facts } = readWebhook(raw, routes, Date.UTC(2027, 0, 1))
    const { entry } = JSON.parse(raw) as { entry: { changes: { field: string; value: unknown }[] }[] }
    const [change] = entry[0]!.changes
    const told = facts.map((fact) => JSON.parse(fact.kind === 'status' ? '{}' : fact.body) as Told)
    assert.deepEqual(
      told.map(({ event, field: _f, value: _v, channel_id: _c, business_phone: _b, received_at: _r, ...keys }) => [
        event,
        keys,
      ]),
      expected,
    )
    for (const { field } of told) assert.equal(field, change!.field)
    if (told.length === 1) assert.deepEqual(told[0]!.value, change!.value)
  })
}

test('what is not understood keeps the name of its field', () => {
  const read = (field: string, value: object): unknown => {
    const raw = JSON.stringify({ entry: [{ id: '1', changes: [{ field, value }] }] })
    const [fact] = readWebhook(raw, { byPhoneNumberId: () => CHANNEL, byWaba: () => [CHANNEL] }, 1).facts
    if (fact?.kind !== 'notice') return fact?.kind
    assert.equal((JSON.parse(fact.body) as Told).event, fact.event)
    return fact.event
  }
  assert.equal(read('account_update', {}), 'account_update')
  assert.equal(read('calls', { calls: [{ id: 1 }] }), 'calls')
  assert.equal(read('messaging_handovers', { type: 'something_new' }), 'messaging_handovers')
  assert.equal(read('smb_message_echoes', { message_echoes: [{}] }), 'smb_message_echoes')
  assert.equal(read('account_alerts', { alert_info: 'x' }), 'account_alerts')
  assert.equal(read('toString', {}), 'toString')
  assert.equal(read('constructor', {}), 'constructor')
  assert.equal(read('account_update', { event: 'constructor' }), 'channel_update')
})
