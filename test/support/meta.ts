import { createHmac } from 'node:crypto'
import type { World } from './world.ts'

export const sign = (body: string | Buffer, secret: string): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/** Posts a webhook as Meta would, signed with the gateway's app secret, or with another one. */
export function post(
  world: Pick<World, 'gateway' | 'sandbox'>,
  body: unknown,
  options: { secret?: string; header?: string | null } = {},
): Promise<Response> {
  const raw = typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body)
  const header = options.header === undefined ? sign(raw, options.secret ?? world.sandbox.appSecret) : options.header
  return fetch(`${world.gateway.url}/webhooks/meta`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(header !== null && { 'x-hub-signature-256': header }) },
    body: raw,
  })
}

const NUMBER = { display_phone_number: '6281519236680', phone_number_id: '302702419599374' }
export const WABA = '102290129340398'

/** A webhook of the demo number's account with these values of the field `messages`. */
export function webhook(...values: Record<string, unknown>[]): Record<string, unknown> {
  return {
    object: 'whatsapp_business_account',
    entry: [
      {
        id: WABA,
        changes: values.map((value) => ({
          value: { messaging_product: 'whatsapp', metadata: NUMBER, ...value },
          field: 'messages',
        })),
      },
    ],
  }
}

export const text = (from: string, id: string, body: string, at = Date.now()): Record<string, unknown> => ({
  contacts: [{ profile: { name: `Person ${from}` }, wa_id: from, user_id: `US.${from}` }],
  messages: [
    { from, from_user_id: `US.${from}`, id, timestamp: String(Math.floor(at / 1000)), type: 'text', text: { body } },
  ],
})

export const status = (
  to: string,
  id: string,
  word: string,
  extra: Record<string, unknown> = {},
): Record<string, unknown> => ({
  contacts: [{ profile: { name: `Person ${to}` }, wa_id: to, user_id: `US.${to}` }],
  statuses: [
    {
      id,
      status: word,
      timestamp: String(Math.floor(Date.now() / 1000)),
      recipient_id: to,
      recipient_user_id: `US.${to}`,
      ...extra,
    },
  ],
})
