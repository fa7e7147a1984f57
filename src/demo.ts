import type { Clock } from './clock.ts'
import { insertChannel, insertKnownCode, revokeCode } from './store/channels.ts'
import type { Store } from './store/store.ts'
import type { Vault } from './secrets.ts'

/** The sandbox's own channel: what the examples of the API page and of our README are sent through. */
export const DEMO = {
  channelId: 1,
  codeId: 'code_demo',
  /** Known to everybody, which harms nobody: it opens the sandbox, and is revoked where there is none. */
  certificationCode: 'postern-demo-certification-code',
  businessPhone: '6281519236680',
  phoneNumberId: '302702419599374',
  wabaId: '102290129340398',
  accessToken: 'sandbox-token',
  phones: ['85268411234', '16505551234'],
} as const

/** Makes channel 1 at the first start, and opens the demo phones' windows at every start. */
export async function plantDemo(store: Store, vault: Vault, clock: Clock): Promise<void> {
  const { sql } = store
  const now = clock.now()
  const taken = await sql.get<{ phone_number_id: string }>('select phone_number_id from channels where id = $1', [
    DEMO.channelId,
  ])
  if (!taken) {
    await insertChannel(
      sql,
      vault,
      {
        name: 'Demo',
        business_phone: DEMO.businessPhone,
        phone_number_id: DEMO.phoneNumberId,
        waba_id: DEMO.wabaId,
        access_token: DEMO.accessToken,
      },
      now,
      DEMO.channelId,
    )
  } else if (taken.phone_number_id !== DEMO.phoneNumberId) return // somebody's own channel 1
  const code = await sql.get<{ revoked_at: number | null }>(
    'select revoked_at from certification_codes where id = $1',
    [DEMO.codeId],
  )
  if (!code) await insertKnownCode(sql, DEMO.channelId, DEMO.codeId, DEMO.certificationCode, now)
  for (const phone of DEMO.phones) {
    const key = `p:${phone}`
    const known = await sql.get<{ contact_id: number }>(
      'select contact_id from contact_keys where channel_id = $1 and key = $2',
      [DEMO.channelId, key],
    )
    let id = known?.contact_id
    if (id === undefined) {
      const rows = await sql.returning<{ id: number }>(
        'insert into contacts (channel_id, phone, name, created_at) values ($1, $2, $3, $4) returning id',
        [DEMO.channelId, phone, 'Demo phone', now],
      )
      id = rows[0]!.id
      await sql.run('insert into contact_keys (channel_id, key, contact_id) values ($1, $2, $3)', [
        DEMO.channelId,
        key,
        id,
      ])
    }
    await sql.run('update contacts set last_inbound_at = $2 where id = $1', [id, now])
  }
}

/** With a real Cloud API behind us, a code that stands in our README must not open anything. */
export async function uprootDemo(store: Store, clock: Clock): Promise<void> {
  await revokeCode(store.sql, DEMO.channelId, DEMO.codeId, clock.now())
}
