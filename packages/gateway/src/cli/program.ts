import { Command as Program, CommanderError, Help, Option as ProgramOption } from 'commander'
import { Misused, type Call, type Command, type Option, type Terminal } from './command.ts'

export type Streams = { out: (text: string) => void; err: (text: string) => void; terminal?: Terminal | undefined }

const JSON_OPTION: Option = { type: 'boolean', help: 'Print one JSON value.' }
const HELP_TEXT = 'Print this.'

export type ProgramParts = {
  commands: readonly Command[]
  version: string
  streams: Streams
  /** Text below the list of commands in the help of `postern`. */
  epilogue: string
  act: (command: Command, input: Pick<Call, 'values' | 'words'>) => Promise<void>
}

/** The commands as a tree for commander, which parses, checks arguments and options, suggests, and prints help. */
export function createProgram({ commands, version, streams, epilogue, act }: ProgramParts): Program {
  const root = new Program('postern')
    // Every command below inherits this.
    .configureOutput({ writeOut: streams.out, writeErr: streams.err, outputError: () => {} })
    .helpOption('-h, --help', HELP_TEXT)
    .helpCommand(false)
    .usage('<command> [options]')
    .version(version, '-V, --version', 'Print the version.')
    .addHelpText('after', () => `\n${epilogue}`)
    .configureHelp({
      formatHelp(at, help) {
        // Includes the commands of groups, so that one list shows all of them. Suggestions stay within one level.
        help.visibleCommands = leavesOf
        return Help.prototype.formatHelp.call(help, at, help)
      },
      subcommandTerm: (command) => pathOf(command).join(' '),
      commandUsage: (command) => ['postern', ...pathOf(command), command.usage()].join(' '),
    })
  throwMisuse(root)
  for (const command of commands) {
    const [first, second] = command.name.split(' ') as [string, string?]
    const parent = second === undefined ? root : groupOf(root, first)
    add(parent.command(second ?? first), command, act)
  }
  return root
}

/** Programs that run. Some have others below them too: `backup` and `backup list`. */
const runs = new WeakSet<Program>()

function add(program: Program, command: Command, act: ProgramParts['act']): void {
  const { summary, details, usage, args, options } = command
  program.summary(summary).description(details === undefined ? summary : `${summary}\n\n${details}`)
  if (args !== undefined) program.arguments(args)
  if (usage !== undefined) program.usage(usage)
  for (const [name, option] of Object.entries({ ...options, json: JSON_OPTION }))
    program.addOption(optionOf(name, option))
  throwMisuse(program)
  runs.add(program)
  program.action(() => act(command, { values: valuesOf(program), words: program.args }))
}

function groupOf(root: Program, name: string): Program {
  const found = root.commands.find((one) => one.name() === name)
  if (found) return found
  const made = root.command(name).usage('<command>')
  throwMisuse(made)
  return made
}

function optionOf(name: string, { type, help, value, multiple }: Option): ProgramOption {
  const flags = type === 'string' ? `--${name} <${value ?? 'text'}>` : `--${name}`
  const option = new ProgramOption(flags, multiple ? `${help} May be given several times.` : help)
  // Commander would print a default that contradicts the option.
  if (option.negate) option.default(undefined)
  return multiple ? option.argParser((one: string, before: string[] = []) => [...before, one]) : option
}

/** The given options, by their names on the command line. */
function valuesOf(program: Program): Call['values'] {
  const given = program.options.filter((option) => program.getOptionValueSource(option.attributeName()) === 'cli')
  return Object.fromEntries(
    given.map((option) => {
      const value = program.getOptionValue(option.attributeName()) as string | boolean | string[]
      return [option.long!.slice(2), option.negate ? true : value]
    }),
  )
}

/** The names from the root down: `['channel', 'add']`. Empty for the root itself. */
export function pathOf(program: Program): string[] {
  return program.parent === null ? [] : [...pathOf(program.parent), program.name()]
}

/** Commands that run. Most groups only contain others. */
export function leavesOf(program: Program): Program[] {
  return program.commands.flatMap((one) => [...(runs.has(one) ? [one] : []), ...leavesOf(one)])
}

/** True when commander ended a call because it printed the help or the version. */
export const isPrinted = (error: unknown): error is CommanderError =>
  error instanceof CommanderError && ['commander.helpDisplayed', 'commander.version'].includes(error.code)

/** True when the command of a group is missing: then the help of the group was printed. */
export const isIncomplete = (error: unknown): error is CommanderError =>
  error instanceof CommanderError && error.code === 'commander.help'

function throwMisuse(program: Program): void {
  program.exitOverride((error) => {
    if (isPrinted(error) || isIncomplete(error)) throw error
    throw new Misused(wordsOf(error, program), pathOf(program).join(' '))
  })
}

/** Commander's message in one line. */
function wordsOf({ code, message }: CommanderError, program: Program): string {
  const text = message.replace(/^error: /, '').replaceAll('\n', ' ')
  if (code === 'commander.missingArgument') return `${/'(.*)'/.exec(text)![1]} is missing`
  if (code === 'commander.excessArguments')
    return `"${program.args[program.registeredArguments.length]}" is not expected`
  if (code !== 'commander.unknownCommand') return text
  return text.replace(/^unknown command '(.*?)'/, (_, name) => `there is no command "${name}"`)
}
