import {
  buttons,
  carousel,
  createClient,
  isOtherEvent,
  list,
  replyOf,
  template,
  urlButton,
  type BroadcastRecipient,
  type CallbackEvent,
  type Client,
  type CreateTemplate,
  type InboundMessage,
  type Message,
  type MessageContent,
  type NewBroadcast,
  type SendMessage,
} from '@postern/client'
import { createAdmin, type Admin, type CreateEndpoint } from '@postern/client/admin'

/*
 * Type tests: what compiles and what must not. The compiler reads this file (`npm run types`, and
 * test/package/package.test.ts with the packed client); it never runs. Each `@ts-expect-error` is a refusal.
 */

declare const client: Client
declare const admin: Admin
declare const event: CallbackEvent
declare const message: Message
declare const inbound: InboundMessage
declare const unknownCount: readonly string[]

const to = '85268411234'
const link = 'https://files.example/a.png'
const sends = (one: SendMessage): SendMessage => one
const offers = (one: MessageContent): MessageContent => one

// ── A recipient ────────────────────────────────────────────────────────────────────────────────
sends({ to, type: 'text', text: 'Hello' })
sends({ recipient: 'US.80412236671908854412', type: 'text', text: 'Hello' })
sends({ to, recipient: 'US.80412236671908854412', type: 'text', text: 'Hello' })
// @ts-expect-error no recipient
sends({ type: 'text', text: 'Hello' })
// @ts-expect-error a number that is a number
sends({ to: 85268411234, type: 'text', text: 'Hello' })
// @ts-expect-error a type is missing
sends({ to, text: 'Hello' })
// @ts-expect-error no such type
sends({ to, type: 'txt', text: 'Hello' })
// @ts-expect-error a misspelt key
sends({ to, type: 'text', txt: 'Hello' })
// @ts-expect-error no content
sends({ to, type: 'text' })
// @ts-expect-error the content of another type
sends({ to, type: 'text', image: { link } })

// ── Texts and files ────────────────────────────────────────────────────────────────────────────
sends({ to, type: 'text', text: { body: 'https://shop.example', preview_url: true } })
sends({ to, type: 'image', image: { link, caption: 'Ferns' } })
sends({ to, type: 'image', image: { id: '1037543291543636' } })
sends({ to, type: 'document', document: { id: '1037543291543636', filename: 'a.pdf' } })
sends({ to, type: 'audio', audio: { link, voice: true } })
// @ts-expect-error an image without a file
sends({ to, type: 'image', image: {} })
// @ts-expect-error id and link together
sends({ to, type: 'image', image: { id: '1037543291543636', link } })
// @ts-expect-error a sticker has no caption
sends({ to, type: 'sticker', sticker: { link, caption: 'no' } })
// @ts-expect-error a file name belongs to documents
sends({ to, type: 'video', video: { link, filename: 'a.mp4' } })
// @ts-expect-error a link that is an object
sends({ to, type: 'audio', audio: { link: new URL(link) } })

