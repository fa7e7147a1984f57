import { readFileSync, readdirSync } from 'node:fs'
import { ManualClock } from '../../packages/runtime/src/clock.ts'
import { startSandbox, type Sandbox, type SandboxOptions } from '../../packages/sandbox/src/index.ts'

const FOLDER = new URL('../fixtures/cloud-api/', import.meta.url)

export type Loose = any // eslint-disable-line @typescript-eslint/no-explicit-any

export const fixture = (kind: 'sends' | 'webhooks', name: string): Loose =>
  JSON.parse(readFileSync(new URL(`${kind}/${name}.json`, FOLDER), 'utf8')) as Loose

export const fixtureNames = (kind: 'sends' | 'webhooks'): string[] =>
  readdirSync(new URL(kind, FOLDER))
    .filter((f) => f.endsWith('.json'))
    .map((f) => f.slice(0, -5))

export const BUSINESS = {
  wabaId: '215589313241560',
  id: '301234567890123',
  number: '14155550123',
  token: 'fixture-token',
}

/** The business, the three people, the templates and the media of the fixtures, on 2 September 2026. */
export async function startFixtureWorld(options: SandboxOptions = {}): Promise<{
  sandbox: Sandbox
  clock: ManualClock
  send: (body: unknown, token?: string) => Promise<{ status: number; body: Loose }>
}> {
  const clock = new ManualClock(1_788_301_000_000)
  const sandbox = await startSandbox({ demo: false, statusDelayMs: 0, reviewDelayMs: 0, clock, ...options })
  sandbox.addAccount({ wabaId: BUSINESS.wabaId, name: 'Harbour Shop' })
  sandbox.addToken({ token: BUSINESS.token, wabaIds: [BUSINESS.wabaId, '215589313249999'] })
  sandbox.addNumber({ wabaId: BUSINESS.wabaId, id: BUSINESS.id, number: BUSINESS.number })
  for (const template of TEMPLATES) sandbox.addTemplate(template)
  for (const [id, type] of MEDIA) sandbox.addMedia({ numberId: BUSINESS.id, id, type })
  sandbox.phone('12065550147').is({ name: 'Mira Okafor', userId: 'US.80412236671908854412', window: true })
  sandbox.phone('447700900123').is({ name: 'Tom Ashby', userId: 'GB.55209871340066127783', window: true })
  sandbox.phone('16505550777').is({
    name: 'Noor H.',
    username: 'noor.reads',
    hidden: true,
    userId: 'US.61120098443371852206',
    window: true,
  })
  return {
    sandbox,
    clock,
    async send(body, token = BUSINESS.token) {
      const response = await fetch(`${sandbox.url}/v25.0/${BUSINESS.id}/messages`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
      return { status: response.status, body: await response.json() }
    },
  }
}

const MEDIA: [id: string, type: string][] = [
  ['990011223344556', 'audio'],
  ['990011223344557', 'sticker'],
  ['990011223344558', 'image'],
  ['990011223344600', 'image'],
  ['990011223344601', 'image'],
]

const quickReply = (text: string) => ({ type: 'QUICK_REPLY', text })
const url = (text: string, address: string) => ({ type: 'URL', text, url: address, example: ['x'] })
const card = {
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'A fern for every window.' },
    { type: 'BUTTONS', buttons: [quickReply('More'), url('Buy', 'https://shop.example.com/{{1}}')] },
  ],
}

const TEMPLATES = [
  { name: 'store_hours', components: [{ type: 'BODY', text: 'We open at 9.' }] },
  {
    name: 'login_code',
    category: 'AUTHENTICATION',
    components: [
      { type: 'BODY', text: '*{{1}}* is your verification code.' },
      { type: 'BUTTONS', buttons: [url('Copy code', 'https://www.whatsapp.com/otp/code/?code=otp{{1}}')] },
    ],
  },
  {
    name: 'coupon_autumn',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'A code for you.' },
      { type: 'BUTTONS', buttons: [{ type: 'COPY_CODE', text: 'Copy offer code' }] },
    ],
  },
  {
    id: '1478820956612235',
    name: 'autumn_sale',
    language: 'en_GB',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'BODY', text: 'Hello {{1}}, everything is {{2}} off today.' },
      { type: 'BUTTONS', buttons: [url('Shop', 'https://shop.example.com/{{1}}'), quickReply('Stop')] },
    ],
  },
  {
    id: '1478820956612233',
    name: 'appt_reminder_v2',
    parameter_format: 'NAMED' as const,
    components: [
      { type: 'BODY', text: 'Hi {{first_name}}, see you at {{appt_time}}.' },
      { type: 'BUTTONS', buttons: [quickReply('Confirm')] },
    ],
  },
  {
    name: 'lto_ferns',
    category: 'MARKETING',
    components: [
      { type: 'HEADER', format: 'IMAGE' },
      { type: 'LIMITED_TIME_OFFER', limited_time_offer: { text: 'Ends soon', has_expiration: true } },
      { type: 'BODY', text: 'Hello {{1}}, your code is {{2}} for all ferns.' },
      {
        type: 'BUTTONS',
        buttons: [{ type: 'COPY_CODE', text: 'Copy offer code' }, url('Shop', 'https://shop.example.com/{{1}}')],
      },
    ],
  },
  {
    name: 'carousel_ferns',
    category: 'MARKETING',
    components: [
      { type: 'BODY', text: 'For you, {{1}}: two ferns.' },
      { type: 'CAROUSEL', cards: [card, card] },
    ],
  },
  {
    id: '1478820956612234',
    name: 'promo_vars_first',
    language: 'en',
    category: 'MARKETING',
    components: [{ type: 'BODY', text: 'x' }],
  },
]
