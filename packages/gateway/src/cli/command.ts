/** One option of a command, as `--help` shows it and commander parses it. */
export type Option = {
  type: 'string' | 'boolean'
  help: string
  /** Placeholder of the value in the help: `--port <port>`. */
  value?: string
  multiple?: boolean
}

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

/** Arguments and streams of a call. */
export type Call = {
  values: Values
  /** Positional arguments, without the command's own name. */
  words: string[]
  env: NodeJS.ProcessEnv
  json: boolean
  /** Writes a note for people to stderr, so that stdout stays machine-readable. */
  note(text: string): void
  /** Asks the person at the terminal. Missing when there is none, or with `--json`: then nothing is asked. */
  ask?: (question: string) => Promise<string>
  /** The same for a secret: what is typed is not shown. */
  askHidden?: (question: string) => Promise<string>
  /** Prints an answer before the command ends, for long-running commands. */
  print(answer: Answer): void
  /** Writes a part of an answer that is too long to hold. */
  write(text: string): void
  /** Present when stderr is a terminal: a line that the next one overwrites. */
  terminal?: Terminal | undefined
}

export type Terminal = { redraw(line: string): void; columns(): number }

/** Result of a command: `data` for `--json`, `text` for people. */
export type Answer = {
  data: unknown
  text: string
  /** True when the command ran and found a problem: exit code 1. */
  failed?: boolean
}

export type Command = {
  /** One word or two: `serve`, `channel add`. */
  name: string
  summary: string
  /** Positional arguments in commander's syntax: `<channel_id> [url]`. Default: none. */
  args?: string
  /** Text after the name in the help, when it says more than `args`: `<channel_id> [--yes]`. */
  usage?: string
  /** Further text for `--help`, below the usage. */
  details?: string
  options?: Record<string, Option>
  run(call: Call): Promise<Answer | undefined>
}

/** The arguments are wrong: exit code 2, and the help is printed. */
export class Misused extends Error {
  /** The command of the wrong arguments, when it is not the running one. */
  readonly command: string | undefined

  constructor(message: string, command?: string) {
    super(message)
    this.name = 'Misused'
    this.command = command
  }
}

/** The command failed for the reason in the message: exit code 1, no stack. */
export class Failed extends Error {
  /** Output of `--json`. */
  readonly data: Record<string, unknown>

  constructor(message: string, data: Record<string, unknown> = {}) {
    super(message)
    this.name = 'Failed'
    this.data = { status: 'error', message, ...data }
  }
}

export function textOf(values: Values, name: string): string | undefined {
  const value = values[name]
  return typeof value === 'string' ? value : undefined
}

export function listOf(values: Values, name: string): string[] {
  const value = values[name]
  return Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : []
}

/** Reads a whole number from an option. Undefined when the option is absent. */
export function numberOf(values: Values, name: string): number | undefined {
  const value = textOf(values, name)
  if (value === undefined) return undefined
  if (!/^\d{1,15}$/.test(value)) throw new Misused(`--${name} must be a whole number, got "${value}"`)
  return Number(value)
}
