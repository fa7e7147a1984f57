import { setTimeout as sleep } from 'node:timers/promises'
import type { StoryState } from '@postern/sandbox'
import { Failed, type Call, type Command } from './command.ts'
import { ask, sandboxOf } from './trigger.ts'
import { untilSignal } from './until-signal.ts'

const LOOK_EVERY_MS = 200

export const story: Command = {
  name: 'story',
  summary: 'Play a shop’s day on the sandbox’s phones: an order, a list, a payment, a photo, a webhook that fails.',
  details:
    'Says what happens, step by step, until it is over. Ctrl-C stops it. The attempts stay in the console for five minutes.',
  options: {
    sandbox: {
      type: 'string',
      value: 'url',
      help: 'The sandbox’s address. Default: HOST and SANDBOX_PORT of the environment.',
    },
    fast: { type: 'boolean', help: 'Without pauses to read.' },
  },
  async run(call) {
    const url = sandboxOf(call)
    const ended = new AbortController()
    void untilSignal().then(() => ended.abort())
    await ask(url, 'POST', '/story/start', { speed: call.values['fast'] === true ? 'fast' : 'normal' })
    const state = await follow(call, url, ended.signal)
    if (state.state === 'failed') throw new Failed(state.says)
    return { data: { ...state }, text: textOf(state) }
  },
}

/** Says each step as it begins, until the story is over. */
async function follow(call: Call, url: string, signal: AbortSignal): Promise<StoryState> {
  for (let step = 0; ;) {
    if (signal.aborted) await ask(url, 'POST', '/story/stop', {})
    const state = (await ask(url, 'GET', '/story')) as unknown as StoryState
    if (state.state === 'running' && state.step > step) call.note(`${state.step}/${state.steps} ${state.says}`)
    step = Math.max(step, state.step)
    if (state.state !== 'running' && state.state !== 'paused') return state
    await sleep(LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined)
  }
}

const textOf = ({ state, says, sent, heard, refused, twice }: StoryState): string =>
  state === 'over'
    ? `${says} Messages sent: ${sent}. Events heard: ${heard}. Attempts that failed: ${refused}. Heard twice: ${twice}.`
    : 'The story was stopped.'
