type Cell = string | number | boolean | null | undefined

/**
 * Rows as columns: one array for each field, for `unnest`. Written directly in PostgreSQL's text form, which takes half
 * the CPU of the driver's conversion.
 */
export function columns<T>(rows: Iterable<T>, ...fields: readonly ((row: T) => Cell)[]): string[] {
  const texts = fields.map(() => '{')
  let first = true
  for (const row of rows) {
    for (let i = 0; i < fields.length; i++) texts[i] += `${first ? '' : ','}${cell(fields[i]!(row))}`
    first = false
  }
  return texts.map((text) => `${text}}`)
}

function cell(value: Cell): string {
  if (value === undefined || value === null) return 'null'
  return typeof value === 'string' ? quoted(value) : String(value)
}

const CONTROL = /[\u0000-\u001f]/

/** PostgreSQL cannot store NUL in text. Half a surrogate pair becomes a replacement character. */
function quoted(value: string): string {
  // For all other text, JSON has the escapes of an array's element and is written many times faster.
  if (!CONTROL.test(value) && value.isWellFormed()) return JSON.stringify(value)
  return `"${value.replaceAll('\0', '\ufffd').replace(/["\\]/g, '\\$&')}"`
}
