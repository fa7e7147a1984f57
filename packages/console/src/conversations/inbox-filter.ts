const SHOWS = ['unread', 'waiting', 'open', 'mine', 'unassigned', 'opted_out'] as const
export type Show = (typeof SHOWS)[number]

/** What the list shows, as it stands in the address. No channels: all. */
export type InboxFilter = { channels: number[]; show: Show | undefined; words: string }

/** The filter of an address. Without a contact, the channel in the path is the only one. */
export function filterIn(params: URLSearchParams, pathChannel: string | undefined): InboxFilter {
  const named = (params.get('channels') ?? pathChannel ?? '').split(',')
  const show = SHOWS.find((one) => one === params.get('show'))
  const words = (params.get('q') ?? '').slice(0, 100)
  return { channels: named.filter((id) => /^\d{1,15}$/.test(id)).map(Number), show, words }
}

/** The filter as the end of an address. */
export function searchOf({ channels, show, words }: InboxFilter, at?: string): string {
  const params = new URLSearchParams()
  if (channels.length > 0) params.set('channels', channels.join(','))
  if (show) params.set('show', show)
  if (words !== '') params.set('q', words)
  if (at !== undefined) params.set('at', at)
  return params.size === 0 ? '' : `?${params.toString().replaceAll('%2C', ',')}`
}

/** The filter as the query of the API. `me`: the id of the signed-in user. */
export function queryOf(
  { channels, show }: Pick<InboxFilter, 'channels' | 'show'>,
  me: string | undefined,
): Record<string, string | number> {
  return {
    ...(channels.length === 1 && { channel_id: channels[0]! }),
    ...(channels.length > 1 && { channels: channels.join(',') }),
    ...(show === 'unread' && { unread: 'true' }),
    ...(show === 'waiting' && { waiting: 'true' }),
    ...(show === 'open' && { window: 'open' }),
    ...(show === 'mine' && me !== undefined && { assignee: me }),
    ...(show === 'unassigned' && { assignee: 'none' }),
    ...(show === 'opted_out' && { opted_out: 'true' }),
  }
}

/** The message in an address at which a thread is opened. */
export const placeIn = (params: URLSearchParams): string | undefined =>
  /^msg_[0-9A-Z]{26}$/.exec(params.get('at') ?? '')?.[0]

/** Whether a text is long enough to look for it in messages: one letter of the Latin alphabet is in all of them. */
export const isSearchable = (words: string): boolean => words.length > 1 || /[^\u0000-\u02ff]/.test(words)
