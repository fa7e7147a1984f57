/** Where the sandbox writes what its operator should know. A pino logger is one. */
export type Log = {
  debug(details: object, event: string): void
  error(details: object, event: string): void
}

export const silentLog: Log = { debug: () => {}, error: () => {} }
