import type { TokenFact } from '../../domain/setup/facts.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { isRecord } from '../../platform/is-record.ts'
import { tokenFact } from './look.ts'

const TIMEOUT_MS = 8_000
const MOST_ACCOUNTS = 10

export type Discovered = {
  token: TokenFact
  accounts: {
    wabaId: string
    name: string | null
    numbers: { phone_number_id: string; display_phone_number: string; verified_name: string | null }[]
  }[]
}

/** What a token may use, so that nobody has to look ids up. Throws WhatsApp's refusal of the token. */
export async function discover(cloudApi: CloudApi, accessToken: string): Promise<Discovered> {
  const call = { timeoutMs: TIMEOUT_MS }
  const token = tokenFact(await cloudApi.debugToken(accessToken, accessToken, call))
  const accounts = await Promise.all(
    token.wabaIds.slice(0, MOST_ACCOUNTS).map(async (wabaId) => {
      const [numbers, account] = await Promise.all([
        cloudApi.listPhoneNumbers(wabaId, accessToken, { ...call, limit: 100 }).catch(() => undefined),
        cloudApi
          .resource({ method: 'GET', path: [wabaId], query: { fields: 'name' } }, accessToken)
          .catch(() => undefined),
      ])
      return {
        wabaId,
        name: isRecord(account) && typeof account.name === 'string' ? account.name.slice(0, 200) : null,
        numbers: (numbers?.data ?? []).map((one) => ({
          phone_number_id: one.id,
          display_phone_number: one.display_phone_number,
          verified_name: typeof one.verified_name === 'string' ? one.verified_name.slice(0, 200) : null,
        })),
      }
    }),
  )
  return { token, accounts }
}
