import assert from 'node:assert/strict'
import { after, before, beforeEach, test } from 'node:test'
import type { Locator, Page } from 'playwright-core'
import { holds } from '../support/receiver.ts'
import { startWorld, type World } from '../support/world.ts'
import { violationsOf } from './axe.ts'
import { buildPages, shot, startBrowser, type Browser } from './browser.ts'

/* What several people and several apps do with one number, on the phones: one gateway and one browser for all tests. */

const MEI = '85268411234'
const PABLO = '16505551234'
const THIRD = '4915112345678'
const NUMBER = '302702419599374'

let world: World
let browser: Browser
let table: Page & { wrongs: string[] }
let mei: Locator
let pablo: Locator
let business: Locator

before(async () => {
  buildPages()
  world = await startWorld()
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  world.sandbox.phone(THIRD).is({ name: 'Jana Vogel', window: true })
  browser = await startBrowser({ width: 1640, height: 900 })
  table = await browser.open('about:blank')
  mei = table.getByRole('region', { name: 'Phone of Mei Chan' })
  pablo = table.getByRole('region', { name: 'Phone of Pablo Morales' })
  business = table.getByRole('region', { name: 'Phone of the business' })
})
beforeEach(async () => {
  await table.goto('about:blank')
  await table.goto(world.sandbox.url)
  await mei.getByLabel('Message', { exact: true }).waitFor()
})
after(async () => {
  await browser?.close()
  await world?.stop()
})

const toggle = (): Locator => table.getByRole('button', { name: 'Business', exact: true })
async function showBusiness(wanted: boolean): Promise<void> {
  if ((await toggle().getAttribute('aria-pressed')) !== String(wanted)) await toggle().click()
  if (wanted) await business.waitFor()
  else await business.waitFor({ state: 'detached' })
}
const tab = (name: string): Promise<void> => business.getByRole('button', { name, exact: true }).click()
const openChat = (name: string): Promise<void> =>
  business.getByRole('list', { name: 'Chats' }).getByRole('button', { name }).click()

async function chooseFrom(bubble: Locator, item: string): Promise<void> {
  await bubble.getByRole('button', { name: 'What to do with this message' }).click()
  await table.getByRole('menuitem', { name: item, exact: true }).click()
}
async function chooseFromMenu(phone: Locator, item: string): Promise<void> {
  await phone.getByRole('button', { name: 'Menu' }).click()
  await table.getByRole('menuitem', { name: item, exact: true }).click()
}
const writes = async (phone: Locator, text: string): Promise<void> => {
  await phone.getByLabel('Message', { exact: true }).fill(text)
  await table.keyboard.press('Enter')
}
/** A webhook of this field that holds the value. */
const told = (field: string, value: object): Promise<void> =>
  world.receiver.until(
    () =>
      world.sandbox
        .webhooks()
        .some(({ body }) =>
          (JSON.parse(body) as { entry: { changes: { field: string; value: object }[] }[] }).entry.some((entry) =>
            entry.changes.some((change) => change.field === field && holds(change.value, value)),
          ),
        ),
    `a webhook of ${field}`,
  )
const looksRight = async (page: Page, where: string): Promise<void> =>
  assert.deepEqual(await violationsOf(page), [], `${where} has a barrier`)

test('the owner writes in the app: the person sees it, then its edit, then that it was deleted', async () => {
  await showBusiness(true)
  await openChat('Mei Chan')
  await business.getByText('Connect the app to write here').waitFor()
  await business.getByRole('button', { name: 'Back to the chats' }).click()
  await tab('Account')
  await business.getByRole('button', { name: 'Connect the app' }).click()
  await business.getByText('The app and your software share this number.').waitFor()
  await tab('Chats')
  await openChat('Mei Chan')
  await business.getByLabel('Message from the app').fill('On our way, 20 minutes')
  await table.keyboard.press('Enter')
  const arrived = mei.locator('.phone-message', { hasText: '20 minutes' })
  await arrived.waitFor()
  const sent = business.locator('.bubble', { hasText: '20 minutes' })
  await chooseFrom(sent, 'Edit')
  await business.getByLabel('New text').fill('On our way, 30 minutes')
  await table.keyboard.press('Enter')
  await mei.getByText('30 minutes').waitFor()
  await mei.getByText('edited').waitFor()
  await shot(table, 'owner-edited')
  await looksRight(table, 'the chat of the owner')
  await chooseFrom(business.locator('.bubble', { hasText: '30 minutes' }), 'Delete for everyone')
  await mei.getByText('This message was deleted').waitFor()
  await business.getByText('You deleted this message').waitFor()
  await told('smb_message_echoes', { message_echoes: { 0: { type: 'revoke' } } })
  await world.receiver.gets({ event: 'message_echo' })
})

