import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, before, test } from 'node:test'
import { exampleOf, TOLD } from '../../scripts/event-docs.ts'
import { CALLBACKS } from '../../packages/gateway/src/http/callbacks.ts'
import { post } from '../support/meta.ts'
import { Receiver, type ReceivedCallback } from '../support/receiver.ts'
import { startWorld, type World } from '../support/world.ts'

/*
 * Every webhook of the fixtures through one gateway: which event it becomes, in whose lane, what is stored, and that
 * nothing of WhatsApp's value is lost.
 */

const FOLDER = new URL('../fixtures/cloud-api/webhooks/', import.meta.url)
const NAMES = readdirSync(FOLDER).map((file) => file.replace('.json', ''))

type Loose = Record<string, unknown>
type Webhook = { entry: { changes: { field: string; value: Loose }[] }[] }

/** Events of a fixture and the lane of each: of a contact, of a group, or of the channel. First match by the name. */
const EXPECTED: [name: RegExp, ...events: string[]][] = [
  [/^batch_two_entries_mixed$/, 'new_message contact', 'message_status_update contact'],
  [/^st_group_read_aggregated$/, 'message_status_update group', 'message_status_update group'],
  [/^in_group_text$/, 'new_message group'],
  [/^in_system_user_changed/, 'new_message contact', 'contact_update contact'],
  [/^in_|^standby_message$/, 'new_message contact'],
  [/^st_/, 'message_status_update contact'],
  [/^standby_/, 'standby contact'],
  [/^message_revoke$|^smb_message_echo_revoke$/, 'message_revoke contact'],
  [/^message_edit|^smb_message_echo_edit$/, 'message_edit contact'],
  [/^smb_message_echo/, 'message_echo contact'],
  [/^smb_app_state_sync_contact$/, 'contact_update contact', 'contact_update contact'],
  [/^smb_app_state_sync|^user_preferences/, 'contact_update contact'],
  [/^user_action/, 'user_action channel'],
  [/^handover_/, 'conversation_owner contact'],
  [/^history_chunk$/, 'history contact', 'history contact'],
  [/^history_declined$/, 'history channel'],
  [/^history_/, 'history contact'],
  [/^calls_/, 'call contact'],
  [/^payment_status$/, 'payment_status contact'],
  [/^group_create|^group_delete/, 'group_lifecycle_update group'],
  [/^group_participant|^group_join/, 'group_participants_update group'],
  [/^group_settings/, 'group_settings_update group'],
  [/^group_suspended/, 'group_status_update group'],
  [/^flow_/, 'flows channel'],
  [/^tpl_status/, 'template_status_update channel'],
  [/^template_category/, 'template_category_update channel'],
  [/^message_template_components/, 'message_template_components_update channel'],
  [/^payment_configuration/, 'payment_configuration_update channel'],
  [/^partner_solution/, 'partner_solutions channel'],
  [/^automatic_event/, 'automatic_events channel'],
  [/^tracking_event/, 'tracking_events channel'],
  [/^value_level_error$/, 'messages channel'],
  [/^account_|^business_|^phone_number_|^security_/, 'channel_update channel'],
]

let world: World
let receiver: Receiver
let db: DatabaseSync
before(async () => {
  world = await startWorld({ webhook: false })
  receiver = await Receiver.start()
  const made = await world.admin('POST', '/admin/channels', {
    name: 'Harbour Shop',
    business_phone: '14155550123',
    phone_number_id: '301234567890123',
    waba_id: '215589313241560',
    access_token: 'EAAB',
  })
  assert.equal(made.http, 201, JSON.stringify(made))
  const { channel_id: id } = made.data as { channel_id: number }
  // Old chats go only to endpoints that ask for them.
  const events = [...CALLBACKS.map(({ event }) => event)]
  const added = await world.admin('POST', `/admin/channels/${id}/endpoints`, { name: 'all', url: receiver.url, events })
  assert.equal(added.http, 201, JSON.stringify(added))
  db = new DatabaseSync(join(world.dataDir, 'postern.db'), { readOnly: true })
})
after(async () => {
  db.close()
  await world.stop()
  await receiver.close()
})

/**
 * What was delivered for the fixtures themselves: which program answers a contact also follows from messages, and the
 * fixtures share contacts (conversation-owner.test.ts).
 */
const received = (): ReceivedCallback[] =>
  receiver.received.filter(({ body }) => body.event !== 'conversation_owner' || body.field === 'messaging_handovers')

