import { pino, type Logger } from 'pino'

export type Log = Logger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/** How lines look at a terminal. */
export const READABLE = { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' }

/**
 * JSON lines when a machine reads them, readable lines at a terminal. Bodies, tokens and signatures are never handed
 * to it. Lines are written in blocks: a write of its own for each would cost more than the work it tells of. What is
 * serious is written at once, and `flushLog` writes the rest.
 */
export function createLog(level: LogLevel, readable = Boolean(process.stdout.isTTY)): Log {
  if (readable) {
    return pino({
      level,
      base: undefined,
      serializers: SERIALIZERS,
      transport: { target: 'pino-pretty', options: READABLE },
    })
  }
  const destination = pino.destination({ fd: 1, minLength: 8192, sync: true, periodicFlush: 500 })
  return pino(
    { level, base: undefined, serializers: SERIALIZERS, hooks: { logMethod: flushSerious(destination) } },
    destination,
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

type Destination = ReturnType<typeof pino.destination>

const WARN = 40

function flushSerious(destination: Destination) {
  return function (
    this: Logger,
    args: Parameters<Logger['info']>,
    method: (...a: unknown[]) => void,
    level: number,
  ): void {
    method.apply(this, args)
    if (level >= WARN) destination.flushSync()
  }
}

/** Writes what is still in memory. Call it before the process ends. */
export function flushLog(log: Log): void {
  log.flush()
}

export const silentLog: Log = pino({ level: 'silent' })
