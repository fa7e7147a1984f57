import { isRecord } from '../../platform/is-record.ts'
import type { FieldProblem } from '../fields/problem.ts'
import { bodyFor } from '../messages/broadcast-message.ts'
import type { OutgoingMessage, TemplateComponent } from '../messages/message.ts'
import { parseMessage } from '../messages/parse.ts'
import type { CatalogEntry } from '../templates/catalog-entry.ts'
import { checkTemplate } from '../templates/check-template.ts'
import { chooseTemplate, refuseChoice } from '../templates/choose-template.ts'
import { componentsOf, type RowValues } from './components.ts'
import { readNumber } from './number.ts'
import type { RowMap } from './row-map.ts'

type Body = Record<string, unknown>

/** One row, read: whom it is for, and what is theirs alone. */
export type Row = {
  contact: { to: string } | { recipient: string }
  name: string | null
  template?: string | undefined
  language?: string | undefined
  callbackData?: string | undefined
  /** Values for the template, or its components as the API takes them. */
  values?: RowValues
  components?: unknown
}

export type RowReason = 'row_unreadable' | 'number_missing' | 'number_invalid' | 'template' | 'values'
export type BadRow = { ok: false; recipient: string; reason: RowReason; message: string }
export type GoodRow = {
  ok: true
  contact: string
  name: string | null
  /** What is stored with the recipient, JSON. */
  own: string | null
  message: OutgoingMessage
  entry: CatalogEntry | undefined
  /** The template that goes out where the window is closed. */
  instead?: CatalogEntry
  components: readonly TemplateComponent[]
}

const bad = (recipient: string, reason: RowReason, message: string): BadRow => ({
  ok: false,
  recipient: recipient.slice(0, 60),
  reason,
  message: message.slice(0, 500),
})

/** Reads the cells of a row of a table. */
export function readCells(map: RowMap, cells: readonly string[]): Row | BadRow {
  const cell = map.to(cells)
  const contact = readNumber(cell)
  if ('problem' in contact) return wrongNumber(cell, contact.problem, map.columnOf.get('to'))
  const body = new Map<string, string>()
  for (const [name, value] of map.body) body.set(name, value(cells))
  const buttons = new Map<number, string>()
  for (const [place, value] of map.buttons) {
    const text = value(cells)
    if (text !== '') buttons.set(place, text)
  }
  return {
    contact,
    name: map.name?.(cells).slice(0, 200) || null,
    template: map.template?.(cells) || undefined,
    language: map.language?.(cells) || undefined,
    callbackData: map.callbackData?.(cells) || undefined,
    values: { header: map.header?.(cells) || undefined, body, buttons },
  }
}

const OBJECT_KEYS = ['to', 'recipient', 'name', 'template', 'language', 'components', 'biz_opaque_callback_data']

/** Reads a recipient in the form of the API: `{to | recipient, name?, template?, language?, components?, …}`. */
export function readObject(given: Body): Row | BadRow {
  const unknown = Object.keys(given).find((key) => !OBJECT_KEYS.includes(key))
  const written = given.to ?? given.recipient
  const cell = typeof written === 'number' ? String(written) : written
  if (unknown !== undefined)
    return bad(
      String(typeof cell === 'string' ? cell : ''),
      'row_unreadable',
      `${unknown.slice(0, 60)} is not known here: give a map, or use ${OBJECT_KEYS.join(', ')}`,
    )
  if (typeof cell !== 'string') return bad('', 'number_missing', 'to is required: country code and number')
  const contact = readNumber(cell)
  if ('problem' in contact) return wrongNumber(cell, contact.problem, 'to')
  const template = isRecord(given.template) ? given.template : { name: given.template }
  const language = given.language ?? template.language
  return {
    contact,
    name: textOf(given.name)?.slice(0, 200) ?? null,
    template: textOf(template.name),
    language: textOf(isRecord(language) ? language.code : language),
    callbackData: textOf(given.biz_opaque_callback_data),
    ...((given.components ?? template.components) !== undefined && {
      components: given.components ?? template.components,
    }),
  }
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined)

function wrongNumber(cell: string, problem: string, column: string | undefined): BadRow {
  const where = column === undefined ? '' : `column ${JSON.stringify(column)}: `
  if (cell.trim() === '') return bad('', 'number_missing', `${where}is empty`)
  return bad(cell, 'number_invalid', `${where}${problem}`)
}

/** The message of a broadcast, and what is needed to judge its rows. */
export type Ground = {
  message: Body
  defaultLanguage: string | null
  /** The translations of a template. Undefined when they have not been looked up. */
  entriesOf: (name: string) => readonly CatalogEntry[] | undefined
  columnOf?: ReadonlyMap<string, string>
}

/** The templates that a row may be sent as. */
export function templatesOf({ message }: Pick<Ground, 'message'>, row: Pick<Row, 'template'>): string[] {
  const name = templateOf(message, row)
  const fallback = isRecord(message.fallback) && isRecord(message.fallback.template) ? message.fallback.template : {}
  return [name, textOf(fallback.name)].filter((one) => one !== undefined)
}

