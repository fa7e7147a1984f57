import { Checker, at, isObject, lengthOf, type Json } from './checker.ts'
import { invalid } from './graph-error.ts'

/** True when the sending number may use the media id. */
export type MediaKnown = (id: string) => boolean

const MEDIA_KEYS: Record<string, readonly string[]> = {
  image: ['id', 'link', 'caption'],
  video: ['id', 'link', 'caption'],
  audio: ['id', 'link', 'voice'],
  document: ['id', 'link', 'caption', 'filename'],
  sticker: ['id', 'link'],
}

/** Media by id or link: exactly one of the two. `keys` lists the other keys that are allowed. */
export function checkMedia(
  check: Checker,
  media: Json,
  path: string,
  known: MediaKnown,
  keys: readonly string[] = ['id', 'link'],
): void {
  check.onlyKeys(media, keys, path)
  const id = check.optionalString(media, 'id', path)
  const link = check.optionalString(media, 'link', path)
  if (id === undefined && link === undefined)
    throw invalid(`The parameter ${at(path, 'id')} or ${at(path, 'link')} is required.`)
  if (id !== undefined && link !== undefined) {
    throw invalid(`Only one of the parameters ${at(path, 'id')} and ${at(path, 'link')} is allowed.`)
  }
  if (link !== undefined) check.uri(link, at(path, 'link'))
  if (id !== undefined && !known(id)) {
    throw invalid(`Param ${at(path, 'id')} is not a valid whatsapp business account media attachment ID`)
  }
  check.optionalString(media, 'caption', path, 1024)
  check.optionalString(media, 'filename', path, 240)
  check.optionalBoolean(media, 'voice', path)
}

const CONTACT_KEYS = ['name', 'phones', 'emails', 'addresses', 'org', 'urls', 'birthday']
const CONTACT_LISTS: Record<string, readonly string[]> = {
  phones: ['phone', 'type', 'wa_id'],
  emails: ['email', 'type'],
  addresses: ['street', 'city', 'state', 'zip', 'country', 'country_code', 'type'],
  urls: ['url', 'type'],
}
const NAME_KEYS = ['formatted_name', 'first_name', 'last_name', 'middle_name', 'suffix', 'prefix']

function checkContacts(check: Checker, body: Json): void {
  const contacts = check.objects(body, 'contacts', '')
  check.value(contacts.length >= 1 && contacts.length <= 257, 'Invalid contacts count. Min: 1, Max: 257')
  contacts.forEach((contact, i) => {
    const path = at('contacts', i)
    check.onlyKeys(contact, CONTACT_KEYS, path)
    const name = check.object(contact, 'name', path)
    check.onlyKeys(name, NAME_KEYS, at(path, 'name'))
    check.string(name, 'formatted_name', at(path, 'name'))
    for (const [list, keys] of Object.entries(CONTACT_LISTS)) {
      if (contact[list] === undefined) continue
      check.objects(contact, list, path).forEach((entry, j) => check.onlyKeys(entry, keys, at(at(path, list), j)))
    }
    const org = check.optionalObject(contact, 'org', path)
    if (org) check.onlyKeys(org, ['company', 'department', 'title'], at(path, 'org'))
    const birthday = check.optionalString(contact, 'birthday', path)
    check.value(birthday === undefined || /^\d{4}-\d{2}-\d{2}$/.test(birthday), 'Birthday must be YYYY-MM-DD')
  })
}

/** Both coordinates, as text or numbers, and the optional name and address of the place. */
export function checkLocation(check: Checker, location: Json, path: string): void {
  check.onlyKeys(location, ['latitude', 'longitude', 'name', 'address'], path)
  checkCoordinate(check, location, path, 'latitude', 90)
  checkCoordinate(check, location, path, 'longitude', 180)
  check.optionalString(location, 'name', path)
  check.optionalString(location, 'address', path)
}

function checkCoordinate(
  check: Checker,
  location: Json,
  path: string,
  key: 'latitude' | 'longitude',
  limit: number,
): void {
  const value = location[key]
  if (value === undefined || value === null || value === '')
    throw invalid(`The parameter ${at(path, key)} is required.`)
  if (typeof value !== 'string' && typeof value !== 'number') throw invalid(`Param ${at(path, key)} must be a number.`)
  check.value(
    (typeof value === 'number' || value.trim() !== '') &&
      Number.isFinite(Number(value)) &&
      Math.abs(Number(value)) <= limit,
    `${key} must be between -${limit} and ${limit}`,
  )
}

/** The six kinds without buttons or parameters, and media. `body` is the whole send. */
export function checkContent(check: Checker, type: string, body: Json, known: MediaKnown): void {
  if (type === 'contacts') return checkContacts(check, body)
  const content = check.object(body, type, '')
  switch (type) {
    case 'text':
      check.onlyKeys(content, ['body', 'preview_url'], 'text')
      check.string(content, 'body', 'text', 4096)
      return check.optionalBoolean(content, 'preview_url', 'text')
    case 'location':
      return checkLocation(check, content, 'location')
    case 'reaction': {
      check.onlyKeys(content, ['message_id', 'emoji'], 'reaction')
      check.string(content, 'message_id', 'reaction')
      const emoji = content['emoji']
      // An empty string removes a reaction.
      if (typeof emoji !== 'string') throw invalid("The parameter reaction['emoji'] is required.")
      check.value(emoji === '' || isOneEmoji(emoji), 'Reaction must be one emoji')
      check.value(!isObject(body['context']), 'A reaction cannot be a reply')
      return
    }
    default:
      checkMedia(check, content, type, known, MEDIA_KEYS[type])
  }
}

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' })
function isOneEmoji(text: string): boolean {
  if (lengthOf(text) > 12) return false
  const [first, second] = graphemes.segment(text)
  return (
    first !== undefined &&
    second === undefined &&
    /\p{Extended_Pictographic}|\p{Regional_Indicator}|[#*0-9]\uFE0F?\u20E3/u.test(text)
  )
}
