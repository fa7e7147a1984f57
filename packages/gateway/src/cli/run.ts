import { VERSION } from '../app/version.ts'
import { ConfigError, settingsHelp } from '../platform/config.ts'
import { UnusableDataDir } from '../platform/data-dir.ts'
import { loadEnvFile } from '../platform/env-file.ts'
import { UnusableSecret } from '../platform/installation.ts'
import { WrongMasterKey } from '../platform/secrets.ts'
import { backup, backupList } from './backup.ts'
import { broadcastResults } from './broadcast-results.ts'
import {
  broadcastCancel,
  broadcastList,
  broadcastPause,
  broadcastResume,
  broadcastRetry,
  broadcastShow,
} from './broadcast-show.ts'
import { broadcastSend } from './broadcast.ts'
import { channelShow } from './channel-show.ts'
import { channelAdd, channelList, channelRemove, channelRotate, channelWebhook } from './channel.ts'
import { Failed, Misused, type Answer, type Command } from './command.ts'
import { completionOf } from './completion.ts'
import { costs } from './costs.ts'
import { ALARM_COMMANDS } from './alarm.ts'
import { audit } from './audit.ts'
import { incidents } from './incidents.ts'
import { deliveriesList, deliveriesReplay } from './deliveries.ts'
import { doctor } from './doctor.ts'
import {
  endpointAdd,
  endpointList,
  endpointPause,
  endpointRemove,
  endpointReplay,
  endpointResume,
  endpointRetry,
  endpointRotateSecret,
  endpointShow,
  endpointTest,
} from './endpoint.ts'
import { endpointMigration } from './endpoint-migration.ts'
import { importCommand } from './import.ts'
import { listen } from './listen/listen.ts'
import { mcp } from './mcp.ts'
import { askAtTerminal, askHiddenAtTerminal } from './ask.ts'
import { migrate } from './migrate.ts'
import { optoutExport, optoutImport, optoutList } from './optout.ts'
import { createProgram, isIncomplete, isPrinted, type Streams } from './program.ts'
import { record, replayTest } from './record.ts'
import { restore } from './restore.ts'
import { sandbox } from './sandbox.ts'
import { send } from './send.ts'
import { setup } from './setup.ts'
import { serve } from './serve.ts'
import { story } from './story.ts'
import { trigger } from './trigger.ts'
import { templateList, templateSync } from './template.ts'
import { types } from './types.ts'
import { USER_COMMANDS } from './user.ts'

const COMMANDS: Command[] = [
  serve,
  migrate,
  sandbox,
  record,
  replayTest,
  setup,
  channelAdd,
  channelList,
  channelShow,
  channelWebhook,
  channelRotate,
  channelRemove,
  importCommand,
  endpointAdd,
  endpointList,
  endpointShow,
  endpointPause,
  endpointResume,
  endpointTest,
  endpointRetry,
  endpointReplay,
  endpointRotateSecret,
  endpointRemove,
  endpointMigration,
  templateSync,
  templateList,
  types,
  send,
  listen,
  trigger,
  story,
  deliveriesList,
  deliveriesReplay,
  broadcastSend,
  broadcastList,
  broadcastShow,
  broadcastPause,
  broadcastResume,
  broadcastCancel,
  broadcastResults,
  broadcastRetry,
  optoutImport,
  optoutExport,
  optoutList,
  costs,
  incidents,
  audit,
  mcp,
  ...ALARM_COMMANDS,
  backup,
  backupList,
  restore,
  ...USER_COMMANDS,
  doctor,
]

const PROCESS: Streams = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  terminal: process.stderr.isTTY
    ? {
        // To the first column, and clear the line.
        redraw: (line) => void process.stderr.write(`\r\u001b[2K${line}`),
        columns: () => process.stderr.columns || 80,
      }
    : undefined,
}

/**
 * Runs one command and returns the exit code: 0 success, 1 failure, 2 wrong arguments. A command, and not its help, first
 * adds the variables of `envFile` to `env`.
 */
export async function run(
  args: string[],
  env: NodeJS.ProcessEnv,
  streams: Streams = PROCESS,
  envFile?: string,
): Promise<number> {
  const json = args.includes('--json')
  let exit = 0
  let running = ''
  const program = createProgram({
    commands: [...COMMANDS, completionOf(() => program)],
    version: VERSION,
    streams,
    epilogue: epilogue(),
    async act(command, input) {
      running = command.name
      const problems = envFile === undefined ? [] : loadEnvFile(envFile, env)
      if (problems.length > 0) throw new ConfigError(problems)
      const print = (answer: Answer): void =>
        streams.out(json ? `${JSON.stringify(answer.data)}\n` : answer.text === '' ? '' : `${answer.text}\n`)
      const note = (text: string): void => streams.err(`${text}\n`)
      const ask = json || streams !== PROCESS ? undefined : askAtTerminal()
      const askHidden = json || streams !== PROCESS ? undefined : askHiddenAtTerminal()
      const answer = await command.run({
        ...input,
        env,
        json,
        note,
        print,
        write: streams.out,
        terminal: json ? undefined : streams.terminal,
        ...(ask && { ask }),
        ...(askHidden && { askHidden }),
      })
      if (answer) print(answer)
      if (answer?.failed) exit = 1
    },
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return exit
  } catch (error) {
    if (isPrinted(error)) return 0
    return isIncomplete(error) ? 2 : failed(running, error, json, streams)
  }
}

/** Errors that a user can fix; the message says how. Any other error is a bug and is printed with its stack. */
const EXPECTED = [Failed, ConfigError, UnusableDataDir, UnusableSecret, WrongMasterKey]

function failed(running: string, error: unknown, json: boolean, { out, err }: Streams): number {
  if (error instanceof Misused) {
    const command = ['postern', error.command ?? running].filter((part) => part !== '').join(' ')
    const message = `${error.message}. See: ${command} --help`
    if (json) out(`${JSON.stringify({ status: 'error', message })}\n`)
    err(`${command}: ${message}\n`)
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

/** Every field of a refused body, and further details of the error. The message contains the first one at most. */
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

function epilogue(): string {
  return `postern <command> --help has the details. Every command accepts --json. Exit codes: 0 success, 1 failure, 2 wrong
arguments.

Settings (environment, or the file .env in the working directory; the environment wins):
${settingsHelp()}
`
}
