import { generalise } from './generalise.ts'
import type { Step } from './steps.ts'

type Json = Record<string, unknown>

/** An event of the sandbox's stream. */
export type SandboxEvent = { type: string; data: Json }

type Message = { id: string; phone: string; type: string; content?: unknown; replyTo?: string }

/** Keeps the steps of a conversation while it happens. */
export type Recorder = {
  readonly steps: readonly Step[]
  /** Returns the step that the event became. Undefined when it is none, or belongs to the step before. */
  take(event: SandboxEvent): Step | undefined
}

/** `phones`: only these numbers. Default: all. */
export function createRecorder(phones?: ReadonlySet<string>): Recorder {
  const steps: Step[] = []
  const steppedIn = new Map<string, number>()
  const people = new Map<string, { online?: unknown; blocks: number }>()

  function messageStep({ direction, message, lines }: Json): Step | undefined {
    const told = message as Message
    if (direction === 'out') return { phone: told.phone, sees: generalise((lines as string[]).join('\n')) }
    return written(told, (wamid) => steppedIn.get(wamid))
  }

  /** Reading several messages is one step. */
  function readStep({ phone, status }: Json): Step | undefined {
    const last = steps.at(-1)
    if (status !== 'read' || (last && 'reads' in last && last.phone === phone)) return undefined
    return { phone: phone as string, reads: true }
  }

  function personStep({ phone, contact }: Json): Step | undefined {
    const { online, blocks } = contact as { online: boolean; blocks: unknown[] }
    const before = people.get(phone as string) ?? { online: true, blocks: 0 }
    people.set(phone as string, { online, blocks: blocks.length })
    if (online !== before.online)
      return online ? { phone: phone as string, comesOnline: true } : { phone: phone as string, goesOffline: true }
    if (blocks.length !== before.blocks) return { phone: phone as string, blocks: blocks.length > before.blocks }
    return undefined
  }

  const stepOf: Record<string, (data: Json) => Step | undefined> = {
    message: messageStep,
    status: readStep,
    phone: personStep,
  }
  return {
    steps,
    take({ type, data }) {
      const step = stepOf[type]?.(data)
      if (!step || (phones && !phones.has(step.phone))) return undefined
      steps.push(step)
      const id = (data['message'] as Message | undefined)?.id
      if (id !== undefined) steppedIn.set(id, steps.length)
      return step
    },
  }
}

/** What a person wrote, as the verb that writes it again. `numberOf`: the step of a message, if it was recorded. */
function written(message: Message, numberOf: (wamid: string) => number | undefined): Step {
  const { phone, type } = message
  const content = (message.content ?? {}) as Json
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  if (type === 'interactive') {
    const { button_reply: button, list_reply: row, nfm_reply: form } = content as Record<string, Json | undefined>
    if (button) return { phone, taps: text(button['title']) }
    if (row) return { phone, picks: text(row['title']) }
    if (form) return { phone, submits: answersOf(form) }
  }
  if (type === 'button') return { phone, taps: text(content['text']) }
  if (type === 'reaction') {
    const to = numberOf(text(content['message_id']))
    if (to !== undefined) return { phone, reacts: text(content['emoji']), to }
  }
  const said = type === 'text' ? text(content['body']) : withoutIds(type, message.content)
  const to = message.replyTo === undefined ? undefined : numberOf(message.replyTo)
  return to === undefined ? { phone, says: said } : { phone, replies: said, to }
}

/** The answers of a form, without the token of this run. */
function answersOf(form: Json): Json {
  try {
    const { flow_token: _token, ...answers } = JSON.parse(String(form['response_json'])) as Json
    return answers
  } catch {
    return {}
  }
}

/** Ids and hashes of files differ in each run; the sandbox makes new ones. */
const OF_A_FILE = new Set(['id', 'sha256', 'url', 'mime_type', 'file_size'])

function withoutIds(type: string, content: unknown): Json {
  if (typeof content !== 'object' || content === null || Array.isArray(content)) return { type, [type]: content }
  const kept = Object.entries(content).filter(([key]) => !OF_A_FILE.has(key))
  return { type, [type]: Object.fromEntries(kept) }
}
