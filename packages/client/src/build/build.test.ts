import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { parseMessage } from '../../../gateway/src/domain/messages/parse.ts'
import { startWorld } from '../../../../test/support/world.ts'
import { buttons, carousel, createClient, list, template, urlButton, type Cards } from '../index.ts'

const TO = '85268411234'

/** Texts around the limits, with line breaks, emoji, spaces at the ends, and halves of characters. */
const text = fc.oneof(
  { weight: 12, arbitrary: fc.stringMatching(/^[a-zé👋]{1,12}$/u) },
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.tuple(fc.constantFrom('x', '👋', 'é\n', ' '), fc.nat(5000)).map(([one, count]) => one.repeat(count)),
  fc.constantFrom('', ' ', '\n', '\0', '\ud800', 'Yes', 'No'),
)
const link = fc.oneof(
  { weight: 12, arbitrary: fc.constantFrom('https://files.example/a.png', 'HTTP://x/') },
  fc.constantFrom('https://', 'ftp://x/', 'https://x/ y', 'javascript:1'),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  text,
)
const file = fc.oneof(
  link,
  text.map((id) => ({ id })),
)
const answer = fc.oneof(text, fc.record({ id: text, title: text }))
const maybe = <T>(one: fc.Arbitrary<T>) => fc.option(one, { nil: undefined })
const row = fc.oneof(text, fc.record({ id: text, title: text, description: maybe(text) }))
const button = fc.record({ title: text, url: link })
const card = fc.oneof(
  fc.record({ image: file, body: maybe(text), button }),
  fc.record({ video: file, body: maybe(text), buttons: fc.array(answer, { maxLength: 3 }) }),
)
const values = fc.oneof(fc.array(text, { maxLength: 3 }), fc.dictionary(text, text, { maxKeys: 3 }))
const index = fc.oneof({ weight: 9, arbitrary: fc.nat(9) }, fc.constantFrom(-1, 10, 0.5, NaN))

/** A step of a builder: a method with values, or nothing. */
type Step = (builder: never) => unknown
const step = (...steps: fc.Arbitrary<Step>[]): fc.Arbitrary<Step[]> => fc.array(fc.oneof(...steps), { maxLength: 4 })
const after = (start: unknown, steps: Step[]): unknown => steps.reduce((one, next) => next(one as never), start)

type Headed = ReturnType<typeof buttons>
type Listed = ReturnType<ReturnType<typeof list>['section']>
type Template = ReturnType<typeof template>
const headed = step(
  text.map((one) => (b: Headed) => b.footer(one)),
  text.map((one) => (b: Headed) => b.header.text(one)),
  file.map((one) => (b: Headed) => b.header.image(one)),
  fc.tuple(file, maybe(text)).map(
    ([one, name]) =>
      (b: Headed) =>
        b.header.document(one, name),
  ),
)
const filling = step(
  values.map((one) => (b: Template) => (Array.isArray(one) ? b.body(...one) : b.body(one))),
  text.map((one) => (b: Template) => b.language(one)),
  text.map((one) => (b: Template) => b.code(one)),
  text.map((one) => (b: Template) => b.header.text(one)),
  file.map((one) => (b: Template) => b.header.video(one)),
  fc.tuple(text, text).map(
    ([one, two]) =>
      (b: Template) =>
        b.header.product(one, two),
  ),
  fc.tuple(index, text).map(
    ([i, one]) =>
      (b: Template) =>
        b.button.url(i, one),
  ),
  fc.tuple(index, text).map(
    ([i, one]) =>
      (b: Template) =>
        b.button.payload(i, one),
  ),
  fc.tuple(index, text).map(
    ([i, one]) =>
      (b: Template) =>
        b.button.coupon(i, one),
  ),
  fc.tuple(index, text).map(
    ([i, token]) =>
      (b: Template) =>
        b.button.flow(i, { token }),
  ),
  fc
    .tuple(index, fc.array(fc.record({ title: text, products: fc.array(text, { maxLength: 4 }) }), { maxLength: 4 }))
    .map(
      ([i, groups]) =>
        (b: Template) =>
          b.button.products(i, groups as never),
    ),
  fc.tuple(index, fc.double()).map(
    ([i, minutes]) =>
      (b: Template) =>
        b.button.call(i, minutes),
  ),
  fc.double().map((at) => (b: Template) => b.offer(at)),
  fc
    .array(fc.record({ header: maybe(fc.record({ image: file })), body: maybe(values) }), { maxLength: 11 })
    .map((cards) => (b: Template) => b.cards(...(cards as [object]))),
)