test('a person edits and deletes what they wrote, by keyboard', async () => {
  await writes(mei, 'at three')
  const bubble = mei.locator('.phone-message', { hasText: 'at three' })
  await bubble.getByRole('button', { name: 'What to do with this message' }).focus()
  await table.keyboard.press('Enter')
  await table.getByRole('menuitem', { name: 'Edit' }).focus()
  await table.keyboard.press('Enter')
  const sheet = mei.getByRole('dialog', { name: 'Edit' })
  await sheet.getByLabel('New text').waitFor()
  await table.keyboard.press('ControlOrMeta+a')
  await table.keyboard.type('at four')
  await table.keyboard.press('Enter')
  await mei.getByText('at four').waitFor()
  await told('messages', { messages: { 0: { type: 'edit' } } })
  await chooseFrom(mei.locator('.phone-message', { hasText: 'at four' }), 'Delete for everyone')
  await mei.getByText('You deleted this message').waitFor()
  await world.receiver.gets({ event: 'message_revoke' })
})

test('another responder takes the chat, answers and gives it back; both phones show who holds it', async () => {
  await showBusiness(true)
  await openChat('Pablo Morales')
  const holder = business.getByRole('group', { name: 'Who holds this chat' })
  await holder.getByText('held by your software').waitFor()
  await holder.getByRole('button', { name: 'Take as the agent' }).click()
  await holder.getByText('held by Meta Business Agent').waitFor()
  await pablo.getByText('with the agent').waitFor()
  await told('messaging_handovers', { type: 'control_taken' })
  await writes(pablo, 'where is my parcel?')
  await told('standby', { standby: { messages: { 0: { text: { body: 'where is my parcel?' } } } } })
  await holder.getByRole('button', { name: 'Answer' }).click()
  await business.getByRole('dialog').getByLabel('Message').fill('It leaves today.')
  await table.keyboard.press('Enter')
  await pablo.getByText('It leaves today.').waitFor()
  await business.getByText('Other responder').waitFor()
  await shot(table, 'responder')
  await looksRight(table, 'the chat of another responder')
  await holder.getByRole('button', { name: 'Give back' }).click()
  await holder.getByText('held by your software').waitFor()
  await told('messaging_handovers', { type: 'control_passed' })
  await world.receiver.gets({ event: 'conversation_owner', owner: 'us' })
})

test('calls: a person rings and hangs up; the business rings after permission, is refused, then accepted', async () => {
  await showBusiness(false)
  await mei.getByRole('button', { name: 'Call the business' }).click()
  const screen = mei.getByRole('dialog', { name: 'Call with Postern Demo' })
  await screen.getByText('Calling …').waitFor()
  await told('calls', { calls: { 0: { event: 'connect', direction: 'USER_INITIATED' } } })
  await screen.getByRole('button', { name: 'Hang up' }).click()
  await screen.waitFor({ state: 'detached' })
  await mei.getByText('Voice call without an answer').waitFor()

  const graph = async (body: object): Promise<{ calls?: { id: string }[]; error?: { code: number } }> => {
    const response = await fetch(`${world.sandbox.url}/v26.0/${NUMBER}/calls`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', ...body }),
    })
    return (await response.json()) as never
  }
  const connect = { action: 'connect', to: MEI, session: { sdp_type: 'offer', sdp: 'v=0\r\n' } }
  assert.equal((await graph(connect)).error?.code, 138006)
  await world.send({
    to: MEI,
    type: 'interactive',
    interactive: {
      type: 'call_permission_request',
      body: { text: 'May we call you about the parcel?' },
      action: { name: 'call_permission_request' },
    },
  })
  await mei.getByRole('button', { name: 'Allow calls' }).click()
  await told('messages', { messages: { 0: { interactive: { call_permission_reply: { response: 'accept' } } } } })
  for (const answer of ['Decline', 'Accept'] as const) {
    const { calls } = await graph(connect)
    await screen.getByText('Incoming voice call').waitFor()
    if (answer === 'Accept') {
      await shot(table, 'call-rings')
      await looksRight(table, 'a call')
    }
    await screen.getByRole('button', { name: answer }).click()
    await told('calls', {
      statuses: { 0: { id: calls![0]!.id, status: `${answer.toUpperCase()}ED`.replace('DECLINEED', 'REJECTED') } },
    })
  }
  await screen.getByText(/^\d:\d\d$/).waitFor()
  await table.keyboard.press('Enter')
  await screen.waitFor({ state: 'detached' })
  await mei.getByText(/Voice call, \d:\d\d/).waitFor()
  await mei.getByText('Declined voice call').waitFor()
  await shot(table, 'call-over')
  await told('calls', { calls: { 0: { event: 'terminate', status: 'COMPLETED' } } })
})

