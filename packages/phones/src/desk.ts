/** What a phone shows: its list of chats, or one chat with a business number, or a group of that number. */
export type Place = 'list' | { business: string; group: string | null }

/** A phone on the page. Without a place it opens the chat that was used last. */
export type OnDesk = { number: string; place?: Place }

const MOST_PHONES = 8
const NOBODY = 'none'

/** Reads the part of the address behind `#`, such as `85268411234=302702419599374&16505551234=list`. */
export function readDesk(hash: string): OnDesk[] | null {
  const text = hash.replace(/^#/, '')
  if (text === NOBODY) return []
  const desk: OnDesk[] = []
  for (const [number, value] of new URLSearchParams(text)) {
    if (!/^\d{7,20}$/.test(number) || desk.some((one) => one.number === number)) continue
    const place = placeOf(value)
    desk.push({ number, ...(place && { place }) })
  }
  return desk.length === 0 ? null : desk.slice(0, MOST_PHONES)
}

function placeOf(value: string): Place | undefined {
  if (value === 'list') return 'list'
  const [business = '', ...group] = value.split('/')
  return /^\d+$/.test(business) ? { business, group: group.join('/') || null } : undefined
}

export function writeDesk(desk: readonly OnDesk[]): string {
  if (desk.length === 0) return NOBODY
  return desk.map(({ number, place }) => `${number}=${place === undefined ? '' : wordOf(place)}`).join('&')
}

const wordOf = (place: Place): string =>
  place === 'list' ? 'list' : `${place.business}${place.group === null ? '' : `/${encodeURIComponent(place.group)}`}`
