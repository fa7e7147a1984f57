/** Where new ids come from, so that the same batch decided twice is the same. */
export type NewIds = { message(now: number): string }
