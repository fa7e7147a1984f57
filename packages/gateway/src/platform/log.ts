import { createRequire } from 'node:module'
import { pino, type Logger } from 'pino'
import { LogWriter } from './log-writer.ts'

export type Log = Logger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** Format of lines on a terminal. */
const READABLE = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' }

let stdout: LogWriter | undefined

/** The only writer of lines to stdout. `readable` is fixed at its first use. */
export function stdoutLines(readable = Boolean(process.stdout.isTTY)): LogWriter {
  return (stdout ??= new LogWriter(1, readable ? prettyLines() : undefined))
}

/** Loaded only for a terminal: a server's log is JSON. */
function prettyLines(): (line: string) => string {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  return prettyFactory(READABLE) as (line: string) => string
}

/**
 * JSON lines for machines, readable lines on a terminal. Bodies, tokens and signatures must never be passed to it.
 * Lines are written in blocks, serious ones at once, and `flushLog` writes the rest. No line waits for a reader: see
 * `log-writer.ts`.
 */
export function createLog(level: LogLevel, readable?: boolean): Log {
  const writer = stdoutLines(readable)
  const log = createLogTo(level, writer)
  writer.onDropped = (lines) => log.error({ lines }, 'log.lines_dropped')
  return log
}

/** The same lines to another writer: of a thread whose lines the main thread writes. */
export function createLogTo(level: LogLevel, writer: Pick<LogWriter, 'write' | 'drain'>): Log {
  return pino(
    { level, base: undefined, serializers: SERIALIZERS, hooks: { logMethod: writeSeriousNow(writer) } },
    writer,
  )
}

/**
 * An error's message without quoted text: `JSON.parse` quotes a part of the text that it could not read, which may be a
 * message of a contact.
 */
export function messageOf(error: unknown): string {
  const { name, message } = error as Error
  if (name !== 'SyntaxError') return message
  const from = message.indexOf('"')
  const to = message.lastIndexOf(NOT_JSON)
  if (from < 0 || to < from) return message
  const before = message
    .slice(0, from)
    .replace(/\.\.\.$/, '')
    .replace(/, $/, '')
  return `${before}: not valid JSON${message.slice(to + NOT_JSON.length)}`
}

const NOT_JSON = ' is not valid JSON'

/**
 * The parts of an error that contain no personal data. A database error has the values of the row in further properties
 * (`detail: Key (channel_id, key)=(1, p:…) already exists`), an error of WhatsApp its whole answer.
 */
export function errorForLog(error: unknown, depth = 0): unknown {
  if (!(error instanceof Error)) return { type: typeof error }
  const { name, stack = '', cause, code, errcode, httpStatus } = error as Error & Record<string, unknown>
  const message = messageOf(error)
  return {
    type: name,
    message,
    ...(code !== undefined && { code }),
    ...(errcode !== undefined && { errcode }),
    ...(httpStatus !== undefined && { http_status: httpStatus }),
    stack: [`${name}: ${message}`, ...stack.split('\n').filter((line) => /^\s+at /.test(line))].join('\n'),
    ...(cause !== undefined && depth < 3 && { cause: errorForLog(cause, depth + 1) }),
  }
}

export const SERIALIZERS = { err: errorForLog }

const WARN = 40

function writeSeriousNow(writer: Pick<LogWriter, 'drain'>) {
  return function (
    this: Logger,
    args: Parameters<Logger['info']>,
    method: (...a: unknown[]) => void,
    level: number,
  ): void {
    method.apply(this, args)
    if (level >= WARN) writer.drain()
  }
}

/** Writes now what the reader accepts. */
export function writeLogNow(): void {
  stdout?.drain()
}

/** Writes the rest, and waits at most a second for the reader. Call it before the process ends. */
export function flushLog(log: Log): void {
  log.flush()
}

export const silentLog: Log = pino({ level: 'silent' })
