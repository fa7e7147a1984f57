/*
 * What is known of a channel on its way to the first message: WhatsApp's answers, our public address, and our own store.
 * The state of each step follows from them, so nothing has to remember how far somebody came.
 */

/** The answer to a question, or why there is none. `code`: WhatsApp's, when it refused. */
export type Told<T> = { value: T; error?: undefined } | { value?: undefined; error: Refusal }
export type Refusal = { code: number | null; says: string }

export type TokenFact = {
  isValid: boolean
  scopes: readonly string[]
  /** Epoch milliseconds; null: never. */
  expiresAt: number | null
  app: AppName | undefined
  /** The accounts that it was made for. Empty: WhatsApp names none. */
  wabaIds: readonly string[]
}
export type AppName = { id: string; name: string }

export type NumberFact = {
  shown: string
  name: string | null
  status: string | undefined
  verification: string | undefined
  nameStatus: string | undefined
  /** The review of a name that was asked for later. */
  newNameStatus: string | undefined
  quality: string | undefined
  /** People a day; `unlimited`; undefined: WhatsApp does not tell. */
  limit: number | string | undefined
  isOnBizApp: boolean
  canSend: string | undefined
  /** Why it may not send, or not much. */
  problems: readonly { says: string; advice: string | null }[]
  /** Addresses that take this number's messages in place of the app's. */
  overrides: readonly string[]
}

export type AccountFact = { numbers: readonly { id: string; shown: string }[]; verification: string | undefined }

/** Null: the app has no subscription. */
export type AppFact = { callbackUrl: string; fields: readonly string[] } | null

/** One request through the public address. */
export type Trip = { kind: 'ok' } | { kind: 'status'; status: number } | { kind: 'unreachable'; why: string }

/** Without the contact: the steps name nobody. */
export type MessageFact = {
  status: string
  at: number
  error: { code: number | null; title: string } | null
}

export type SetupFacts = {
  now: number
  channel: { businessPhone: string; phoneNumberId: string; wabaId: string }
  isSandbox: boolean
  token: Told<TokenFact>
  number: Told<NumberFact>
  account: Told<AccountFact>
  /** The apps that get the account's webhooks. */
  apps: Told<readonly AppName[]>
  /** Undefined: it is not known whose app it is. */
  app: Told<AppFact> | undefined
  address: { url: string; challenge: Trip; webhook: Trip } | undefined
  /** The name of a template that can be sent as it is. Undefined: the account has none. */
  template: Told<string | undefined>
  /** The newest messages, newest first. */
  sent: readonly MessageFact[]
  received: MessageFact | undefined
}
