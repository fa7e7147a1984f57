import { isGateway, noteAnswer, noteSilence } from '../../ui/src/connection.ts'

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
  messages: number
}

export type BusinessNumber = { id: string; number: string; verifiedName: string; wabaId: string }

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
}

export type State = {
  now: number
  numbers: BusinessNumber[]
  pace: { statusDelayMs: number; autoRead: boolean; reviewDelayMs: number; review: string }
}

export type ActiveFault = { id: string; fault: Record<string, unknown>; left: number | null }

export type SentWebhook = {
  at: number
  url: string
  body: string
  status?: number
  error?: string
  attempt: number
  tookMs: number
}
export type Received = { at: number; method: string; path: string; body: unknown; status: number; answer: unknown }

/** One event of the customer's endpoint, as the gateway delivered it. */
export type Callback = {
  id: string
  event: string
  state: string
  body: unknown
  attempts: { number: number; status: number | null; duration_ms: number; answer: string | null; outcome: string }[]
}

export type Trace = { webhook_url: string | null; deliveries: Callback[] } | null

/** Calls the control API. Throws an error with the sandbox's message. */
export async function control<T>(method: string, path: string, body?: unknown): Promise<T> {
  let response: Response
  try {
    response = await fetch(`/sandbox${path}`, {
      method,
      ...(method !== 'GET' && { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) }),
      signal: AbortSignal.timeout(20_000),
    })
  } catch {
    noteSilence()
    throw new Error('The sandbox does not answer.')
  }
  const answer = (await response.json().catch(() => null)) as (T & { error?: { message: string } }) | null
  if (answer === null && isGateway(response.status)) noteSilence()
  else noteAnswer()
  if (!response.ok || answer === null)
    throw new Error(answer?.error?.message ?? `The sandbox answered ${response.status}.`)
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
