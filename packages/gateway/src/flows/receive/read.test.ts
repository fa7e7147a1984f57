import assert from 'node:assert/strict'
import { test } from 'node:test'
import { toldStatusBody } from '../../domain/events/bodies.ts'
import type { Fact, MessageFact, Notice, StatusFact } from '../../store/store.ts'
import { readWebhook } from './read.ts'

const NOW = Date.UTC(2026, 10, 25)
const SECONDS = NOW / 1000 - 100
const CHANNEL = { id: 7, businessPhone: '14155550123' }
const METADATA = { display_phone_number: '14155550123', phone_number_id: '30' }
const MIRA = { phone: '12065550147', userId: 'US.1' }
const JON = { phone: '447700900123', userId: 'GB.2' }
const MIRA_CONTACT = { profile: { name: 'Mira' }, wa_id: MIRA.phone, user_id: MIRA.userId }
const JON_CONTACT = { profile: { name: 'Jon' }, wa_id: JON.phone, user_id: JON.userId }

const ROUTES = {
  byPhoneNumberId: (id: string) => (id === '30' ? CHANNEL : undefined),
  byWaba: (id: string) => (id === '9' ? [CHANNEL] : []),
}

function read(value: Record<string, unknown>, field = 'messages', time?: number): Fact[] {
  const body = {
    entry: [
      { id: '9', time, changes: [{ field, value: { messaging_product: 'whatsapp', metadata: METADATA, ...value } }] },
    ],
  }
  const { facts, unroutable } = readWebhook(JSON.stringify(body), ROUTES, NOW)
  assert.deepEqual(unroutable, [])
  return facts
}

const one = <T extends Fact>(facts: Fact[]): T => {
  assert.equal(facts.length, 1, JSON.stringify(facts))
  return facts[0] as T
}
const said = (from: object, more: object = {}) => ({
  ...from,
  id: 'wamid.1',
  timestamp: String(SECONDS),
  type: 'text',
  text: { body: 'Hi' },
  ...more,
})
const fromMira = { from: MIRA.phone, from_user_id: MIRA.userId }
const fromJon = { from: JON.phone, from_user_id: JON.userId }
const bodyOf = (fact: Fact): Record<string, unknown> =>
  JSON.parse(fact.kind === 'status' ? toldStatusBody(fact.body, undefined) : fact.body) as Record<string, unknown>
const note = (system: object, from: object = {}) => ({ ...said(from), type: 'system', system })

/* Contacts. */

test('a single entry of contacts is not used for a sender with other ids', () => {
  const [first, second] = read({
    contacts: [MIRA_CONTACT],
    messages: [said(fromMira), said(fromJon, { id: 'wamid.2' })],
  }) as [MessageFact, MessageFact]
  assert.deepEqual(first.contact, { ...MIRA, name: 'Mira' })
  assert.deepEqual(second.contact, JON)
  assert.equal((bodyOf(second).message as { contacts?: unknown }).contacts, undefined)
  // A number with another id is another contact too. An id belongs to its contact, whatever the number.
  const other = one<MessageFact>(
    read({ contacts: [MIRA_CONTACT], messages: [said({ ...fromMira, from_user_id: 'US.9' })] }),
  )
  assert.deepEqual(other.contact, { phone: MIRA.phone, userId: 'US.9' })
  const hidden = one<MessageFact>(read({ contacts: [MIRA_CONTACT], messages: [said({ from_user_id: MIRA.userId })] }))
  assert.deepEqual(hidden.contact, { ...MIRA, name: 'Mira' })
})

test('parent ids are read from messages, contacts and statuses', () => {
  const parentId = 'US.ENT.5'
  const written = read({ messages: [said({ from_user_id: 'US.1', from_parent_user_id: parentId })] })
  assert.deepEqual(one<MessageFact>(written).contact, { userId: 'US.1', parentId })
  const byContact = read({
    contacts: [{ user_id: 'US.1', parent_user_id: parentId }],
    messages: [said({ from_user_id: 'US.1' })],
  })
  assert.deepEqual(one<MessageFact>(byContact).contact, { userId: 'US.1', parentId })
  const status = {
    id: 'wamid.3',
    status: 'sent',
    timestamp: '1',
    recipient_user_id: 'US.1',
    recipient_parent_user_id: parentId,
  }
  assert.deepEqual(one<StatusFact>(read({ statuses: [status] })).contact, { userId: 'US.1', parentId })
})

