const SHOWS = ['unread', 'waiting', 'open', 'mine', 'unassigned', 'opted_out'] as const
export type Show = (typeof SHOWS)[number]

/** What the list shows, as it stands in the address. No channels: all. */
export type InboxFilter = { channels: number[]; show: Show | undefined }

/** The filter of an address. Without a contact, the channel in the path is the only one. */
export function filterIn(params: URLSearchParams, pathChannel: string | undefined): InboxFilter {
  const named = (params.get('channels') ?? pathChannel ?? '').split(',')
  const show = SHOWS.find((one) => one === params.get('show'))
  return { channels: named.filter((id) => /^\d{1,15}$/.test(id)).map(Number), show }
}

/** The filter as the end of an address. */
export function searchOf({ channels, show }: InboxFilter): string {
  const params = new URLSearchParams()
  if (channels.length > 0) params.set('channels', channels.join(','))
  if (show) params.set('show', show)
  return params.size === 0 ? '' : `?${params.toString().replaceAll('%2C', ',')}`
}

/** The filter as the query of the API. `me`: the id of the signed-in user. */
export function queryOf({ channels, show }: InboxFilter, me: string | undefined): Record<string, string | number> {
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
