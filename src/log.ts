import { pino, type Logger } from 'pino'

export type Log = Logger

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof LOG_LEVELS)[number]

/**
 * JSON lines when a machine reads them, readable lines at a terminal.
 * Bodies, tokens and signatures are never handed to it; the redaction is a second fence, not the first.
 */
export function createLog(level: LogLevel, readable = Boolean(process.stdout.isTTY)): Log {
  const options = {
    level,
    base: undefined,
    redact: {
      paths: ['*.authorization', '*.access_token', '*["certification-code"]', '*.webhook_secret', '*.accessToken'],
      censor: '[secret]',
    },
  }
  if (!readable) return pino(options)
  return pino({
    ...options,
    transport: { target: 'pino-pretty', options: { ignore: 'pid,hostname', translateTime: 'HH:MM:ss.l' } },
  })
}

export const silentLog: Log = pino({ level: 'silent' })
