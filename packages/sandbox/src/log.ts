/** The log for the sandbox's operator. A pino logger fits. */
export type Log = {
  debug(details: object, event: string): void
  error(details: object, event: string): void
}

export const silentLog: Log = { debug: () => {}, error: () => {} }
