import type { Need, Step } from '../domain/setup/step.ts'
import { idOf, readText } from './channel.ts'
import { Failed, textOf, type Call, type Command } from './command.ts'
import { connectRunning, CONNECTION, type Connection } from './connect.ts'
import { addChannel } from './setup-channel.ts'

type Setup = { steps: Step[]; next: Step['step'] | null }

/** How often a refused answer is asked for again. */
const TRIES = 3
const LOOK_EVERY_MS = 2_000
const ARRIVES_WITHIN_MS = 60_000
/** The gateway waits 20 s for an answer at each call. */
const ANSWER_CALLS = 15

const TITLES: Record<Step['step'], string> = {
  token: 'Access token',
  number: 'Number and account',
  registration: 'Registration',
  name: 'Name, quality, limit',
  address: 'Public address',
  app: 'App: callback and fields',
  subscription: 'Subscription',
  message: 'First message',
  answer: 'First answer',
}
const MARKS: Record<Step['state'], string> = { done: '✓', waiting: '…', wrong: '✗' }

export const setup: Command = {
  name: 'setup',
  summary: 'Bring a number to its first message and its first answer, step by step.',
  args: '[channel_id]',
  usage: '[channel_id] [--yes] [--to <number>] …',
  details: [
    'Asks WhatsApp about every step, does what can be done by API, and stops at what is wrong, with what to do on which page of',
    'Meta’s. Run it again to go on: the state of each step is asked anew. On a terminal it asks for what is missing; in a script,',
    'options give it. Without a channel it takes the only one, or adds one. Exit code 1: a step is left.',
  ].join(' '),
  options: {
    yes: { type: 'boolean', help: 'Set the app’s callback and subscribe without asking.' },
    replace: { type: 'boolean', help: 'Take the webhooks away from the address that has them now.' },
    new: { type: 'boolean', help: 'Add a channel, although there are some.' },
    name: { type: 'string', help: 'A new channel: its name in lists.' },
    'business-phone': {
      type: 'string',
      value: 'digits',
      help: 'A new channel: the number, when the token has several.',
    },
    'access-token-file': { type: 'string', value: 'path', help: 'A file that holds the access token; - reads stdin.' },
    'waba-id': { type: 'string', value: 'id', help: 'Meta’s id of the account, when the channel’s is wrong.' },
    pin: {
      type: 'string',
      value: 'digits',
      help: 'The six digits to register the number with. Other users of this machine can see them while the command runs.',
    },
    code: { type: 'string', value: 'digits', help: 'The code that the number received.' },
    'code-by': { type: 'string', value: 'SMS|VOICE', help: 'Ask WhatsApp to send the number a code.' },
    'display-name': { type: 'string', help: 'Another name, when WhatsApp declined the first.' },
    to: { type: 'string', value: 'number', help: 'Your own number: it gets the first message.' },
    'no-wait': { type: 'boolean', help: 'Do not wait for the first answer.' },
    ...CONNECTION,
  },
  async run(call) {
    const gateway = await connectRunning(call)
    try {
      const { channelId, code } = await channelOf(call, gateway)
      const way = createWay(call, gateway, channelId)
      const { steps, next } = await way.walk()
      const end =
        next === null
          ? `Channel ${channelId} is live. Next: where its events go (postern channel webhook ${channelId} <url>), and postern doctor.`
          : `It stops at: ${TITLES[next]}. Go on with: postern setup ${channelId}`
      const added = code === undefined ? {} : { certification_code: code }
      return { data: { channel_id: channelId, ...added, steps, next }, text: `\n${end}`, failed: next !== null }
    } finally {
      await gateway.close()
    }
  },
}

type Chosen = { channelId: number; code?: string }

async function channelOf(call: Call, gateway: Connection): Promise<Chosen> {
  const [given] = call.words
  if (given !== undefined) return { channelId: Number(idOf(given)) }
  const channels = (await gateway.ask('GET', '/admin/channels')) as { channel_id: number; name: string }[]
  if (channels.length === 0 || call.values.new === true) return addChannel(call, gateway)
  if (channels.length === 1) return { channelId: channels[0]!.channel_id }
  const shown = channels.map((one) => `${one.channel_id} (${one.name})`).join(', ')
  throw new Failed(`There are several channels: ${shown}. Name one: postern setup <channel_id>. Or add one: --new.`)
}

