import { asRecord, expectSuccess, idIn, type Call, type CallOptions, type Caller } from './call.ts'
import { withoutSecret } from './read-answer.ts'
import { readPage, type ListOptions } from './template-calls.ts'
import type { Page, WirePhoneNumber } from '@postern/cloud-api'

export type NumberCalls = {
  getPhoneNumber(
    phoneNumberId: string,
    token: string,
    options?: CallOptions & { fields?: readonly string[] },
  ): Promise<WirePhoneNumber>
  listPhoneNumbers(wabaId: string, token: string, options?: ListOptions): Promise<Page<WirePhoneNumber>>
  /** Makes Meta send this account's webhooks to the token's app. Removes an override of the callback URL. */
  subscribeApp(wabaId: string, token: string, options?: CallOptions): Promise<void>
  /** The apps that get this account's webhooks. */
  subscribedApps(wabaId: string, token: string, options?: CallOptions): Promise<Record<string, unknown>[]>
  /** The status history of a message at Meta, for statuses whose webhooks were missed. */
  messageHistory(
    phoneNumberId: string,
    token: string,
    messageId: string,
    options?: CallOptions & { limit?: number },
  ): Promise<Page<Record<string, unknown>>>
  /**
   * `POST /{phone_number_id}/calls`: one action on a voice call. `connect` returns the id of the new call, the other
   * actions return nothing.
   */
  call(
    phoneNumberId: string,
    token: string,
    action: Record<string, unknown>,
    options?: CallOptions,
  ): Promise<string | undefined>
  /**
   * Any other call of one number or account: `path` begins with its id, `query` and `json` pass as they are. The answer
   * does not hold the token.
   */
  resource(
    call: Pick<Call, 'method' | 'path' | 'json'> & { query: Record<string, string> },
    token: string,
  ): Promise<unknown>
  /** The app, the scopes and the expiry of a token. */
  debugToken(inputToken: string, token: string, options?: CallOptions): Promise<Record<string, unknown>>
}

export function numberCalls({ call }: Caller): NumberCalls {
  return {
    async getPhoneNumber(phoneNumberId, token, { fields, timeoutMs } = {}) {
      const query = { fields: fields?.join(',') }
      return readNumber(asRecord(await call({ method: 'GET', path: [phoneNumberId], query, token, timeoutMs })))
    },

    async listPhoneNumbers(wabaId, token, { fields, timeoutMs, ...query } = {}) {
      const path = [wabaId, 'phone_numbers']
      const json = await call({ method: 'GET', path, query: { ...query, fields: fields?.join(',') }, token, timeoutMs })
      return readPage(json, readNumber)
    },

    async subscribeApp(wabaId, token, { timeoutMs } = {}) {
      expectSuccess(await call({ method: 'POST', path: [wabaId, 'subscribed_apps'], token, timeoutMs }))
    },

    async subscribedApps(wabaId, token, { timeoutMs } = {}) {
      const json = await call({ method: 'GET', path: [wabaId, 'subscribed_apps'], token, timeoutMs })
      return readPage(json, (entry) => entry).data
    },

    async messageHistory(phoneNumberId, token, messageId, { timeoutMs, limit } = {}) {
      const query = { message_id: messageId, limit }
      const json = await call({ method: 'GET', path: [phoneNumberId, 'message_history'], query, token, timeoutMs })
      return readPage(json, (entry) => entry)
    },

    async call(phoneNumberId, token, action, { timeoutMs } = {}) {
      const path = [phoneNumberId, 'calls']
      const answer = asRecord(await call({ method: 'POST', path, token, json: action, timeoutMs }))
      if (action.action !== 'connect') {
        expectSuccess(answer)
        return undefined
      }
      const [made] = Array.isArray(answer.calls) ? (answer.calls as unknown[]) : []
      return idIn(asRecord(made))
    },

    async resource(asked, token) {
      return withoutSecret(await call({ ...asked, token }), token)
    },

    async debugToken(inputToken, token, { timeoutMs } = {}) {
      const query = { input_token: inputToken }
      return asRecord(asRecord(await call({ method: 'GET', path: ['debug_token'], query, token, timeoutMs })).data)
    },
  }
}

function readNumber(entry: Record<string, unknown>): WirePhoneNumber {
  const shown = entry.display_phone_number
  return { ...entry, id: idIn(entry), display_phone_number: typeof shown === 'string' ? shown : '' }
}