function templateOf(message: Body, row: Pick<Row, 'template'>): string | undefined {
  if (message.type !== 'template' || !isRecord(message.template)) return undefined
  return row.template ?? textOf(message.template.name)
}

/** Judges a row as the send will: by the schema of a message, and by the template. */
export function judgeRow(ground: Ground, row: Row): GoodRow | BadRow {
  const { message } = ground
  const contact = 'to' in row.contact ? row.contact.to : row.contact.recipient
  const common = isRecord(message.template) ? message.template : {}
  const name = templateOf(message, row)
  let entry: CatalogEntry | undefined
  if (name === undefined) {
    if (row.template !== undefined || (row.values && isFilled(row.values)) || row.components !== undefined)
      return bad(contact, 'template', 'has a template or its values, but the message of the broadcast is no template')
  } else {
    const language = row.language ?? (name === common.name ? languageOf(common) : undefined)
    const found = chosen(ground, name, language)
    if (typeof found === 'string') return bad(contact, 'template', found)
    entry = found
  }
  const own = ownOf(row, common, entry)
  const parsed = parseMessage(bodyFor(message, contact, own ?? null))
  const sent = parsed.ok && parsed.message.type === 'template' ? parsed.message.template : undefined
  const components = (own?.components ?? common.components ?? []) as readonly Body[]
  if (!parsed.ok) return bad(contact, 'values', words(parsed.problems, components, ground.columnOf))
  if (entry && sent) {
    const checked = checkTemplate(entry, sent, parsed.message)
    if (!checked.ok) return bad(contact, 'values', words(checked.fields, components, ground.columnOf))
  }
  const fallback = parsed.message.fallback
  const instead = fallback && chosen(ground, fallback.name, fallback.language)
  if (typeof instead === 'string') return bad(contact, 'template', `fallback: ${instead}`)
  return {
    ok: true,
    contact,
    name: row.name,
    own: own === undefined ? null : JSON.stringify(own),
    message: parsed.message,
    entry,
    ...(instead && { instead }),
    components: sent?.components ?? [],
  }
}

/** The translation that goes out, or why none does. */
function chosen(ground: Ground, name: string, language: string | undefined): CatalogEntry | string {
  const wanted = { name, language, defaultLanguage: ground.defaultLanguage ?? undefined }
  const choice = chooseTemplate(ground.entriesOf(name) ?? [], wanted)
  return choice.kind === 'found' ? choice.entry : refuseChoice(choice, wanted)!.fields[0]!.message
}

const isFilled = ({ header, body, buttons }: RowValues): boolean =>
  header !== undefined || buttons.size > 0 || [...body.values()].some((value) => value !== '')

const languageOf = ({ language }: Body): string | undefined => textOf(isRecord(language) ? language.code : language)

/** What the row has beside the message of the broadcast. */
function ownOf(row: Row, common: Body, entry: CatalogEntry | undefined): Body | undefined {
  const own: Body = {}
  const isOther = row.template !== undefined && row.template !== common.name
  if (isOther || row.language !== undefined)
    own.template = {
      ...(isOther && { name: row.template }),
      ...(row.language !== undefined && { language: row.language }),
    }
  if (row.components !== undefined) own.components = row.components
  else if (row.values && entry) {
    const shared = isOther || !Array.isArray(common.components) ? [] : (common.components as unknown[])
    const components = componentsOf(entry, row.values, shared)
    if (components.length > 0) own.components = components
  }
  if (row.callbackData !== undefined) own.biz_opaque_callback_data = row.callbackData
  return Object.keys(own).length > 0 ? own : undefined
}

/** Problems in the words of the file: the column and the place, not the path in the body. */
function words(
  problems: readonly FieldProblem[],
  components: readonly Body[],
  columnOf: ReadonlyMap<string, string> | undefined,
): string {
  return problems
    .slice(0, 3)
    .map(({ path, message }) => {
      const place = placeOf(path, components)
      const column = place && columnOf?.get(place.key)
      return `${column === undefined ? '' : `column ${JSON.stringify(column)}, `}${place?.words ?? path}: ${message}`
    })
    .join('; ')
}

function placeOf(path: string, components: readonly Body[]): { key: string; words: string } | undefined {
  const found = /^(?:template\.)?components(?:\.(\d+))?(?:\.parameters\.(\d+))?/.exec(path)
  const component = found?.[1] === undefined ? undefined : components[Number(found[1])]
  if (!isRecord(component)) return found ? { key: '', words: 'the template' } : undefined
  const type = String(component.type).toLowerCase()
  if (type === 'button') {
    const place = Number(component.index) + 1
    return { key: `button.${place}`, words: `button ${place}` }
  }
  if (type !== 'body') return { key: type, words: `the ${type}` }
  if (found?.[2] === undefined) return { key: '', words: 'the body' }
  const parameter = Array.isArray(component.parameters)
    ? (component.parameters[Number(found[2])] as unknown)
    : undefined
  const named = isRecord(parameter) ? textOf(parameter.parameter_name) : undefined
  const name = named ?? String(Number(found[2]) + 1)
  return { key: `body.${name}`, words: `{{${name}}} of the body` }
}