const CHANGES: [title: string, message: object, before: object, becomes: object | undefined][] = [
  [
    'an id that changed, without a number',
    note({ type: 'user_changed_user_id', user_id: 'US.2', previous_user_id: 'US.1' }),
    { userId: 'US.1' },
    { userId: 'US.2' },
  ],
  [
    'with parents',
    note({
      type: 'user_changed_user_id',
      user_id: 'US.2',
      previous_user_id: 'US.1',
      parent_user_id: 'US.ENT.2',
      previous_parent_user_id: 'US.ENT.1',
    }),
    { userId: 'US.1', parentId: 'US.ENT.1' },
    { userId: 'US.2', parentId: 'US.ENT.2' },
  ],
  [
    'a number that changed, of 2026',
    note(
      { type: 'user_changed_number', wa_id: '2', user_id: 'US.2', previous_user_id: 'US.1' },
      { from: '1', from_user_id: 'US.2' },
    ),
    { phone: '1', userId: 'US.1' },
    { phone: '2', userId: 'US.2' },
  ],
  [
    'an older note, whose from_user_id is the old id',
    note({ type: 'user_changed_number', wa_id: '2', user_id: 'US.2' }, { from: '1', from_user_id: 'US.1' }),
    { phone: '1', userId: 'US.1' },
    { phone: '2', userId: 'US.2' },
  ],
  [
    'an older note, whose from_user_id is the new id',
    note({ type: 'user_changed_number', wa_id: '2', user_id: 'US.2' }, { from: '1', from_user_id: 'US.2' }),
    { phone: '1' },
    { phone: '2', userId: 'US.2' },
  ],
  [
    'the oldest note',
    note({ type: 'user_changed_number', new_wa_id: '2' }, { from: '1' }),
    { phone: '1' },
    { phone: '2' },
  ],
  [
    'a new id and nothing of the old one',
    note({ type: 'user_changed_user_id', user_id: 'US.2' }),
    { userId: 'US.2' },
    undefined,
  ],
  [
    'a note that changes no name',
    note({ type: 'customer_identity_changed', wa_id: '1' }, { from: '1', from_user_id: 'US.1' }),
    { phone: '1', userId: 'US.1' },
    undefined,
  ],
]

for (const [title, message, before, becomes] of CHANGES) {
  test(`a system message: ${title}`, () => {
    const [fact, update, ...more] = read({ messages: [message] }) as [MessageFact, Notice?, ...Fact[]]
    assert.deepEqual(more, [])
    assert.equal(fact.kind, 'message')
    assert.deepEqual(fact.contact, before)
    // Who is told by events alone hears of the change as well.
    assert.deepEqual([update?.event, update?.contact], [becomes && 'contact_update', becomes])
    assert.deepEqual(fact.becomes, becomes)
    assert.equal(fact.opensWindow, false)
  })
}

/* The window. */

test('a message opens the window; a group message, a system message, an edit and a removal do not', () => {
  const opens = (more: object) =>
    one<MessageFact>(read({ contacts: [MIRA_CONTACT], messages: [said(fromMira, more)] })).opensWindow
  assert.equal(opens({}), true)
  assert.equal(opens({ type: 'reaction' }), true)
  assert.equal(opens({ group_id: 'Y2Fw' }), false)
  assert.equal(opens({ type: 'system', system: {} }), false)
  assert.equal(opens({ type: 'edit', edit: {} }), false)
  assert.equal(opens({ type: 'revoke', revoke: {} }), false)
})

const call = (more: object) => ({ id: 'wacid.1', event: 'connect', timestamp: SECONDS, ...more })

test('a call of the contact opens the window at its time; a call to the contact, and the end of a call, do not', () => {
  const fact = (more: object) => one<Notice>(read({ contacts: [MIRA_CONTACT], calls: [call(more)] }, 'calls'))
  const theirs = fact({ ...fromMira, to: CHANNEL.businessPhone, direction: 'USER_INITIATED' })
  assert.deepEqual([theirs.opensWindow, theirs.at, theirs.event], [true, SECONDS * 1000, 'call'])
  assert.deepEqual(theirs.contact, { ...MIRA, name: 'Mira' })
  const ours = fact({
    from: CHANNEL.businessPhone,
    to: MIRA.phone,
    to_user_id: MIRA.userId,
    direction: 'BUSINESS_INITIATED',
  })
  assert.deepEqual([ours.opensWindow, ours.contact], [undefined, { ...MIRA, name: 'Mira' }])
  assert.equal(fact({ ...fromMira, event: 'terminate', direction: 'USER_INITIATED' }).opensWindow, undefined)
})

