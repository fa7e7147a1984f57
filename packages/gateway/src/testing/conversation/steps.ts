type Json = Record<string, unknown>

/** What one phone does, or sees. `to` is the number of an earlier step, from 1: the message that is meant. */
export type Step = { phone: string } & (
  | { says: string | Json }
  | { replies: string | Json; to: number }
  | { reacts: string; to: number }
  | { taps: string }
  | { picks: string }
  | { opens: string }
  | { submits: Json }
  | { reads: true }
  | { blocks: boolean }
  | { goesOffline: true }
  | { comesOnline: true }
  /** The next message on this phone, as the person sees it: text, then what can be tapped, line by line. */
  | { sees: string }
)

export type Conversation = { name: string; steps: Step[] }

const ACTIONS = [
  ...['says', 'replies', 'reacts', 'taps', 'picks', 'opens', 'submits'],
  ...['reads', 'blocks', 'goesOffline', 'comesOnline', 'sees'],
] as const
export type Action = (typeof ACTIONS)[number]

const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const isText = (value: unknown): value is string => typeof value === 'string' && value !== ''
const isContent = (value: unknown): boolean => isText(value) || (isObject(value) && isText(value['type']))

const FITS: Record<Action, [(value: unknown) => boolean, string]> = {
  says: [isContent, 'a text, or a message with its type'],
  replies: [isContent, 'a text, or a message with its type'],
  reacts: [(value) => typeof value === 'string', 'an emoji, or an empty text that removes it'],
  taps: [isText, 'the title of a button'],
  picks: [isText, 'the title of a row'],
  opens: [isText, 'the title of a button'],
  submits: [isObject, 'the answers of a form'],
  reads: [(value) => value === true, 'true'],
  blocks: [(value) => typeof value === 'boolean', 'true or false'],
  goesOffline: [(value) => value === true, 'true'],
  comesOnline: [(value) => value === true, 'true'],
  sees: [(value) => typeof value === 'string', 'what the person sees, as a text'],
}

/** A file of a conversation is wrong. The message names the step. */
export class WrongConversation extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'WrongConversation'
  }
}

/** Checks steps that came from a file. */
export function checkSteps(value: unknown): Step[] {
  if (!Array.isArray(value) || value.length === 0) throw new WrongConversation('"steps" must be a list of steps.')
  return value.map((step: unknown, i) => checkStep(step, i + 1))
}

function checkStep(step: unknown, n: number): Step {
  const wrong = (why: string): WrongConversation => new WrongConversation(`Step ${n}: ${why}.`)
  if (!isObject(step)) throw wrong('must be an object with "phone" and what it does or sees')
  const { phone, to } = step
  if (!isText(phone) || !/^\d{5,20}$/.test(phone))
    throw wrong('"phone" must be a number of digits only, in quotation marks')
  const actions = ACTIONS.filter((name) => Object.hasOwn(step, name))
  const [action] = actions
  if (action === undefined || actions.length > 1) throw wrong(`must have one of ${ACTIONS.join(', ')}`)
  const unknown = Object.keys(step).find((key) => key !== 'phone' && key !== 'to' && key !== action)
  if (unknown !== undefined) throw wrong(`"${unknown}" is not known`)
  const [fits, words] = FITS[action]
  if (!fits(step[action])) throw wrong(`"${action}" must be ${words}`)
  const needsTo = action === 'replies' || action === 'reacts'
  if (needsTo && !(Number.isInteger(to) && Number(to) >= 1 && Number(to) < n))
    throw wrong('"to" must be the number of an earlier step')
  if (!needsTo && to !== undefined) throw wrong('only replies and reacts have "to"')
  return step as Step
}

export const actionOf = (step: Step): Action => ACTIONS.find((name) => name in step)!

/** A step in a few words, for reports. */
export function wordsOf(step: Step): string {
  const action = actionOf(step)
  const value = (step as Json)[action]
  if (value === true) return `${step.phone} ${action}`
  const [first = '', ...more] = typeof value === 'string' ? value.split('\n') : []
  const shown = JSON.stringify(typeof value === 'string' ? first : value)
  const isCut = more.length > 0 || shown.length > 70
  return `${step.phone} ${action} ${shown.slice(0, 70)}${isCut ? ' …' : ''}`
}
