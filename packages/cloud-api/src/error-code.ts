export type ErrorGroup =
  | 'authorisation'
  | 'integrity'
  | 'throttling'
  | 'general'
  | 'message'
  | 'template'
  | 'registration'
  | 'username'
  | 'call'
  | 'group'
  | 'flow'

/** `later`: the same request can succeed later. `fix`: the caller must change something first. `no`: neither helps. */
export type RetryAdvice = 'no' | 'later' | 'fix'

export type ErrorCode = {
  title: string
  meaning: string
  /**
   * HTTP status of a synchronous answer. Absent for codes that only webhooks carry, and where Meta states no status.
   */
  http?: number
  retry: RetryAdvice
  group: ErrorGroup
  /** The next step for the reader. */
  advice: string
}

/** The advice of codes that say nothing more exact. */
export const READ_DETAILS = 'Correct what `details` names.'

/** One row of a table of codes. */
export function code(
  group: ErrorGroup,
  title: string,
  meaning: string,
  http: number | undefined,
  retry: RetryAdvice,
  advice: string,
): ErrorCode {
  return { group, title, meaning, retry, advice, ...(http === undefined ? {} : { http }) }
}