test('a group with three phones: created, joined by link, everybody sees everything, one leaves', async () => {
  await table.getByRole('button', { name: 'Add a phone' }).click()
  await table.getByRole('combobox', { name: 'Number, with its country code' }).fill(THIRD)
  // The number is known: the proposal is taken, and the form sent.
  await table.keyboard.press('ArrowDown')
  await table.keyboard.press('Enter')
  await table.getByRole('button', { name: 'Add', exact: true }).click()
  const jana = table.getByRole('region', { name: 'Phone of Jana Vogel' })
  await showBusiness(true)
  await tab('Groups')
  await business.getByLabel('New group').fill('Harbour VIP')
  await business.getByRole('button', { name: 'Create' }).click()
  await business.getByText('Nobody yet').waitFor()
  const phones = [mei, pablo, jana]
  for (const phone of phones) {
    await phone.getByRole('button', { name: 'Chats' }).click()
    await phone.getByRole('button', { name: 'Join: Harbour VIP' }).click()
    await phone
      .getByRole('listitem')
      .getByRole('button', { name: /^Harbour VIP/ })
      .click()
  }
  await business.getByText('Mei Chan, Pablo Morales, Jana Vogel').waitFor()
  await writes(pablo, 'Count me in')
  for (const phone of phones) await phone.getByText('Count me in').waitFor()
  await mei.locator('.bubble-writer', { hasText: 'Pablo Morales' }).waitFor()
  assert.equal(await pablo.locator('.bubble-writer').count(), 0, 'one’s own messages have no name')
  const [group] = world.sandbox.export().world.numbers[0]!.groups!
  const response = await fetch(`${world.sandbox.url}/v26.0/${NUMBER}/messages`, {
    method: 'POST',
    headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
    body: JSON.stringify({
      messaging_product: 'whatsapp',
      recipient_type: 'group',
      to: group!.id,
      type: 'text',
      text: { body: 'Tasting on Friday' },
    }),
  })
  assert.equal(response.status, 200)
  for (const phone of phones) await phone.getByText('Tasting on Friday').waitFor()
  await shot(table, 'group')
  await looksRight(table, 'a group')
  await chooseFromMenu(jana, 'Leave the group')
  await jana.getByRole('button', { name: 'Join: Harbour VIP' }).waitFor()
  await mei.getByText('Jana Vogel left').waitFor()
  await jana.getByRole('button', { name: 'New chat' }).click()
  await jana.getByRole('button', { name: /^Postern Demo/ }).click()
  assert.equal(
    await jana.getByText('Tasting on Friday').count(),
    0,
    'the chat with the business has no group’s messages',
  )
  await chooseFromMenu(jana, 'Remove phone')
})

test('an order is shown as a receipt, paid on the phone, and its state follows', async () => {
  await showBusiness(false)
  const amount = (value: number) => ({ value, offset: 100 })
  const order = (status: string) => ({ status, description: 'Leaves on Monday' })
  const interactive = {
    type: 'order_details',
    body: { text: 'Here is your order' },
    action: {
      name: 'review_and_pay',
      parameters: {
        reference_id: 'order-8812',
        type: 'physical-goods',
        currency: 'INR',
        total_amount: amount(154_900),
        order: {
          status: 'pending',
          items: [{ name: 'Fern in a pot', amount: amount(74_950), quantity: 2 }],
          subtotal: amount(149_900),
          shipping: amount(5_000),
        },
      },
    },
  }
  const post = async (more: object): Promise<void> => {
    const response = await fetch(`${world.sandbox.url}/v26.0/${NUMBER}/messages`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox-token', 'content-type': 'application/json' },
      body: JSON.stringify({ messaging_product: 'whatsapp', to: PABLO, type: 'interactive', ...more }),
    })
    assert.equal(response.status, 200, await response.text())
  }
  await post({ interactive })
  const bubble = pablo.locator('.phone-message', { hasText: 'Here is your order' })
  await bubble.getByText('Fern in a pot × 2').waitFor()
  await bubble.getByRole('button', { name: 'Review and pay' }).click()
  const sheet = pablo.getByRole('dialog', { name: 'Your order' })
  await shot(table, 'pay-sheet')
  await looksRight(table, 'a payment')
  await sheet.getByRole('button', { name: 'Let the payment fail' }).click()
  await bubble.getByText('Payment failed').waitFor()
  await bubble.getByRole('button', { name: 'Review and pay' }).click()
  await sheet.getByRole('button', { name: /^Pay .*1,549/ }).click()
  await bubble.getByText('Paid', { exact: true }).waitFor()
  assert.equal(await bubble.getByRole('button', { name: 'Review and pay' }).count(), 0)
  await world.receiver.gets({ event: 'payment_status', reference_id: 'order-8812', payment_status: 'captured' })
  const parameters = { reference_id: 'order-8812', order: order('shipped') }
  await post({
    interactive: {
      type: 'order_status',
      body: { text: 'Your order is on its way' },
      action: { name: 'review_order', parameters },
    },
  })
  const state = pablo.locator('.phone-message', { hasText: 'Your order is on its way' })
  await state.getByText('shipped').waitFor()
  await state.getByText('Leaves on Monday').waitFor()
  await shot(table, 'order')
})

