import type { Clock } from '@postern/runtime/clock'
import { DEMO_CODE } from '../domain/channels/certification-code.ts'
import { deleteChannel, insertChannel, insertKnownCode, revokeCode } from '../store/channels.ts'
import type { Sql } from '../store/sql.ts'
import type { Store } from '../store/store.ts'
import type { Vault } from '../platform/secrets.ts'

/** The sandbox's own channel. The examples of the API page and of our README send through it. */
export const DEMO = {
  channelId: 1,
  codeId: 'code_demo',
  /**
   * A public code, and harmless: it gives access to the sandbox only, and is revoked on a gateway without a sandbox.
   */
  certificationCode: DEMO_CODE,
  businessPhone: '6281519236680',
  phoneNumberId: '302702419599374',
  wabaId: '102290129340398',
  accessToken: 'sandbox-token',
  phones: ['85268411234', '16505551234'],
} as const

/** Creates channel 1 at the first start, and opens the demo phones' windows at every start. */
export async function seedDemo(store: Store, vault: Vault, clock: Clock): Promise<void> {
  const { sql } = store
  const now = clock.now()
  await restoreDemo(sql)
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
  } else if (taken.phone_number_id !== DEMO.phoneNumberId) return // an operator's own channel has the id 1
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

/**
 * Removes the demo channel on a gateway with a real Cloud API: its sends would always fail, and a code from our README
 * must not give access. The channel returns together with the sandbox. A demo channel that was given its own token
 * stays, and only the public code is revoked. Returns true when the channel was removed.
 */
export async function removeDemo(store: Store, vault: Vault, clock: Clock): Promise<boolean> {
  const { sql } = store
  const code = await sql.get('select 1 from certification_codes where id = $1', [DEMO.codeId])
  if (!code) return false // there never was a sandbox
  const channel = await sql.get<{ phone_number_id: string; access_token: Uint8Array }>(
    'select phone_number_id, access_token from channels where id = $1 and deleted_at is null',
    [DEMO.channelId],
  )
  const isDemo =
    channel?.phone_number_id === DEMO.phoneNumberId &&
    vault.open(channel.access_token, 'access_token') === DEMO.accessToken
  if (!isDemo) {
    await revokeCode(sql, DEMO.channelId, DEMO.codeId, clock.now())
    return false
  }
  // First the mark that the gateway removed it: a channel that an operator removed does not return.
  await sql.run(`insert into meta (name, value) values ($1, '1') on conflict (name) do nothing`, [REMOVED])
  return deleteChannel(sql, DEMO.channelId, clock.now())
}

const REMOVED = 'demo_removed'

/** Connects the demo channel to the sandbox again, unless its number belongs to another channel now. */
async function restoreDemo(sql: Sql): Promise<void> {
  if (!(await sql.get('select 1 from meta where name = $1', [REMOVED]))) return
  await sql.atomically([
    {
      sql: `update channels set deleted_at = null where id = $1 and not exists (
              select 1 from channels other where other.phone_number_id = $2 and other.deleted_at is null)`,
      params: [DEMO.channelId, DEMO.phoneNumberId],
    },
    {
      sql: `update certification_codes set revoked_at = null
            where id = $1 and channel_id in (select id from channels where id = $2 and deleted_at is null)`,
      params: [DEMO.codeId, DEMO.channelId],
    },
    { sql: 'delete from meta where name = $1', params: [REMOVED] },
  ])
}