test('a message that another program answers opens the window, and old chats do not', () => {
  const messages = [said(fromMira)]
  const standby = one<MessageFact>(read({ standby: { contacts: [MIRA_CONTACT], messages } }, 'standby'))
  assert.deepEqual([standby.kind, standby.wamid, bodyOf(standby).standby], ['message', 'wamid.1', true])
  assert.deepEqual([standby.opensWindow, standby.at], [true, SECONDS * 1000])
  assert.deepEqual(standby.contact, { ...MIRA, name: 'Mira' })
  const [chat, old, ...more] = read({ contacts: [MIRA_CONTACT], messages }, 'history') as [Notice, MessageFact]
  assert.deepEqual(more, [])
  assert.deepEqual([chat.opensWindow, chat.contact], [undefined, { ...MIRA, name: 'Mira' }])
  assert.deepEqual([old.opensWindow, old.origin, old.sent], [false, 'history', undefined])
})

/* Values without an event of their own. */

const OTHERS: [title: string, field: string, value: Record<string, unknown>, contact: object | undefined][] = [
  [
    'an echo',
    'smb_message_echoes',
    { message_echoes: [{ from: CHANNEL.businessPhone, to_user_id: 'US.1', id: 'w' }] },
    { userId: 'US.1' },
  ],
  [
    'an echo of another program',
    'standby',
    { standby: { message_echoes: [{ id: 'w', message: { to: `+${MIRA.phone}` } }] } },
    { phone: MIRA.phone },
  ],
  [
    'a status of another program',
    'standby',
    { standby: { statuses: [{ id: 'w', status: 'read', recipient_id: MIRA.phone }] } },
    { phone: MIRA.phone },
  ],
  [
    'a status of a call',
    'calls',
    { statuses: [{ id: 'c', type: 'call', status: 'RINGING', recipient_user_id: 'US.1' }] },
    { userId: 'US.1' },
  ],
  [
    'a preference',
    'user_preferences',
    { user_preferences: [{ wa_id: MIRA.phone, user_id: 'US.1', value: 'stop' }] },
    MIRA,
  ],
  ['a recording', 'calls', { calls: [{ id: 'c', ...fromMira, event: 'call_recording_available' }] }, MIRA],
  [
    'one entry of the address book',
    'smb_app_state_sync',
    { state_sync: [{ type: 'contact', contact: { phone_number: MIRA.phone } }] },
    { phone: MIRA.phone },
  ],
  [
    'a request to join',
    'group_participants_update',
    { groups: [{ group_id: 'g', wa_id: MIRA.phone }] },
    { groupId: 'g' },
  ],
  [
    'a contact added to a group that is not named',
    'group_participants_update',
    { groups: [{ added_participants: [{ wa_id: MIRA.phone }] }] },
    { phone: MIRA.phone },
  ],
  [
    'one old chat',
    'history',
    { history: [{ threads: [{ id: MIRA.phone, messages: [{ from: MIRA.phone }] }] }] },
    { phone: MIRA.phone },
  ],
  [
    'a click without a contact',
    'messages',
    { user_actions: [{ action_type: 'landing_page_view', timestamp: '1' }] },
    undefined,
  ],
  ['a group', 'group_lifecycle_update', { groups: [{ group_id: 'g', type: 'group_create' }] }, { groupId: 'g' }],
  [
    'a group with its subject',
    'group_lifecycle_update',
    { groups: [{ group_id: 'g', type: 'group_create', subject: 'VIP' }] },
    { groupId: 'g', name: 'VIP' },
  ],
  [
    'a group that could not be created',
    'group_lifecycle_update',
    { groups: [{ group_id: 'g', type: 'group_create', subject: 'VIP', errors: [{ code: '131211' }] }] },
    { groupId: 'g' },
  ],
  [
    'a group with a new subject',
    'group_settings_update',
    { groups: [{ group_id: 'g', group_subject: { text: 'Friends', update_successful: true } }] },
    { groupId: 'g', name: 'Friends' },
  ],
]

