/** Names of this length or shorter (HOST, PORT) are close to many foreign names, such as HOME: one edit is allowed there. */
const SHORT = 5

export type Misspelled = { variable: string; setting: string }

/** Variables that are no setting, but are one or two typing errors away from the name of one. */
export function misspelledSettings(variables: readonly string[], settings: readonly string[]): Misspelled[] {
  const known = new Set(settings)
  return variables
    .filter((variable) => !known.has(variable))
    .flatMap((variable) => {
      const [nearest] = settings
        .map((setting) => ({ setting, edits: editsBetween(variable, setting) }))
        .filter(({ setting, edits }) => edits <= (setting.length <= SHORT ? 1 : 2))
        .sort((a, b) => a.edits - b.edits)
      return nearest === undefined ? [] : [{ variable, setting: nearest.setting }]
    })
    .sort((a, b) => (a.variable < b.variable ? -1 : 1))
}

const TOO_MANY = 3

/** Inserted, removed or changed letters, and swapped neighbours, up to `TOO_MANY`. */
function editsBetween(a: string, b: string): number {
  if (Math.abs(a.length - b.length) >= TOO_MANY) return TOO_MANY
  let before: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, j) => j)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1]
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      row[j] = Math.min(
        last[j]! + 1,
        row[j - 1]! + 1,
        last[j - 1]! + (same ? 0 : 1),
        swapped ? before[j - 2]! + 1 : TOO_MANY,
      )
    }
    before = last
    last = row
  }
  return Math.min(last[b.length]!, TOO_MANY)
}