type Stored = { kind: string; contact_id: number; message_id: string | null }
const seqOf = ({ id }: ReceivedCallback): number => Number(/(\d+)$/.exec(id)![1])
const storedOf = (callback: ReceivedCallback): Stored =>
  db.prepare('select kind, contact_id, message_id from events where seq = ?').get(seqOf(callback)) as Stored

function laneOf({ contact_id: id }: Stored): string {
  if (id === 0) return 'channel'
  const keys = db.prepare('select key from contact_keys where contact_id = ?').all(id) as { key: string }[]
  const groups = keys.filter(({ key }) => key.startsWith('g:'))
  assert.ok(groups.length === 0 || groups.length === keys.length, 'a group and a person are never one')
  return groups.length > 0 ? 'group' : 'contact'
}

/** The leaves of a value: each text, number and truth in it, whatever the key. */
function leavesIn(value: unknown): string[] {
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(leavesIn)
  return value === null || value === undefined ? [] : [String(value)]
}

const isOurs = ({ metadata }: Loose): boolean =>
  metadata === undefined || (metadata as Loose).phone_number_id === '301234567890123'

const without = (value: Loose, ...keys: string[]): Loose =>
  Object.fromEntries(Object.entries(value).filter(([key]) => !keys.includes(key)))

/** Each fixture has message ids of its own: some of them share one. */
function ownIds(name: string): { raw: string; webhook: Webhook } {
  const raw = readFileSync(new URL(`${name}.json`, FOLDER), 'utf8').replaceAll('wamid.', `wamid.${name}.`)
  return { raw, webhook: JSON.parse(raw) as Webhook }
}

for (const name of NAMES) {
  test(`${name}: its events, their lanes, what is stored, and every leaf of the value`, async () => {
    const { raw, webhook } = ownIds(name)
    const expected = EXPECTED.find(([pattern]) => pattern.test(name))
    assert.ok(expected, 'the table has a row')
    const [, ...events] = expected
    const before = received().length
    assert.equal((await post(world, raw)).status, 200)
    await receiver.until(() => received().length >= before + events.length, `${events.length} events`)
    const got = received()
      .slice(before)
      .sort((a, b) => seqOf(a) - seqOf(b))
    assert.deepEqual(
      got.map((callback) => `${String(callback.body.event)} ${laneOf(storedOf(callback))}`),
      events,
    )

    // The rest is of another number, and kept for the operator.
    const changes = webhook.entry.flatMap((entry) => entry.changes).filter(({ value }) => isOurs(value))
    for (const callback of got) {
      const { body } = callback
      const { message_id: id } = storedOf(callback)
      const isMessage = changes[0]!.field === 'messages' && changes[0]!.value.messages !== undefined
      if (isMessage && body.event !== 'contact_update') assert.match(id!, /^msg_/, 'the message is stored')
      if (got.length > 1) continue
      // A value that names one contact is delivered as it came.
      const { field, value } = changes[0]!
      if (body.event === 'new_message' && field === 'messages') assert.deepEqual(body.message, value)
      else if ('value' in body) assert.deepEqual(body.value, value)
    }
    // The number is the channel's; a status has Meta's words under our keys.
    const told = new Set(got.flatMap(({ body }) => leavesIn(body)))
    for (const { value } of changes)
      for (const leaf of leavesIn(without(value, 'metadata', 'messaging_product')))
        assert.ok(told.has(leaf), `${leaf} is lost`)
  })
}

test('the page on events has all of them, each with an example as a gateway delivers it', () => {
  const page = readFileSync(new URL('../../docs/what-whatsapp-tells-you.md', import.meta.url), 'utf8')
  const happened = new Set(receiver.received.map(({ body }) => String(body.event)))
  const documented = CALLBACKS.map(({ event }) => event)
  for (const event of happened) assert.ok(documented.includes(event), `${event} is in the API document`)
  for (const event of documented) assert.ok(page.includes(`\n### ${event}\n`), event)
  for (const [event, { fixture }] of Object.entries(TOLD)) {
    if (fixture === '') continue
    const example = JSON.stringify(exampleOf(fixture))
    const delivered = receiver.received.find(({ raw, body }) => {
      const channel = `"channel_id":${String(body.channel_id)},`
      return raw.replaceAll(`wamid.${fixture}.`, 'wamid.').replace(channel, '"channel_id":1,') === example
    })
    assert.ok(delivered, `${event}: the example of the page was not delivered`)
    assert.ok(page.includes(JSON.stringify(exampleOf(fixture), null, 2)), event)
  }
})