for (const [title, field, value, contact] of OTHERS) {
  test(`${title} stays whole, in the lane of the contact that it names`, () => {
    const fact = one<Notice>(read(value, field))
    assert.deepEqual(fact.contact, contact)
    assert.deepEqual(bodyOf(fact).value, { messaging_product: 'whatsapp', metadata: METADATA, ...value })
  })
}

test('each of several clicks is an event of its own, in the lane of the contact that it names', () => {
  const action = { action_type: 'marketing_messages_link_click', timestamp: '1' }
  const named = {
    contacts: [{ wa_id: MIRA.phone, user_id: 'US.1' }],
    user_actions: [action, { ...action, timestamp: '2' }],
  }
  const facts = read(named, 'messages') as Notice[]
  assert.deepEqual(
    facts.map((fact) => [fact.event, fact.contact?.phone, bodyOf(fact).at]),
    [
      ['user_action', MIRA.phone, 1],
      ['user_action', MIRA.phone, 2],
    ],
  )
  const own = {
    user_actions: [
      { ...action, user_id: 'US.1' },
      { ...action, user_id: 'US.2' },
    ],
  }
  assert.deepEqual(
    (read(own, 'messages') as Notice[]).map((fact) => [fact.event, fact.contact?.userId]),
    [
      ['user_action', 'US.1'],
      ['user_action', 'US.2'],
    ],
  )
})

test('a handover belongs to the number and the contact that it names', () => {
  const value = {
    recipient: METADATA,
    sender: { phone_number: MIRA.phone },
    type: 'control_taken',
    metadata: undefined,
  }
  const fact = one<Notice>(read(value, 'messaging_handovers'))
  assert.deepEqual([fact.channelId, fact.contact], [CHANNEL.id, { phone: MIRA.phone }])
})

test('calls of two contacts become two events, each with its contact', () => {
  const contacts = [MIRA_CONTACT, JON_CONTACT]
  const calls = [fromMira, fromJon].map((from) => call({ ...from, direction: 'USER_INITIATED' }))
  const facts = read({ contacts, calls, errors: [{ code: 1, title: 'x' }] }, 'calls') as Notice[]
  assert.deepEqual(
    facts.map((fact) => fact.contact?.name),
    ['Mira', 'Jon'],
  )
  assert.notEqual(facts[0]!.key, facts[1]!.key)
  assert.deepEqual(bodyOf(facts[1]!).value, {
    messaging_product: 'whatsapp',
    metadata: METADATA,
    contacts: [JON_CONTACT],
    calls: [calls[1]],
    errors: [{ code: 1, title: 'x' }],
  })
  const standby = read({ standby: { contacts, messages: [said(fromMira), said(fromJon)] } }, 'standby') as Notice[]
  assert.deepEqual(
    standby.map((fact) => [fact.contact?.name, fact.opensWindow]),
    [
      ['Mira', true],
      ['Jon', true],
    ],
  )
})

test('old chats of many contacts become one event for each, in the lane of its contact', () => {
  const threads = [MIRA, JON].map(({ phone }) => ({ id: phone, context: { wa_id: phone }, messages: [] }))
  const facts = read({ history: [{ threads }] }, 'history') as Notice[]
  assert.deepEqual(
    facts.map(({ event, contact }) => [event, contact?.phone]),
    [
      ['history', MIRA.phone],
      ['history', JON.phone],
    ],
  )
})

test('an old chat: each message with its direction, its status and its place within its second', () => {
  const own = { from: CHANNEL.businessPhone, to: MIRA.phone }
  const messages = [
    { ...own, id: 'w3', timestamp: '1790000002', type: 'text', history_context: { status: 'DELIVERED' } },
    { ...fromMira, id: 'w2', timestamp: '1790000001', type: 'text', history_context: { status: 'READ' } },
    { ...fromMira, id: 'w1', timestamp: '1790000001', type: 'media_placeholder' },
  ]
  const threads = [{ id: MIRA.phone, context: { wa_id: MIRA.phone, user_id: 'US.1' }, messages }]
  const [, ...facts] = read({ history: [{ threads }] }, 'history') as MessageFact[]
  assert.deepEqual(
    facts.map(({ wamid, at, sent, origin }) => [wamid, at - 1_790_000_000_000, sent, origin]),
    [
      ['w1', 1000, undefined, 'history'],
      ['w2', 1001, undefined, 'history'],
      ['w3', 2000, 'delivered', 'history'],
    ],
    'newest first at Meta, oldest first here',
  )
})

