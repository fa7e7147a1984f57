/** The source of new ids, so that a batch decided twice gives the same result. */
export type NewIds = { message(now: number): string }
