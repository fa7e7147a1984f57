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
      transport: { target: 'pino-pretty', options: READABLE },
    })
  }
  const destination = pino.destination({ fd: 1, minLength: 8192, sync: true, periodicFlush: 500 })
  return pino({ level, base: undefined, hooks: { logMethod: flushSerious(destination) } }, destination)
}

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
