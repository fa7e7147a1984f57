import { isGateway, noteAnswer, noteSilence } from '../../ui/src/connection.ts'
import { BASE } from './base.ts'

/** Types of the sandbox's control API. */
export type Contact = {
  number: string
  name: string
  username?: string
  hidden: boolean
  onWhatsApp: boolean
  online: boolean
  readReceipts: boolean
  autoRead: boolean
  blocks: string[]
  stopped: string[]
  windows: Record<string, boolean>
  /** Who holds the thread with each business number. */
  owners: Record<string, Owner>
  messages: number
  last?: PhoneMessage
}

export type Owner = { who: 'app' | 'other' | 'idle'; role?: string; since: number }

export type BusinessNumber = {
  id: string
  number: string
  verifiedName: string
  wabaId: string
  quality: string
  throughput: string
  messagingLimit: string
  /** People who blocked or reported it within seven days. */
  complainers: number
  settings: Record<string, unknown>
  onBizApp?: boolean
  away?: { how: string; reason?: string; since: number }
  groups?: GroupInfo[]
}

export type GroupInfo = {
  id: string
  subject: string
  description?: string
  mode: 'auto_approve' | 'approval_required'
  invite: string
  participants: string[]
  requests: { id: string; phone: string }[]
  suspended: boolean
}

/** This month's deliveries of a number, by the price of each. */
export type Bill = {
  month: string
  service: { delivered: number; free: number }
  rows: { category: string; type: string; billable: boolean; count: number }[]
}

/** A chat in the list of a phone: with a business number, or a group of it. */
export type ChatSummary = { numberId: string; group?: string; at: number; unread: number; last?: PhoneMessage }

/** Phones on real handsets, and where those reach the sandbox. */
export type Handsets = {
  how: 'own' | 'all' | 'none'
  addresses: string[]
  data: { id: string; phone: string; at: number; usedAt?: number }[]
}

/** A line of a group's chat. `from` is missing for the business. */
export type GroupLine = { at: number; from?: string; message?: PhoneMessage; note?: 'joined' | 'left' }

export type VoiceCall = {
  id: string
  numberId: string
  phone: string
  by: 'USER_INITIATED' | 'BUSINESS_INITIATED'
  state: 'ringing' | 'running' | 'over'
  at: number
  startedAt?: number
  endedAt?: number
  missed?: 'declined' | 'no answer'
}

export type PhoneMessage = {
  id: string
  direction: 'in' | 'out'
  numberId: string
  phone: string
  at: number
  type: string
  content?: unknown
  face?: unknown
  replyTo?: string
  status?: string
  error?: { code: number; title: string }
  reaction?: string
  seen?: boolean
  text: string
  groupId?: string
  /** Written in the WhatsApp Business app, or by another responder. */
  by?: 'app' | 'other'
  edited?: number
  revoked?: number
  payment?: { status: string; at: number }
  extra?: { group_id?: string; unsupported?: { type?: string } }
}

/** Edits and deletions change the message that they are about; reactions stand on it. */
export const isHidden = (message: PhoneMessage): boolean =>
  message.type === 'reaction' ||
  message.type === 'edit' ||
  message.type === 'revoke' ||
  message.extra?.unsupported?.type === 'edit'

export const groupOf = (message: PhoneMessage): string | undefined => message.groupId ?? message.extra?.group_id

export type State = {
  now: number
  numbers: BusinessNumber[]
  pace: { statusDelayMs: number; autoRead: boolean; reviewDelayMs: number; review: string }
  /** Null: the sandbox runs without a gateway. */
  story: StoryState | null
}

/** The story of a shop's day. `says` is what happens now; the counts are those of the shop. */
export type StoryState = {
  state: 'idle' | 'running' | 'paused' | 'over' | 'failed'
  step: number
  steps: number
  name: string
  says: string
  speed: 'normal' | 'fast'
  phones: string[]
  sent: number
  heard: number
  refused: number
  twice: number
  console: string | null
}

export type ActiveFault = { id: string; fault: Record<string, unknown>; left: number | null }

export type SentWebhook = {
  at: number
  url: string
  body: string
  headers?: Record<string, string>
  status?: number
  error?: string
  attempt: number
  tookMs: number
}

/** A call of the gateway. `at` is the time of its answer, and status 0 a connection that was cut. */
export type Received = {
  at: number
  tookMs: number
  method: string
  version?: string
  path: string
  body: unknown
  status: number
  answer: unknown
}

/** One event of the customer's endpoint, as the gateway delivered it. */
export type Callback = {
  id: string
  event: string
  state: string
  reference: string | null
  url: string | null
  made_at_ms: number
  body: unknown
  attempts: {
    number: number
    at_ms: number
    status: number | null
    duration_ms: number
    answer: string | null
    outcome: string
  }[]
}

/** `console`: its address. `now`: the gateway's clock. */
export type Callbacks = { console: string | null; now: number; deliveries: Callback[] } | null

/** The sandbox answered, and did not do it. */
export class Refusal extends Error {
  readonly status: number

  constructor(message: string, status: number) {
    super(message)
    this.status = status
  }
}

/** Calls the control API. Throws an error with the sandbox's message. */
export async function control<T>(method: string, path: string, body?: unknown, withinMs = 20_000): Promise<T> {
  let response: Response
  try {
    response = await fetch(`${BASE}/sandbox${path}`, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.timeout(withinMs),
    })
  } catch {
    noteSilence()
    throw new Error('The sandbox does not answer.')
  }
  const answer = (await response.json().catch(() => null)) as (T & { error?: { message: string } }) | null
  if (answer === null && isGateway(response.status)) noteSilence()
  else noteAnswer()
  if (!response.ok || answer === null)
    throw new Refusal(answer?.error?.message ?? `The sandbox answered ${response.status}.`, response.status)
  return answer
}

/** A file as Base64, for JSON. */
export function base64Of(file: Blob): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(String(reader.result).split(',', 2)[1] ?? '')
    reader.onerror = () => reject(reader.error ?? new Error('The file cannot be read.'))
    reader.readAsDataURL(file)
  })
}
