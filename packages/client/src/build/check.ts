type Rules = { min?: number; oneLine?: boolean; trimmed?: boolean }

/**
 * Returns a text that the gateway accepts, or throws a `RangeError` that names its place. Lengths count code points, as
 * WhatsApp does.
 */
export function checked(value: string, at: string, max: number, { min = 1, oneLine, trimmed }: Rules = {}): string {
  const length = value.length > max ? [...value].length : value.length
  if (length > max) throw new RangeError(`${at}: at most ${max} characters, got ${length}`)
  if (length < min) throw new RangeError(`${at}: must not be empty`)
  if (oneLine && /[\r\n]/.test(value)) throw new RangeError(`${at}: must be one line`)
  if (trimmed && value.trim() !== value) throw new RangeError(`${at}: must not begin or end with a space`)
  if (!value.isWellFormed() || value.includes('\0')) throw new RangeError(`${at}: is not valid text`)
  return value
}

/** Throws when a list is too short or too long, or when two entries have the same value. */
export function checkedList(values: readonly string[], at: string, min: number, max: number): void {
  if (values.length < min || values.length > max)
    throw new RangeError(`${at}: ${min} to ${max} entries, got ${values.length}`)
  if (new Set(values).size < values.length) throw new RangeError(`${at}: no two entries may be the same`)
}

export function checkedLink(value: string, at: string): string {
  if (!/^https?:\/\//i.test(value) || /[\s\\]/.test(value) || !URL.canParse(value))
    throw new RangeError(`${at}: must be an http or https URL`)
  return checked(value, at, Infinity)
}

export function checkedWhole(value: number, at: string, min: number, max: number): number {
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new RangeError(`${at}: a whole number from ${min} to ${max}`)
  return value
}
