import { componentsOf } from '../../../gateway/src/domain/broadcasts/components.ts'
import type { TemplateComponent } from '../../../gateway/src/domain/messages/message.ts'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import type { Shown } from '../../../ui/src/shown.ts'
import { wishesOf, type Wish } from '../compose/template-wishes.ts'
import type { RowMap, Source } from './types.ts'

/** A value of the message that comes from the file. */
export type Place = { key: string; wish: Wish | undefined; optional: boolean }

/** The key of a map for an input of a template; undefined for what a file cannot give. */
function keyOf({ key, kind, of }: Wish): string | undefined {
  if (kind !== 'text' && kind !== 'media') return undefined
  if (of === 'header')
    return /^header\.(latitude|longitude|name|address|catalog|product)$/.test(key) ? undefined : 'header'
  if (of === 'body') return key
  const place = /^button\.(\d+)$/.exec(key)?.[1]
  return place === undefined ? undefined : `button.${Number(place) + 1}`
}

/** Whether a file can fill the template. */
export const isFillable = (entry: CatalogEntry): boolean =>
  wishesOf(entry).every((wish) => wish.optional === true || keyOf(wish) !== undefined)

export function placesOf(entry: CatalogEntry): Place[] {
  const wanted = wishesOf(entry).flatMap((wish) => {
    const key = wish.optional === true ? undefined : keyOf(wish)
    return key === undefined ? [] : [{ key, wish, optional: false }]
  })
  return [{ key: 'to', wish: undefined, optional: false }, { key: 'name', wish: undefined, optional: true }, ...wanted]
}

const NUMBER_WORDS = `phone mobil movil tel cell handy whatsapp msisdn number gsm 电话 手机 號碼 電話`.split(' ')
const isNumber = (column: string): boolean =>
  ['to', 'wa', 'recipient'].includes(column) || NUMBER_WORDS.some((one) => column.includes(one))
const NAME = /^(name|fullname|firstname|nombre|nom|vorname|姓名|名字)$/
const folded = (name: string): string => name.toLowerCase().replace(/[\s_.:()#*-]+/gu, '')

/** A first guess: columns that are called as what they are for. */
export function guessed(places: readonly Place[], columns: readonly string[]): RowMap {
  const map: RowMap = {}
  for (const { key } of places) {
    const names = [key, key.replace(/^body\./, '')].map(folded)
    const found =
      columns.find((column) => names.includes(folded(column))) ??
      (key === 'to' ? columns.find((column) => isNumber(folded(column))) : undefined) ??
      (key === 'name' ? columns.find((column) => NAME.test(folded(column))) : undefined) ??
      (key === 'to' && columns.length === 1 ? columns[0] : undefined)
    if (found !== undefined) map[key] = found
  }
  return map
}

export const isFilled = (source: Source | undefined): boolean =>
  source !== undefined && (typeof source === 'string' || !('value' in source) || source.value !== '')

/** The template with the names of the columns where their values will stand. */
export function sketchOf(entry: CatalogEntry, map: RowMap): Shown {
  const body = new Map<string, string>()
  const buttons = new Map<number, string>()
  let header: string | undefined
  for (const [key, source] of Object.entries(map)) {
    const text = typeof source === 'string' ? `‹${source}›` : 'value' in source ? source.value : `‹${source.column}›`
    if (text === '') continue
    if (key === 'header') header = text
    else if (key.startsWith('body.')) body.set(key.slice(5), text)
    else if (key.startsWith('button.')) buttons.set(Number(key.slice(7)) - 1, text)
  }
  return shownOfEntry(entry, componentsOf(entry, { header, body, buttons }) as TemplateComponent[])
}
