import { parseArgs } from 'node:util'
import { ConfigError, settingsHelp } from '../platform/config.ts'
import { UnusableDataDir } from '../platform/data-dir.ts'
import { UnusableSecret } from '../platform/installation.ts'
import { WrongMasterKey } from '../platform/secrets.ts'
import {
  broadcastCancel,
  broadcastList,
  broadcastPause,
  broadcastResume,
  broadcastSend,
  broadcastShow,
} from './broadcast.ts'
import { channelAdd, channelList, channelRemove, channelRotate, channelWebhook } from './channel.ts'
import { Failed, Misused, type Answer, type Call, type Command, type Option } from './command.ts'
import { deliveriesList, deliveriesReplay } from './deliveries.ts'
import { doctor } from './doctor.ts'
import { migrate } from './migrate.ts'
import { sandbox } from './sandbox.ts'
import { send } from './send.ts'
import { serve } from './serve.ts'
import { templateList, templateSync } from './template.ts'

const COMMANDS: Command[] = [
  serve,
  migrate,
  sandbox,
  channelAdd,
  channelList,
  channelWebhook,
  channelRotate,
  channelRemove,
  templateSync,
  templateList,
  send,
  deliveriesList,
  deliveriesReplay,
  broadcastSend,
  broadcastList,
  broadcastShow,
  broadcastPause,
  broadcastResume,
  broadcastCancel,
  doctor,
]

const EVERYWHERE: Record<string, Option> = {
  json: { type: 'boolean', help: 'Print one JSON value.' },
  help: { type: 'boolean', help: 'Print this.' },
}

type Streams = { out: (text: string) => void; err: (text: string) => void }
const PROCESS: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
}

/** Runs one command and answers the exit code: 0 done, 1 it failed, 2 the call's words are off. */
export async function run(args: string[], env: NodeJS.ProcessEnv, streams: Streams = PROCESS): Promise<number> {
  const [first] = args
  if (first === undefined || first === '--help' || first === '-h' || first === 'help') {
    streams.out(help())
    return first === undefined ? 2 : 0
  }
  const command = COMMANDS.find(({ name }) => name === args.slice(0, name.split(' ').length).join(' '))
  if (!command) return unknown(args, streams)
  const rest = args.slice(command.name.split(' ').length)
  const json = rest.includes('--json')
  try {
    const { values, positionals } = parse(command, rest)
    if (values.help === true) {
      streams.out(helpOf(command))
      return 0
    }
    const print = (answer: Answer): void =>
      streams.out(json ? `${JSON.stringify(answer.data)}\n` : answer.text === '' ? '' : `${answer.text}\n`)
    const note = (text: string): void => streams.err(`${text}\n`)
    const answer = await command.run({ values, words: positionals, env, json, note, print })
    if (answer) print(answer)
    return answer?.failed ? 1 : 0
  } catch (error) {
    return failed(command, error, json, streams)
  }
}

function parse(command: Command, args: string[]): { values: Call['values']; positionals: string[] } {
  const options = { ...command.options, ...EVERYWHERE }
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: Object.fromEntries(
        Object.entries(options).map(([name, { type, multiple }]) => [name, { type, multiple: multiple ?? false }]),
      ),
    })
  } catch (error) {
    throw new Misused((error as Error).message.split('. ')[0]!)
  }
}

/** What somebody can mend, and its message says how; anything else is a bug and shows where it happened. */
const EXPECTED = [Failed, ConfigError, UnusableDataDir, UnusableSecret, WrongMasterKey]

function failed(command: Command, error: unknown, json: boolean, { out, err }: Streams): number {
  if (error instanceof Misused) {
    const message = `${error.message}. See: postern ${command.name} --help`
    if (json) out(`${JSON.stringify({ status: 'error', message })}\n`)
    err(`postern ${command.name}: ${message}\n`)
    return 2
  }
  const { message: said, stack } = error as Error
  const message = EXPECTED.some((kind) => error instanceof kind) ? said : (stack ?? String(error))
  if (json) {
    out(`${JSON.stringify(error instanceof Failed ? error.data : { status: 'error', message: said })}\n`)
  }
  err(`postern: ${message}\n`)
  if (error instanceof Failed && !json) err(fieldsOf(error))
  return 1
}

/** Every problem of a refused body, and what else the refusal tells; the message holds the first at the most. */
function fieldsOf(error: Failed): string {
  const { fields, upstream, advice } = (error.data.error ?? {}) as {
    fields?: { path: string; message: string }[]
    upstream?: { details?: unknown }
    advice?: unknown
  }
  const told = (fields ?? []).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`))
  const isNew = (line: unknown): line is string => typeof line === 'string' && !error.message.includes(line)
  const further = [...(told.length > 1 ? told : told.filter(isNew)), ...[upstream?.details, advice].filter(isNew)]
  return [...new Set(further)].map((line) => `  ${line}\n`).join('')
}

function unknown(args: string[], { out, err }: Streams): number {
  const family = COMMANDS.filter(({ name }) => name.startsWith(`${args[0]} `))
  if (family.length === 0) {
    err(`postern: there is no command "${args[0]}". See: postern --help\n`)
    return 2
  }
  const wantsHelp = args.includes('--help') || args.includes('-h')
  ;(wantsHelp ? out : err)(`Usage: postern ${args[0]} <command>\n\n${lines(family)}\n`)
  return wantsHelp ? 0 : 2
}

function lines(commands: readonly Command[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length))
  return commands.map(({ name, summary }) => `  ${name.padEnd(width)}  ${summary}`).join('\n')
}

function help(): string {
  return `Usage: postern <command> [options]

Commands (postern <command> --help tells more):
${lines(COMMANDS)}

Every command takes --json, and ends with 0 when it is done, 1 when it failed, 2 when it was called wrongly.

Settings (environment):
${settingsHelp()}
`
}

function helpOf(command: Command): string {
  const options = Object.entries({ ...command.options, ...EVERYWHERE }).map(([name, option]) => ({
    words: `--${name}${option.type === 'string' ? ` <${option.value ?? 'text'}>` : ''}`,
    help: `${option.help}${option.multiple ? ' May be given several times.' : ''}`,
  }))
  const width = Math.max(...options.map(({ words }) => words.length))
  return `Usage: postern ${[command.name, command.usage ?? '[options]'].join(' ')}

${command.summary}${command.details === undefined ? '' : `\n\n${command.details}`}

Options:
${options.map(({ words, help: text }) => `  ${words.padEnd(width)}  ${text}`).join('\n')}
`
}
