import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'
import { Failed, listOf, Misused, numberOf, textOf, type Command, type Option } from './command.ts'
import { sandboxOf } from './trigger.ts'
import { untilEnd, UNTIL_EOF } from './until-end.ts'

const SANDBOX: Option = {
  type: 'string',
  value: 'url',
  help: 'The sandbox’s address. Default: HOST and SANDBOX_PORT of the environment.',
}

export const record: Command = {
  name: 'record',
  summary: 'Write what people’s phones do and see into a test file, until it is stopped.',
  args: '<file>',
  details:
    'FILE ends in .yaml (run it with postern replay-test) or in .ts (a test with postern/testing). Talk to your software on the phones; each step is written at once. Ids, times and long numbers are replaced by {id}, {time}, {date} and {number}.',
  options: {
    sandbox: SANDBOX,
    phone: { type: 'string', value: 'number', help: 'Only this person.', multiple: true },
    name: { type: 'string', help: 'The name of the test. Default: the name of the file.' },
    force: { type: 'boolean', help: 'Replace the file if it exists.' },
    'until-eof': UNTIL_EOF,
  },
  async run(call) {
    const [path = ''] = call.words
    const { createRecorder } = await import('../testing/conversation/record.ts')
    const { formOf } = await import('../testing/conversation/file.ts')
    const { writeConversation } = await import('../testing/conversation/write.ts')
    const { sandboxEvents } = await import('../testing/conversation/event-stream.ts')
    const { wordsOf } = await import('../testing/conversation/steps.ts')
    const form = formOf(path)
    if (!form) throw new Misused(`<file> must end in .yaml or .ts, got "${path}"`)
    if (existsSync(path) && call.values['force'] !== true)
      throw new Failed(`${path} exists already. Choose another name, or replace it with --force.`)
    const url = sandboxOf(call)
    const phones = listOf(call.values, 'phone')
    const recorder = createRecorder(phones.length > 0 ? new Set(phones) : undefined)
    const name = textOf(call.values, 'name') ?? basename(path).replace(/\.\w+$/, '')
    const ended = new AbortController()
    void untilEnd(call).then(() => ended.abort())
    const onOpen = (): void => call.note(`Recording ${url}. Stop with Ctrl-C.`)
    try {
      for await (const event of sandboxEvents(url, ended.signal, onOpen)) {
        const step = recorder.take(event)
        if (!step) continue
        call.note(`${recorder.steps.length}. ${wordsOf(step)}`)
        writeFileSync(path, await writeConversation(form, { name, steps: [...recorder.steps] }))
      }
    } catch (error) {
      if (!ended.signal.aborted) throw unreachable(url, error)
    }
    const steps = recorder.steps.length
    return {
      data: { file: path, steps },
      text: steps === 0 ? 'Nothing happened, so no file was written.' : `${path}: ${counted(steps)}.`,
    }
  },
}

export const replayTest: Command = {
  name: 'replay-test',
  summary: 'Run a recorded conversation on the phones, and tell which steps differ.',
  args: '<file>',
  details:
    'Your software must be connected to the gateway of this sandbox. Exit code 1: a step differs; each is shown as a diff of what the person would see.',
  options: {
    sandbox: SANDBOX,
    within: { type: 'string', value: 'ms', help: 'How long a message may take. Default: 5000.' },
  },
  async run(call) {
    const [path = ''] = call.words
    const { formOf, readYaml } = await import('../testing/conversation/file.ts')
    const { play, reportOf } = await import('../testing/conversation/play.ts')
    const { createPhonesApi } = await import('../testing/conversation/phones-api.ts')
    const { WrongConversation } = await import('../testing/conversation/steps.ts')
    if (formOf(path) !== 'yaml') throw new Misused('<file> must end in .yaml; run a .ts file with your test runner')
    const { name, steps } = await readYaml(readFile(path)).catch((error: unknown) => {
      throw error instanceof WrongConversation ? new Failed(`${path}: ${error.message}`) : error
    })
    const url = sandboxOf(call)
    const withinMs = numberOf(call.values, 'within')
    const differences = await play(createPhonesApi(url), steps, withinMs === undefined ? {} : { withinMs }).catch(
      (error: unknown) => {
        throw unreachable(url, error)
      },
    )
    const failed = differences.length > 0
    const text = failed
      ? `${name} differs (- recorded, + now).\n\n${reportOf(steps, differences)}`
      : `${name}: ${counted(steps.length)}, as recorded.`
    return { data: { name, steps: steps.length, differences }, text, failed }
  },
}

function readFile(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new Failed(`${path} cannot be read: ${(error as Error).message}.`)
  }
}

function unreachable(url: string, error: unknown): unknown {
  // What fetch throws when nothing answers.
  if (!(error instanceof TypeError)) return error
  return new Failed(`No sandbox answers at ${url}. Start one (postern serve, or postern sandbox), or give --sandbox.`)
}

const counted = (steps: number): string => `${steps} step${steps === 1 ? '' : 's'}`
