/** One option of a command, as `--help` shows it and commander parses it. */
export type Option = {
  type: 'string' | 'boolean'
  help: string
  /** What stands for the value in the help: `--port <port>`. */
  value?: string
  multiple?: boolean
}

export type Values = Record<string, string | boolean | (string | boolean)[] | undefined>

/** What a command is called with. */
export type Call = {
  values: Values
  /** The words that are no options, after the command's own name. */
  words: string[]
  env: NodeJS.ProcessEnv
  json: boolean
  /** A word for people, on stderr: it never stands in the way of what a machine reads. */
  note(text: string): void
  /** Prints an answer before the command ends, for those that stay. */
  print(answer: Answer): void
}

/** What came of it: `data` for `--json`, `text` for people. */
export type Answer = {
  data: unknown
  text: string
  /** It was done, and what it found is not good: exit code 1. */
  failed?: boolean
}

export type Command = {
  /** One word or two: `serve`, `channel add`. */
  name: string
  summary: string
  /** The words that it takes, as commander reads them: `<channel_id> [url]`. None unless told. */
  args?: string
  /** What the help shows after the name, where that is more than `args` says: `<channel_id> [--yes]`. */
  usage?: string
  /** More for `--help`, under the usage. */
  details?: string
  options?: Record<string, Option>
  run(call: Call): Promise<Answer | undefined>
}

/** The command was called with the wrong words: exit code 2, and its help is worth reading. */
export class Misused extends Error {
  /** The command whose words they are, when it is not the one that runs. */
  readonly command: string | undefined

  constructor(message: string, command?: string) {
    super(message)
    this.name = 'Misused'
    this.command = command
  }
}

/** It could not be done, for a reason that the message gives: exit code 1, no stack. */
export class Failed extends Error {
  /** What `--json` prints. */
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

/** A whole number given as an option, or undefined when it was not given. */
export function numberOf(values: Values, name: string): number | undefined {
  const value = textOf(values, name)
  if (value === undefined) return undefined
  if (!/^\d{1,15}$/.test(value)) throw new Misused(`--${name} must be a whole number, got "${value}"`)
  return Number(value)
}
