/** What came of one attempt to deliver. `status` is null when no answer came. */
export type Answer = {
  status: number | null
  ms: number
  /** The first KiB of the answer's body, or what kept it from coming. */
  text: string
  retryAfterMs?: number
  /** We had no socket to spare or memory for one: the endpoint was not asked. */
  notSent?: boolean
}

/** No descriptor, port or memory for a socket: trouble of this machine. */
const OURS = new Set(['EMFILE', 'ENFILE', 'EADDRNOTAVAIL', 'ENOBUFS', 'ENOMEM'])

/** True of an error that says nothing of the endpoint, which was not asked. */
export const isOurs = (error: unknown): boolean => OURS.has((error as NodeJS.ErrnoException).code ?? '')
