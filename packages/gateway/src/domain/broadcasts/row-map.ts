import { z } from 'zod'
import { problem, shorten, type FieldProblem } from '../fields/problem.ts'
import { text } from '../fields/schema.ts'

/*
 * How the columns of a recipients' file become messages: one source for each value of a message. A source is the name
 * of a column, or a constant.
 */

const column = text(1, 200, { description: 'The name of a column.' })
const source = z.union([
  column,
  z.strictObject({ column, default: text(0, 1024, { description: 'Where the cell is empty.' }).optional() }),
  z.strictObject({ value: text(0, 1024, { description: 'The same for every row.' }) }),
])

/** Keys with a point are the short form: `body.1`, `body.first_name`, `button.1`. */
export const rowMapSchema = z
  .object({
    to: source.optional().describe('Number or business-scoped id. Without it, a column such as "phone" is found.'),
    phone: source.optional().describe('The same as to.'),
    name: source.optional().describe('Name of the person, for reports and results only.'),
    template: source.optional().describe('Name of the template, when rows have different ones.'),
    language: source.optional().describe('Language of the template.'),
    callback_data: source.optional().describe('The biz_opaque_callback_data of the message.'),
    header: source.optional().describe('Text of the header; for a picture, video or document its link or media id.'),
    body: z
      .union([z.array(source).max(50), z.record(z.string().max(256), source)])
      .optional()
      .describe('Values of the body: a list in the order of {{1}}, {{2}}, or an object by the names of variables.'),
    buttons: z
      .array(source.nullable())
      .max(10)
      .optional()
      .describe('Values of the buttons in their order, null for a button without one.'),
  })
  .catchall(source)

/** As the schema lets it through. */
export type GivenMap = Readonly<Record<string, unknown>>
type Source = z.output<typeof source>

/** The value of one cell or constant of a row. */
export type Value = (cells: readonly string[]) => string

/** A map whose columns are found: places of cells instead of names. */
export type RowMap = {
  to: Value
  name?: Value
  template?: Value
  language?: Value
  callbackData?: Value
  header?: Value
  /** By the variable's name: `1`, `2`, or `first_name`. */
  body: ReadonlyMap<string, Value>
  /** By the button's place, counted from 0. */
  buttons: ReadonlyMap<number, Value>
  /** What people call the place of a value: `Name`, for problems. */
  columnOf: ReadonlyMap<string, string>
}

type Flat = Map<string, Source>

/** One entry for each value, in the short form. */
function flat(given: GivenMap): Flat {
  const entries: Flat = new Map()
  for (const [key, value] of Object.entries(given) as [string, unknown][]) {
    if (value === undefined || value === null) continue
    if (Array.isArray(value))
      value.forEach((one: Source | null, i) => {
        if (one !== null) entries.set(`${key === 'buttons' ? 'button' : key}.${i + 1}`, one)
      })
    else if (key === 'body' && typeof value === 'object')
      for (const [name, one] of Object.entries(value as Record<string, Source>)) entries.set(`body.${name}`, one)
    else entries.set(nameOf(key), value as Source)
  }
  return entries
}

const ALIASES: Record<string, string> = {
  phone: 'to',
  number: 'to',
  recipient: 'to',
  biz_opaque_callback_data: 'callback_data',
  lang: 'language',
}
const nameOf = (key: string): string =>
  ALIASES[key] ?? key.replace(/^buttons\./, 'button.').replace(/^header\.1$/, 'header')

const SINGLE = ['to', 'name', 'template', 'language', 'callback_data', 'header'] as const
const isKnown = (key: string): boolean =>
  (SINGLE as readonly string[]).includes(key) || /^body\.[\w-]{1,256}$/.test(key) || /^button\.([1-9]|10)$/.test(key)

/** How people head the column of numbers, in small letters without marks. */
const NUMBER_HEADINGS = new Set(
  `to phone phonenumber number tel telephone telephonenumber telefon telefono telefonnummer mobile mobilenumber mobil movil
   handy cell cellphone whatsapp whatsappnumber msisdn recipient wa celular gsm 电话 手机 手机号 电话号码 號碼 電話 手機`.split(
    /\s+/,
  ),
)
const NAME_HEADINGS = new Set('name fullname nombre nom 姓名 名字'.split(' '))

