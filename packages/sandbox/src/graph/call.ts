import type { IncomingMessage } from 'node:http'
import type { Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import { noSuchObject } from '../graph-error.ts'
import type { AccessToken, Account, BusinessNumber } from '../world.ts'

/** One request to the Graph API, parsed and authorised. */
export type Call = {
  cloud: Cloud
  method: string
  /** Path segments after the version. */
  path: string[]
  /** The query. The parameters of a form body are in `body`. */
  query: URLSearchParams
  /** The JSON object, or the form with its JSON-encoded parts decoded. Empty without a body. */
  body: Json
  raw: Buffer
  request: IncomingMessage
  token: AccessToken
  version: string
}

export type Answer = {
  status?: number
  body: unknown
  headers?: Record<string, string>
}

/** A token without access to an object gets the answer that the object does not exist, as in Graph. */
const maySee = (token: AccessToken, wabaId: string): boolean =>
  token.wabaIds === 'all' || token.wabaIds.includes(wabaId)

export function numberFor(call: Call, id: string): BusinessNumber {
  const number = call.cloud.world.numbers.get(id)
  if (!number || !maySee(call.token, number.wabaId)) throw noSuchObject(id, call.method)
  return number
}

export function accountFor(call: Call, id: string): Account {
  const account = call.cloud.world.accounts.get(id)
  if (!account || !maySee(call.token, id)) throw noSuchObject(id, call.method)
  return account
}

export const seesAccount = maySee
