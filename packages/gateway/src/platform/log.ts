import { createRequire } from 'node:module'
import { pino, type Logger } from 'pino'
import { LogWriter } from './log-writer.ts'

export type Log = Logger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** How lines look at a terminal. */
const READABLE = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' }

let stdout: LogWriter | undefined

/** The one writer of lines to stdout. `readable` counts at its first use. */
export function stdoutLines(readable = Boolean(process.stdout.isTTY)): LogWriter {
  return (stdout ??= new LogWriter(1, readable ? prettyLines() : undefined))
}

/** Loaded where somebody looks on: a server's log is for machines. */
function prettyLines(): (line: string) => string {
  const { prettyFactory } = createRequire(import.meta.url)('pino-pretty') as typeof import('pino-pretty')
  return prettyFactory(READABLE) as (line: string) => string
}

/**
 * JSON lines when a machine reads them, readable lines at a terminal. Bodies, tokens and signatures are never handed
 * to it. Lines are written in blocks, what is serious at once, and `flushLog` writes the rest; none of them waits for
 * whoever reads: see `log-writer.ts`.
 */
export function createLog(level: LogLevel, readable?: boolean): Log {
  const writer = stdoutLines(readable)
  const log = createLogTo(level, writer)
  writer.onDropped = (lines) => log.error({ lines }, 'log.lines_dropped')
  return log
}

/** The same lines to another writer, as that of a thread whose lines the main thread writes. */
export function createLogTo(level: LogLevel, writer: Pick<LogWriter, 'write' | 'drain'>): Log {
  return pino(
    { level, base: undefined, serializers: SERIALIZERS, hooks: { logMethod: writeSeriousNow(writer) } },
    writer,
  )
}

/**
 * An error's message without what it quotes: `JSON.parse` shows a piece of the text that it could not read, which may be
 * anybody's message.
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
 * Of an error only what we know to be free of people's data. Those of a database carry the values of the row as further
 * properties (`detail: Key (channel_id, key)=(1, p:…) already exists`), those of WhatsApp its whole answer.
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

/** Writes now what its reader takes. */
export function writeLogNow(): void {
  stdout?.drain()
}

/** Writes what is still in memory, and waits a second for its reader at the most. Call it before the process ends. */
export function flushLog(log: Log): void {
  log.flush()
}

export const silentLog: Log = pino({ level: 'silent' })