// ── Location, contacts, reaction ───────────────────────────────────────────────────────────────
sends({ to, type: 'location', location: { latitude: 22.3, longitude: '114.1694' } })
sends({ to, type: 'contacts', contacts: [{ name: { formatted_name: 'Ann Lee' } }] })
sends({ to, type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' } })
// @ts-expect-error words for a latitude
sends({ to, type: 'location', location: { latitude: 'north', longitude: 114 } })
// @ts-expect-error a location without a longitude
sends({ to, type: 'location', location: { latitude: 22.3 } })
// @ts-expect-error a contact without a name
sends({ to, type: 'contacts', contacts: [{ phones: [] }] })
// @ts-expect-error a reaction to nothing
sends({ to, type: 'reaction', reaction: { emoji: '👍' } })
// @ts-expect-error a reaction cannot quote a message
sends({ to, type: 'reaction', reaction: { message_id: 'wamid.1', emoji: '👍' }, context: { message_id: 'wamid.2' } })

// ── Interactive messages as JSON ───────────────────────────────────────────────────────────────
const yes = { type: 'reply', reply: { id: 'yes', title: 'Yes' } } as const
const body = { text: 'Shall we?' }
sends({ to, type: 'interactive', interactive: { type: 'button', body, action: { buttons: [yes] } } })
sends({ to, type: 'interactive', interactive: { type: 'button', body, action: { buttons: [yes, yes, yes] } } })
// @ts-expect-error four buttons
sends({ to, type: 'interactive', interactive: { type: 'button', body, action: { buttons: [yes, yes, yes, yes] } } })
// @ts-expect-error not one button
sends({ to, type: 'interactive', interactive: { type: 'button', body, action: { buttons: [] } } })
// @ts-expect-error no such kind
sends({ to, type: 'interactive', interactive: { type: 'buttons', body, action: { buttons: [yes] } } })
// @ts-expect-error the text is missing
sends({ to, type: 'interactive', interactive: { type: 'button', action: { buttons: [yes] } } })
const flow = { flow_message_version: '3', flow_cta: 'Book' } as const
sends({
  to,
  type: 'interactive',
  interactive: { type: 'flow', body, action: { name: 'flow', parameters: { ...flow, flow_id: '1' } } },
})
// @ts-expect-error a flow by id and by name
offers({ type: 'interactive', interactive: { type: 'flow', body, action: { name: 'flow', parameters: { ...flow, flow_id: '1', flow_name: 'a' } } } }) // prettier-ignore

// ── Templates as JSON ──────────────────────────────────────────────────────────────────────────
sends({ to, type: 'template', template: { name: 'order_ready' } })
sends({ to, type: 'template', template: { name: 'order_ready', language: { code: 'en_US' } } })
sends({ to, type: 'template', template: { name: 'login', code: '012345' } })
sends({ to, type: 'template', template: { name: 'a', components: [{ type: 'BODY', parameters: [] }] } })
// @ts-expect-error an unknown type of parameter
sends({ to, type: 'template', template: { name: 'a', components: [{ type: 'body', parameters: [{ type: 'txt', text: 'x' }] }] } }) // prettier-ignore
// @ts-expect-error code and components together
sends({ to, type: 'template', template: { name: 'a', code: '1', components: [] } })
// @ts-expect-error a button without its kind
sends({ to, type: 'template', template: { name: 'a', components: [{ type: 'button', index: 0 }] } })
// @ts-expect-error a template has a category of its own
sends({ to, type: 'template', template: { name: 'a' }, category: 'utility' })
// @ts-expect-error a fallback is for free-form messages
sends({ to, type: 'template', template: { name: 'a' }, fallback: { template: { name: 'b' } } })

// ── Builders ───────────────────────────────────────────────────────────────────────────────────
sends(buttons('Shall we?', 'Yes', { id: 'no', title: 'No' }).footer('Any time').for(to))
sends({ to, ...buttons('Shall we?', 'Yes').header.image({ id: '1037543291543636' }) })
sends(list('Which table?', 'Choose').section('Inside', 'Window', { id: 'c', title: 'Corner' }).for(to))
sends(list('Which?', 'Choose').section('Inside', 'Window').header.text('Tables').footer('Any').for(to))
sends(urlButton('Your order', 'Track it', 'https://shop.example/1').header.document(link, 'a.pdf').for(to))
const button = { title: 'Buy', url: 'https://shop.example/1' }
sends(carousel('New', { image: link, button }, { video: link, body: 'Fern', button }).for(to))
sends(carousel('New', { image: link, buttons: ['More'] }, { image: link, buttons: ['More'] }).for(to))
sends(template('order_ready').language('en_US').header.image(link).body('Ann', '17').button.url(0, 'orders/17').for(to))
sends(template('login').code('012345').for(to))
sends({ to, ...template('order_ready').body({ name: 'Ann' }), send_at: new Date() })
// @ts-expect-error four buttons
buttons('Shall we?', 'Yes', 'No', 'Perhaps', 'Later')
// @ts-expect-error not one button
buttons('Shall we?')
// @ts-expect-error the number of buttons is not known
buttons('Shall we?', ...unknownCount)
// @ts-expect-error a list without rows
sends(list('Which table?', 'Choose').for(to))
// @ts-expect-error a section without rows
list('Which table?', 'Choose').section('Inside')
// @ts-expect-error the header of a list is a text
list('Which?', 'Choose').section('Inside', 'Window').header.image(link)
// @ts-expect-error one card only
carousel('New', { image: link, button })
// @ts-expect-error a card without a file
carousel('New', { button }, { button })
// @ts-expect-error cards of two kinds
carousel('New', { image: link, button }, { image: link, buttons: ['More'] })
// @ts-expect-error a number for a text
template('order_ready').body(17)
// @ts-expect-error no such header
template('order_ready').header.sound(link)
// @ts-expect-error a builder is no message without its recipient
sends(buttons('Shall we?', 'Yes'))

// ── Later ──────────────────────────────────────────────────────────────────────────────────────
void client.schedule({ to, type: 'text', text: 'later', send_at: '2026-12-01T09:00:00+08:00', expires_at: 1 })
// @ts-expect-error schedule without a time
void client.schedule({ to, type: 'text', text: 'later' })
// @ts-expect-error an end without a beginning
sends({ to, type: 'text', text: 'later', expires_at: 1_798_760_400 })
// @ts-expect-error Direct Send's name without its category
sends({ to, type: 'text', text: 'x', direct_send_config: { template_name: 'a' } })

// ── Lists, words, ids ──────────────────────────────────────────────────────────────────────────
void client.messages({ status: 'delivered', direction: 'inbound', count: 100 })
void client.events({ events: ['new_message'], types: ['text'], statuses: ['read'] })
// @ts-expect-error a misspelt status
void client.messages({ status: 'deliverd' })
// @ts-expect-error a misspelt direction
void client.messages({ direction: 'in' })
// @ts-expect-error a parameter that the route does not have
void client.messages({ limit: 10 })
// @ts-expect-error a misspelt event
void client.events({ events: ['new_mesage'] })
// @ts-expect-error a misspelt status of events
void client.stream({ statuses: ['deliverd'] })
// @ts-expect-error a status that no message has
void (message.status === 'deliverd')
// @ts-expect-error an id is missing
void client.message()
// @ts-expect-error no such wish
void client.preferences(to, { marketing: 'never' })
void client.request('GET /external/messages/{msg_id}', { ids: ['wamid.1'] }).then(({ timeline }) => timeline)
// @ts-expect-error no such route
void client.request('GET /external/mesages', {})
// @ts-expect-error the route has an id
void client.request('GET /external/messages/{msg_id}', {})
// @ts-expect-error the route has a body
void client.request('POST /external/calls', {})
async function pages(): Promise<void> {
  for await (const one of client.messages({ to })) void one.timeline
  for await (const one of client.templates.list({ name: 'a' })) void one.template_id
  for await (const one of client.broadcasts.recipients('bc_1', { state: 'failed' })) void one.error
  const page: Message[] = await client.messages()
  // @ts-expect-error an item of a list of messages has no template_id
  void page[0]?.template_id
}
void pages

// ── Broadcasts and templates ───────────────────────────────────────────────────────────────────
const broadcast = (one: NewBroadcast): NewBroadcast => one
broadcast({ message: template('news').body('Ann'), recipients: [to, { to, biz_opaque_callback_data: 'x' }] })
broadcast({ message: { type: 'text', text: 'Hi' } })
// @ts-expect-error the message of a broadcast has no recipient
broadcast({ message: { to, type: 'text', text: 'Hi' } })
// @ts-expect-error a misspelt key
broadcast({ message: { type: 'text', txt: 'Hi' } })
// @ts-expect-error a recipient that is neither
broadcast({ message: { type: 'text', text: 'Hi' }, recipients: [{ name: 'Ann' }] })
broadcast({ template: 'news', recipients: [{ to, name: 'Ann', language: 'en', template: 'sale' }] })
broadcast({ template: 'news', map: { to: 'Phone', body: ['Name'] }, recipients: [{ Phone: to, Name: 'Ann' }] })
broadcast({ template: 'news', map: { to: 'Phone' }, file_id: 'bf_1' })
// @ts-expect-error a row without a map
broadcast({ template: 'news', recipients: [{ Phone: to }] })
const person: BroadcastRecipient = { to, name: 'Ann' }
void client.broadcasts.add('bc_1', [person])
void client.broadcasts.start('bc_1')
void client.broadcasts.test('bc_1', { numbers: [to] }, { idempotencyKey: 'test-1' })
// @ts-expect-error a body with a required key cannot be left out
void client.broadcasts.create()
const creates = (one: CreateTemplate): CreateTemplate => one
creates({ name: 'a', language: 'en_US', category: 'UTILITY', components: [{ type: 'BODY', text: 'Hi' }] })
// @ts-expect-error no such category
creates({ name: 'a', language: 'en_US', category: 'NEWS', components: [{ type: 'BODY', text: 'Hi' }] })
// @ts-expect-error no such language
creates({ name: 'a', language: 'english', category: 'UTILITY', components: [{ type: 'BODY', text: 'Hi' }] })

// ── Events ─────────────────────────────────────────────────────────────────────────────────────
if (event.event === 'message_status_update') {
  void event.error?.code
  void (event.message_status === 'read')
  // @ts-expect-error no such status
  void (event.message_status === 'deliverd')
  // @ts-expect-error of another event
  void event.message
}
if (event.event === 'new_message') {
  const [first] = event.message.messages ?? []
  if (first?.type === 'interactive' && first.interactive.type === 'list_reply') void first.interactive.list_reply.id
  if (first?.type === 'button') void first.button.payload
  // @ts-expect-error only messages of type text have a text
  void first?.text
}
// @ts-expect-error no such event
void (event.event === 'new_mesage')
if (isOtherEvent(event)) void event.value
const reply = replyOf(inbound)
if (reply?.kind === 'form') void reply.data['flow_token']
if (reply?.kind === 'list') void reply.description
// @ts-expect-error a form has no title
if (reply?.kind === 'form') void reply.title
// @ts-expect-error no such kind of reply
void (reply?.kind === 'buttn')

// ── Administrators ─────────────────────────────────────────────────────────────────────────────
void createAdmin({ url: 'http://127.0.0.1:8080', adminToken: 'x' })
void admin.endpoints.add(1, { name: 'bot', url: 'https://bot.example/', events: ['new_message'] })
void admin.endpoints.replay(1, 'ep_1', { since: 1_798_760_400 })
void admin.channels.change(1, { name: 'Shop' })
// @ts-expect-error an endpoint without a url
void admin.endpoints.add(1, { name: 'bot' })
// @ts-expect-error a replay from two places
void admin.endpoints.replay(1, 'ep_1', { since: 1, from_event_id: 'evt_1' })
// @ts-expect-error a misspelt setting
void admin.channels.change(1, { nam: 'Shop' })
// @ts-expect-error no such format
void ({ name: 'bot', url: 'https://bot.example/', format: 'json' } satisfies CreateEndpoint)
// @ts-expect-error a client needs its code
void createClient({ url: 'http://127.0.0.1:8080' })
// @ts-expect-error an administrator needs a token
void createAdmin({ url: 'http://127.0.0.1:8080' })