const building = fc.oneof(
  fc.tuple(text, fc.array(answer, { maxLength: 4 }), headed).map(([body, all, steps]) => () => after(buttons(body, ...(all as [string])), steps)), // prettier-ignore
  fc.tuple(text, text, fc.array(fc.tuple(text, fc.array(row, { maxLength: 4 })), { minLength: 1, maxLength: 4 })).map(([body, open, sections]) => () => sections.reduce((one, [title, rows]) => one.section(title, ...(rows as [string])), list(body, open) as Listed)), // prettier-ignore
  fc.tuple(text, text, link, headed).map(([body, title, url, steps]) => () => after(urlButton(body, title, url), steps)), // prettier-ignore
  fc.tuple(text, fc.array(card, { maxLength: 11 })).map(([body, cards]) => () => carousel(body, ...(cards as never as Cards))), // prettier-ignore
  fc.tuple(text, filling).map(
    ([name, steps]) =>
      () =>
        after(template(name), steps),
  ),
)

test('property: what the builders build, the gateway accepts', () => {
  let built = 0
  fc.assert(
    fc.property(building, (build) => {
      let content: unknown
      try {
        content = (build() as Listed).for(TO)
      } catch (error) {
        assert.ok(error instanceof RangeError, String(error))
        assert.match(error.message, /^[^:]+: /)
        return
      }
      built++
      const parsed = parseMessage(JSON.parse(JSON.stringify(content)))
      assert.deepEqual(parsed.ok ? [] : parsed.problems, [], JSON.stringify(content).slice(0, 500))
    }),
    { numRuns: 1500 },
  )
  assert.ok(built > 300, `${built} of 1500 were built`)
})

test('builders refuse what the gateway would, and say where', () => {
  const no: [() => unknown, RegExp][] = [
    [() => buttons('x'.repeat(1025), 'Yes'), /^body: at most 1024 characters, got 1025$/],
    [() => buttons('Shall we?', 'Yes', 'Yes'), /^button ids: no two entries may be the same$/],
    [() => buttons('Shall we?', '👋'.repeat(21)), /^button title: at most 20 characters, got 21$/],
    [() => list('Which?', 'Choose').section('Inside', { id: 'a', title: 'A\nB' }), /^row title: must be one line$/],
    [() => list('Which?', 'Choose').section('A', ...(Array.from({ length: 11 }, (_, i) => `${i}`) as [string])), /^rows: 1 to 10 entries, got 11$/], // prettier-ignore
    [() => urlButton('Your order', 'Track', 'shop.example'), /^button url: must be an http or https URL$/],
    [() => template('a').header.image('a.png'), /^header\.image: must be an http or https URL$/],
    [() => template('a').body('\ud800'), /^body: is not valid text$/],
    [() => template('a').button.url(10, 'x'), /^button position: a whole number from 0 to 9$/],
  ]
  for (const [build, message] of no) assert.throws(build, { name: 'RangeError', message })
})

test('a builder is not changed by its methods, and replaces what it had', () => {
  const base = template('order_ready').body('Ann', '17')
  const german = base.language('de').button.url(0, 'a').button.url(0, 'b').button.payload(1, 'p').body('Bea', '18')
  assert.equal(base.template.components?.length, 1)
  assert.deepEqual(german.template, {
    name: 'order_ready',
    language: 'de',
    components: [
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'b' }] },
      { type: 'button', sub_type: 'quick_reply', index: '1', parameters: [{ type: 'payload', payload: 'p' }] },
      { type: 'body', parameters: [{ type: 'text', text: 'Bea' }, { type: 'text', text: '18' }] }, // prettier-ignore
    ],
  })
})

test('what is built arrives: templates of the account, buttons, a list, a carousel', async () => {
  await using world = await startWorld({ webhook: false })
  const client = createClient({ url: world.gateway.url, certificationCode: 'postern-demo-certification-code' })
  const png = (await client.media.upload(PNG, { type: 'image/png', filename: 'a.png' })).id
  const shop = { title: 'Buy', url: 'https://shop.example/1' }
  const sent = [
    template('test_button_reply_1').button.payload(0, 'home').for(TO),
    template('test_header_image_5').header.image({ id: png }).for(TO),
    template('test_header_text_2').header.text('Summer').body('August', '25OFF', '25%').for(TO),
    template('test_button_code_1').button.coupon(0, 'FERN25').for(TO),
    template('authentication_ca').code('012345').for(TO),
    buttons('Shall we come at nine?', 'Yes', 'No').header.image({ id: png }).footer('Any time').for(TO),
    list('Which table?', 'Choose').section('Inside', 'Window').section('Outside', 'Terrace').for(TO),
    carousel('New in', { image: { id: png }, button: shop }, { image: { id: png }, button: shop }).for(TO),
  ]
  for (const message of sent) assert.match((await client.send(message)).msg_id, /^wamid\./)
  const broadcast = await client.broadcasts.create({
    message: template('test_header_text_2').header.text('Summer').body('August', '25OFF', '25%'),
    recipients: [TO],
    start: false,
  })
  assert.equal(broadcast.counts.total, 1)
})

const PNG = Uint8Array.from(
  atob('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='),
  (character) => character.charCodeAt(0),
)