test('what the business writes in its app: outbound, in the lane of the contact, and what an edit changes', () => {
  const edit = { original_message_id: 'w', message: { type: 'text', text: { body: 'b' } } }
  const echo = (id: string, more: object) => ({
    from: CHANNEL.businessPhone,
    to: MIRA.phone,
    id,
    timestamp: String(SECONDS),
    ...more,
  })
  const message_echoes = [echo('w', { type: 'text', text: { body: 'a' } }), echo('x', { type: 'edit', edit })]
  const facts = read({ contacts: [MIRA_CONTACT], message_echoes }, 'smb_message_echoes') as MessageFact[]
  assert.deepEqual(
    facts.map(({ event, sent, origin, opensWindow, changes }) => [event, sent, origin, opensWindow, changes]),
    [
      ['message_echo', 'sent', 'app', false, undefined],
      ['message_edit', 'sent', 'app', false, 'w'],
    ],
  )
  assert.ok(facts.every(({ contact }) => contact.userId === MIRA.userId))
})

/* Statuses. */

const status = (more: object = {}) => ({
  id: 'wamid.9',
  status: 'read',
  timestamp: String(SECONDS),
  recipient_id: MIRA.phone,
  ...more,
})

test('a group’s status is read for each participant, under either name of the key', () => {
  const group = { recipient_id: 'Y2Fw', recipient_type: 'group' }
  const facts = read({
    contacts: [MIRA_CONTACT, JON_CONTACT],
    statuses: [
      status({ ...group, recipient_participant_id: MIRA.phone, recipient_participant_user_id: MIRA.userId }),
      status({ ...group, participant_recipient_id: JON.phone }),
    ],
  }) as Notice[]
  for (const fact of facts) assert.deepEqual(fact.contact, { groupId: 'Y2Fw' })
  assert.notEqual(facts[0]!.key, facts[1]!.key)
  for (const [i, fact] of facts.entries()) {
    const body = bodyOf(fact)
    assert.deepEqual(
      [body.event, body.message_status, body.recipient, body.recipient_id, body.recipient_type],
      ['message_status_update', 'read', [MIRA, JON][i]!.phone, 'Y2Fw', 'group'],
    )
  }
  const again = read({
    statuses: [status({ ...group, recipient_participant_id: MIRA.phone, timestamp: String(SECONDS + 5) })],
  })
  assert.equal((again[0] as Notice).key, facts[0]!.key, 'Meta tells it again')
})

test('a message in a group belongs to the group, and tells who wrote it', () => {
  const message = {
    ...fromMira,
    id: 'wamid.g',
    timestamp: String(SECONDS),
    type: 'text',
    text: { body: 'x' },
    group_id: 'g',
  }
  const fact = one<MessageFact>(read({ contacts: [MIRA_CONTACT], messages: [message] }))
  assert.deepEqual([fact.contact, fact.opensWindow], [{ groupId: 'g' }, false])
  const told = bodyOf(fact).message as { contacts: unknown; messages: unknown }
  assert.deepEqual([told.contacts, told.messages], [[MIRA_CONTACT], [message]])
})

test('a payment keeps its transaction, does not change the status, and is a duplicate only when all of it is equal', () => {
  const payment = (id: string, word = 'captured') =>
    status({ type: 'payment', status: word, payment: { reference_id: 'o', transaction: { id } } })
  const keyOf = (part: object): string => one<Notice>(read({ statuses: [part] })).key
  const fact = one<Notice>(read({ statuses: [payment('t1')] }))
  const body = bodyOf(fact)
  assert.equal(fact.kind, 'notice')
  assert.deepEqual(
    [body.event, body.message_id, body.reference_id, body.payment_status],
    ['payment_status', 'wamid.9', 'o', 'captured'],
  )
  const { statuses } = body.value as { statuses: { payment: unknown }[] }
  assert.deepEqual(statuses[0]!.payment, { reference_id: 'o', transaction: { id: 't1' } })
  assert.notEqual(keyOf(payment('t2')), fact.key)
  assert.equal(keyOf(payment('t1')), fact.key)
  assert.equal(one<Notice>(read({ statuses: [payment('t1', 'failed')] })).kind, 'notice')
})