/** The way through the steps: it prints each once, does what it can, and ends where something is left. */
function createWay(call: Call, gateway: Connection, channelId: number) {
  const at = `/admin/channels/${channelId}/setup`
  const told = new Set<string>()
  /** Each option answers once: a refused value is not given again. */
  const used = new Set<string>()
  const say = (text: string): void => {
    if (!call.json) call.print({ data: null, text })
  }
  const look = async (): Promise<Setup> => (await gateway.ask('GET', at)) as Setup
  const act = async (step: Step['step'], given: object): Promise<Setup> =>
    (await gateway.ask('POST', `${at}/${step}`, given)) as Setup

  function tell({ steps, next }: Setup): void {
    for (const one of steps) {
      const text = `${MARKS[one.state]} ${TITLES[one.step]}: ${one.says}`
      if (!told.has(text)) say([text, ...detailsOf(one)].join('\n'))
      told.add(text)
      if (one.step === next) return
    }
  }

  async function walk(): Promise<Setup> {
    let now = await look()
    const tries = new Map<string, number>()
    for (;;) {
      tell(now)
      const step = now.steps.find((one) => one.step === now.next)
      if (!step) return now
      const key = `${step.step} ${step.action?.needs.join(' ') ?? ''}`
      tries.set(key, (tries.get(key) ?? 0) + 1)
      if (tries.get(key)! > TRIES) return now
      const after = await attempt(step)
      if (!after) return now
      now = after
    }
  }

  /** The state after an attempt. Undefined: nothing can be done here. */
  async function attempt(step: Step): Promise<Setup | undefined> {
    if (step.step === 'answer') return waitForAnswer()
    if (step.state === 'waiting' && step.step === 'message' && !step.action) return arrives()
    if (!step.action) return undefined
    try {
      const given = await givenFor(step)
      if (!given) return undefined
      if (!('patch' in given)) return await act(step.step, given)
      await gateway.ask('PATCH', `/admin/channels/${channelId}`, given.patch)
      return await look()
    } catch (error) {
      if (!(error instanceof Failed) || !call.ask) throw error
      const { upstream } = (error.data.error ?? {}) as { upstream?: { advice?: string } }
      say(`  ! ${error.message}${upstream?.advice === undefined ? '' : `\n    ${upstream.advice}`}`)
      return look()
    }
  }

  async function arrives(): Promise<Setup | undefined> {
    let now: Setup | undefined
    for (let waited = 0; waited < ARRIVES_WITHIN_MS; waited += LOOK_EVERY_MS) {
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS))
      now = await look()
      const step = now.steps.find((one) => one.step === 'message')
      if (now.next !== 'message' || step?.state === 'wrong') return now
    }
    return undefined
  }

  async function waitForAnswer(): Promise<Setup | undefined> {
    if (call.values['no-wait'] === true) return undefined
    for (let n = 0; n < ANSWER_CALLS; n++) {
      const now = await act('answer', {})
      if (now.next !== 'answer') return now
    }
    return undefined
  }

  const option = (name: string): string | undefined => {
    if (used.has(name)) return undefined
    used.add(name)
    return textOf(call.values, name)
  }

  const agreed = async (question: string, isGiven: boolean): Promise<boolean> =>
    isGiven || (call.ask !== undefined && /^(|y|yes)$/i.test(await call.ask(`  ${question} [Y/n] `)))

  /** What an action needs, from the options or the person at the terminal. Undefined: it is missing. */
  async function givenFor({ step, action }: Step): Promise<object | undefined> {
    const [need] = action!.needs
    if (need === undefined) {
      const question = step === 'app' ? 'Set the callback and the fields now?' : 'Subscribe the app now?'
      return (await agreed(question, call.values.yes === true)) ? {} : undefined
    }
    return BY_NEED[need]()
  }

  const asked = async (name: string, question: string): Promise<string | undefined> =>
    option(name) ?? (await call.ask?.(`  ${question}: `)) ?? undefined

  const as = async (key: string, name: string, question: string): Promise<object | undefined> => {
    const value = await asked(name, question)
    return value === undefined || value === '' ? undefined : { [key]: value }
  }

  const BY_NEED: Record<Need, () => Promise<object | undefined>> = {
    async access_token() {
      const path = option('access-token-file')
      const token = path === undefined ? await call.askHidden?.('  New access token (not shown): ') : readText(path)
      return token === undefined || token.trim() === '' ? undefined : { patch: { access_token: token.trim() } }
    },
    async waba_id() {
      const value = await asked('waba-id', 'Id of the WhatsApp Business Account')
      return value === undefined || value === '' ? undefined : { patch: { waba_id: value } }
    },
    async code() {
      const code = option('code')
      if (code !== undefined) return { code }
      const by = (await asked('code-by', 'Send the code by SMS or VOICE? [SMS]')) ?? undefined
      if (by === undefined) return undefined
      await act('registration', { code_method: by === '' ? 'SMS' : by.toUpperCase() })
      return call.ask ? as('code', 'code', 'Code') : undefined
    },
    async pin() {
      const pin = option('pin') ?? (await call.askHidden?.('  PIN, six digits (not shown): '))
      return pin === undefined || pin === '' ? undefined : { pin }
    },
    display_name: () => as('display_name', 'display-name', 'Name that people see'),
    to: () => as('to', 'to', 'Your own number, with its country code'),
    async replace() {
      if (call.values.replace === true) return { replace: true }
      const answer = await call.ask?.('  Replace it? Whatever is there hears no more. [y/N] ')
      return /^(y|yes)$/i.test(answer ?? '') ? { replace: true } : undefined
    },
  }

  return { walk }
}

const detailsOf = ({ state, advice, notes }: Step): string[] => [
  ...notes.map((one) => `  · ${one}`),
  ...(state === 'done' || advice === null ? [] : [`  → ${advice}`]),
]