test('the number’s standing, its connection and its history, on the account page', async () => {
  await showBusiness(true)
  await tab('Account')
  await business.getByLabel('Messaging limit').selectOption('TIER_10K')
  await told('business_capability_update', { max_daily_conversations_per_business: 10_000 })
  for (let i = 0; i < 4; i++) await world.sandbox.phone(`1650555${2000 + i}`).reports()
  await business.getByText('Medium quality', { exact: true }).first().waitFor()
  await chooseFromMenu(pablo, 'Report and block')
  await business.locator('.phone-quality', { hasText: 'Low quality' }).waitFor()
  await told('phone_number_quality_update', { event: 'FLAGGED' })
  assert.equal(await business.getByLabel('Messaging limit').inputValue(), 'TIER_2K')
  await business.getByText('Blocked or reported within seven days by: 5').waitFor()
  const refuse = business.getByLabel('Refuse your software in chats of others')
  await refuse.check()
  await world.receiver.until(
    () => world.sandbox.export().world.numbers[0]!.settings['refuse_non_owner'] === true,
    'the setting of the number',
  )
  await refuse.uncheck()
  await world.send({ to: MEI, type: 'template', template: { name: 'hello_world' } })
  const bill = business.getByRole('region', { name: 'Bill' })
  await bill.getByRole('row', { name: /^Utility charged \d+$/ }).waitFor()
  await shot(table, 'account')
  await looksRight(table, 'the account')

  await business.getByLabel('Messages', { exact: true }).fill('600')
  await business.getByRole('button', { name: 'Share', exact: true }).click()
  await business.getByText(/600 messages were shared in \d webhooks/).waitFor()
  await told('history', { history: { 0: { metadata: { progress: 100 } } } })
  await business.getByLabel('Reason').selectOption('PRIMARY_INACTIVITY')
  await business.getByRole('button', { name: 'Disconnect' }).click()
  await business.getByText('Disconnected: PRIMARY_INACTIVITY').waitFor()
  await told('account_update', { event: 'PARTNER_REMOVED', disconnection_info: { initiated_by: 'SYSTEM' } })
  await business.getByRole('button', { name: 'Reconnect' }).click()
  await business.getByText('The app and your software share this number.').waitFor()
  await world.receiver.gets({ event: 'channel_update' })
})

test('a person gets a username, hides the number, shares it on request, and changes it', async () => {
  await showBusiness(false)
  await chooseFromMenu(mei, 'Username …')
  await mei.getByRole('textbox', { name: 'Username' }).fill('@mei.reads')
  await table.keyboard.press('Enter')
  await mei.getByText('@mei.reads').waitFor()
  await chooseFromMenu(mei, 'Hide the number')
  await mei.getByText('number hidden').waitFor()
  await writes(mei, 'who am I?')
  const { body } = await world.receiver.gets({
    event: 'new_message',
    message: { messages: { 0: { text: { body: 'who am I?' } } } },
  })
  const message = (body.message as { messages: { from?: string; from_user_id: string }[] }).messages[0]!
  assert.equal(message.from, undefined)
  await chooseFromMenu(mei, 'Change the number …')
  await mei.getByLabel('New number, with its country code').fill('+852 6841 9999')
  await table.keyboard.press('Enter')
  await mei.getByText('+85268419999').waitFor()
  await told('messages', {
    messages: { 0: { system: { type: 'user_changed_user_id', previous_user_id: message.from_user_id } } },
  })
  await shot(table, 'moved')
})

test('the new parts are in Chinese, without a barrier', async () => {
  await showBusiness(true)
  await table.getByRole('button', { name: '中文' }).click()
  const owner = table.getByRole('region', { name: '商家的手机' })
  await owner.getByRole('button', { name: '账户' }).click()
  await owner.getByText('与平台的连接').waitFor()
  await shot(table, 'account-zh')
  await looksRight(table, 'the Chinese account')
  await owner.getByRole('button', { name: '群组' }).click()
  await owner.getByText('新群组').waitFor()
  const words = await owner.innerText()
  assert.doesNotMatch(
    words.replace(/Postern Demo|WhatsApp Business App|Harbour VIP|[A-Z][a-z]+ [A-Z][a-z]+|https\S+/g, ''),
    /[a-z]{4,}/,
  )
  await table.getByRole('button', { name: 'English' }).click()
  assert.deepEqual(table.wrongs, [])
})
