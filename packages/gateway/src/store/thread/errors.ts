import { UnusableDataDir } from '../../platform/data-dir.ts'
import { GatewayError, StoreUnavailable } from '../../platform/errors.ts'
import { StoreTooNew } from '../migrate.ts'
import { StoreEmptied } from '../sqlite/emptied.ts'
import { MessageIdTaken } from '../store.ts'

/** An error on its way between threads: the name of its class, and the properties that callers and logs use. */
export type CrossedError = {
  name: string
  message: string
  stack: string | undefined
  outcomeUnknown?: boolean
  reason?: string
  data?: Record<string, unknown>
  retryAfterSeconds?: number | undefined
  code?: unknown
  errcode?: unknown
  errstr?: unknown
  cause?: CrossedError
}

const MOST_CAUSES = 3

export function crossing(error: unknown, depth = 0): CrossedError {
  if (!(error instanceof Error)) return { name: 'Error', message: String(error), stack: undefined }
  const { name, message, stack, cause, code, errcode, errstr } = error as Error & Partial<CrossedError>
  return {
    name,
    message,
    stack,
    ...(error instanceof StoreUnavailable && { outcomeUnknown: error.outcomeUnknown }),
    ...(error instanceof GatewayError
      ? { reason: error.reason, data: error.data, retryAfterSeconds: error.retryAfterSeconds }
      : isPlain(code) && { code }),
    ...(isPlain(errcode) && { errcode }),
    ...(isPlain(errstr) && { errstr }),
    ...(cause !== undefined && depth < MOST_CAUSES && { cause: crossing(cause, depth + 1) }),
  }
}

const isPlain = (value: unknown): boolean => typeof value === 'string' || typeof value === 'number'

/** Classes that callers distinguish. Any other error arrives as a plain error under its own name. */
const CLASSES: readonly (new (...args: never[]) => Error)[] = [
  GatewayError,
  StoreUnavailable,
  StoreEmptied,
  StoreTooNew,
  MessageIdTaken,
  UnusableDataDir,
  TypeError,
  RangeError,
  SyntaxError,
]

const BY_NAME = new Map(CLASSES.map((one) => [one.name, one]))

/** Restores the error that the other side threw, with the stack of that side. */
export function crossed({ name, message, stack, cause, ...more }: CrossedError): Error {
  const made = new Error(message, cause && { cause: crossed(cause) })
  const itsClass = BY_NAME.get(name)
  if (itsClass) Object.setPrototypeOf(made, itsClass.prototype as object)
  if (made.name !== name) Object.defineProperty(made, 'name', { value: name, configurable: true, writable: true })
  if (stack !== undefined) made.stack = stack
  return Object.assign(made, more)
}