const folded = (name: string): string => name.toLowerCase().replace(/[\s_\-.:()#*]+/gu, '')

/** The columns that a map names. Rows of JSON have no common list of columns. */
export const columnsIn = (given: GivenMap): string[] =>
  [...flat(given).values()].flatMap((one) => (typeof one === 'string' ? [one] : 'column' in one ? [one.column] : []))

/** Finds the columns of a map. Without a map, columns with the names of the short form are taken. */
export function readMap(
  given: GivenMap | undefined,
  columns: readonly string[],
): { ok: true; map: RowMap } | { ok: false; problems: FieldProblem[] } {
  const entries = given === undefined ? new Map<string, Source>() : flat(given)
  if (given === undefined)
    for (const name of columns) if (isKnown(nameOf(name.trim()))) entries.set(nameOf(name.trim()), name)
  const problems: FieldProblem[] = []
  for (const key of [...entries.keys()])
    if (!isKnown(key)) {
      const says = `is not known here: use to, name, template, language, callback_data, header, body.1 or button.1`
      problems.push(problem(`map.${shorten(key)}`, 'unknownKey', says))
      entries.delete(key)
    }
  for (const [key, headings] of [
    ['to', NUMBER_HEADINGS],
    ['name', NAME_HEADINGS],
  ] as const) {
    if (entries.has(key)) continue
    const found =
      columns.find((name) => headings.has(folded(name))) ??
      (key === 'to' && columns.length === 1 ? columns[0] : undefined)
    if (found !== undefined) entries.set(key, found)
  }
  const has = `the file has ${columns
    .slice(0, 20)
    .map((name) => JSON.stringify(shorten(name)))
    .join(', ')}`
  if (!entries.has('to'))
    problems.push(problem('map.to', 'required', `is required: the column with the numbers; ${has}`))

  const values = new Map<string, Value>()
  const columnOf = new Map<string, string>()
  for (const [key, one] of entries) {
    const value = valueOf(one, columns)
    if (typeof value === 'string') problems.push(problem(`map.${key}`, 'exists', `${value}; ${has}`))
    else {
      values.set(key, value)
      if (typeof one === 'string' || 'column' in one) columnOf.set(key, typeof one === 'string' ? one : one.column)
    }
  }
  if (problems.length > 0) return { ok: false, problems }
  return { ok: true, map: { ...singles(values), body: parts(values, 'body.'), buttons: places(values), columnOf } }
}

/** A reader of the value, or what is wrong with the name of its column. */
function valueOf(one: Source, columns: readonly string[]): Value | string {
  if (typeof one !== 'string' && 'value' in one) return () => one.value
  const name = typeof one === 'string' ? one : one.column
  const instead = typeof one === 'string' ? '' : (one.default ?? '')
  const exact = columns.flatMap((known, i) => (known === name ? [i] : []))
  const places = exact.length > 0 ? exact : columns.flatMap((known, i) => (folded(known) === folded(name) ? [i] : []))
  if (places.length > 1) return `more than one column is called ${JSON.stringify(shorten(name))}`
  const place = places[0]
  if (place === undefined) return `there is no column ${JSON.stringify(shorten(name))}`
  return (cells) => {
    const cell = cells[place]?.trim() ?? ''
    return cell === '' ? instead : cell
  }
}

function singles(values: ReadonlyMap<string, Value>): Omit<RowMap, 'body' | 'buttons' | 'columnOf'> {
  const [name, template, language, callbackData, header] = (
    ['name', 'template', 'language', 'callback_data', 'header'] as const
  ).map((key) => values.get(key))
  return {
    to: values.get('to')!,
    ...(name && { name }),
    ...(template && { template }),
    ...(language && { language }),
    ...(callbackData && { callbackData }),
    ...(header && { header }),
  }
}

function parts(values: ReadonlyMap<string, Value>, prefix: string): Map<string, Value> {
  return new Map(
    [...values].flatMap(([key, value]) => (key.startsWith(prefix) ? [[key.slice(prefix.length), value] as const] : [])),
  )
}

const places = (values: ReadonlyMap<string, Value>): Map<number, Value> =>
  new Map([...parts(values, 'button.')].map(([place, value]) => [Number(place) - 1, value]))