test('a status keeps all errors, price, conversation, and callback data', () => {
  const errors = [
    { code: 131049, title: 'Not delivered', message: 'm', error_data: { details: 'Why' }, href: '/x' },
    { code: 1, title: 'Another' },
  ]
  const more = {
    pricing: { category: 'utility' },
    conversation: { id: 'c' },
    template_id: '5',
  }
  const fact = one<StatusFact>(
    read({ statuses: [status({ status: 'failed', errors, ...more, biz_opaque_callback_data: 'row 5' })] }),
  )
  const first = {
    code: 131049,
    title: 'Not delivered',
    details: 'Why',
    message: 'm',
    error_data: { details: 'Why' },
    href: '/x',
  }
  assert.deepEqual(bodyOf(fact), {
    event: 'message_status_update',
    channel_id: 7,
    business_phone: CHANNEL.businessPhone,
    message_id: 'wamid.9',
    message_status: 'failed',
    error: first,
    received_at: SECONDS,
    recipient: MIRA.phone,
    contact: { phone: MIRA.phone },
    errors: [first, { code: 1, title: 'Another' }],
    ...more,
    callback_data: 'row 5',
  })
  assert.deepEqual(JSON.parse(fact.error!), { ...errors[0], errors })
  assert.deepEqual([fact.pricing, fact.conversation], ['{"category":"utility"}', '{"id":"c"}'])
  assert.equal(fact.reference, undefined)
})

test('a status of our message has our id, and no key of Meta’s replaces one of ours', () => {
  const fact = one<StatusFact>(
    read({
      statuses: [
        status({ biz_opaque_callback_data: 'msg_1', event: 'forged', reference: 'forged', callback_data: 'forged' }),
      ],
    }),
  )
  assert.equal(fact.reference, 'msg_1')
  const told = (callbackData?: string): string => toldStatusBody(fact.body, { reference: 'msg_1', callbackData })
  const body = JSON.parse(told('order 7')) as Record<string, unknown>
  assert.deepEqual([body.event, body.reference, body.callback_data], ['message_status_update', 'msg_1', 'order 7'])
  assert.ok(told('x').endsWith('"callback_data":"x"}'))
  assert.equal((JSON.parse(told()) as Record<string, unknown>).callback_data, undefined)
})

/* Errors of an account. */

test('errors of a value become an event, and a repetition within a minute is a duplicate', () => {
  const trouble = (code: number) => ({ errors: [{ code, title: 'Trouble' }] })
  const [, beside] = read({ statuses: [status()], ...trouble(5) })
  assert.deepEqual(bodyOf(beside!).value, { messaging_product: 'whatsapp', metadata: METADATA, ...trouble(5) })
  const keyOf = (code: number, now = NOW): string => {
    const value = { metadata: METADATA, ...trouble(code) }
    const raw = JSON.stringify({ entry: [{ id: '9', changes: [{ field: 'messages', value }] }] })
    return (readWebhook(raw, ROUTES, now).facts[0] as Notice).key
  }
  assert.notEqual(keyOf(5), keyOf(6))
  assert.equal(keyOf(5), keyOf(5))
  assert.notEqual(keyOf(5), keyOf(5, NOW + 60_000))
})

/* Templates. */

test('a template update keeps language, category, title, recommendation, dates, and Meta’s whole value', () => {
  const value = {
    event: 'REJECTED',
    message_template_id: 1,
    message_template_name: 'promo',
    message_template_language: 'en',
    message_template_category: 'MARKETING',
    reason: 'INVALID_FORMAT',
    rejection_info: { reason: 'a', recommendation: 'b' },
    other_info: { title: 'FIRST_PAUSE', description: 'd' },
    disable_info: { disable_date: '1788302030' },
    metadata: undefined,
  }
  const whole = JSON.parse(JSON.stringify({ messaging_product: 'whatsapp', ...value })) as object
  const body = bodyOf(one(read(value, 'message_template_status_update', SECONDS)))
  assert.deepEqual(body, {
    event: 'template_status_update',
    channel_id: 7,
    business_phone: CHANNEL.businessPhone,
    template_id: '1',
    template_name: 'promo',
    new_value: 'REJECTED',
    reason: 'INVALID_FORMAT',
    received_at: SECONDS,
    language: 'en',
    category: 'MARKETING',
    title: 'FIRST_PAUSE',
    description: 'd',
    rejection_info: { reason: 'a', recommendation: 'b' },
    disable_date: '1788302030',
    value: whole,
  })
})
