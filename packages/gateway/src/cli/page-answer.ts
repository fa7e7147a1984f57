import { isRecord } from '../platform/is-record.ts'

/*
 * Answers to a customer's call may come in the page's form, for channels with `compatibility: "page"`: every one is HTTP
 * 200, and headers say what happened.
 */

/** The HTTP status that an answer has, or would have in our own form. */
export function statusOf({ headers, status }: Pick<Response, 'headers' | 'status'>): number {
  return Number(headers.get('x-postern-status') ?? status)
}

/** The details of an error in the page's form. Undefined for an answer in our own form. */
export function pageErrorOf({ headers }: Pick<Response, 'headers'>): Record<string, unknown> | undefined {
  try {
    const error: unknown = JSON.parse(headers.get('x-postern-error') ?? 'null')
    return isRecord(error) ? error : undefined
  } catch {
    return undefined
  }
}
