/** What differs from run to run, with the form that its value has. The first that fits is taken. */
const VARYING: readonly [name: string, form: string][] = [
  ['id', String.raw`wamid\.[A-Za-z0-9+/=_-]+|[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}`],
  ['time', String.raw`\d{4}-\d\d-\d\dT[\d:.]+(?:Z|[+-]\d\d:?\d\d)?|(?<![\d:])\d{1,2}:\d\d(?::\d\d)?(?![\d:])`],
  ['date', String.raw`\d{4}-\d\d-\d\d|(?<!\d)\d{1,2}[./]\d{1,2}[./]\d{4}(?!\d)`],
  ['number', String.raw`\d{6,}`],
]
const FORMS = new Map([...VARYING, ['any', '.*'] as const])
const ANY_VARYING = new RegExp(VARYING.map(([name, form]) => `(?<${name}>${form})`).join('|'), 'g')
const PLACEHOLDER = /\{(id|time|date|number|any)\}/

/** Replaces ids, times, dates and long numbers by `{id}`, `{time}`, `{date}`, `{number}`. */
export function generalise(text: string): string {
  return text.replace(ANY_VARYING, (...match) => {
    const groups = match.at(-1) as Record<string, string | undefined>
    return `{${Object.keys(groups).find((name) => groups[name] !== undefined)!}}`
  })
}

/** True when a line that a person saw is the recorded one. */
export function lineFits(recorded: string, seen: string): boolean {
  if (recorded === seen) return true
  const parts = recorded.split(new RegExp(PLACEHOLDER, 'g'))
  if (parts.length === 1) return false
  // The odd parts are the names of placeholders.
  const pattern = parts.map((part, i) => (i % 2 === 1 ? `(?:${FORMS.get(part)!})` : literal(part))).join('')
  return new RegExp(`^${pattern}$`, 's').test(seen)
}

/** True when every line is the recorded one. */
export function textFits(recorded: string, seen: string): boolean {
  const [wanted, got] = [linesIn(recorded), linesIn(seen)]
  return wanted.length === got.length && wanted.every((line, i) => lineFits(line, got[i]!))
}

const literal = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** The lines of a text, without empty ones at its end: YAML adds one. */
export function linesIn(text: string): string[] {
  const lines = text.split('\n')
  while (lines.length > 1 && lines.at(-1) === '') lines.pop()
  return lines
}
