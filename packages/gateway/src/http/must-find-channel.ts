import type { Channel } from '../domain/channels/channel.ts'
import { GatewayError } from '../platform/errors.ts'

/** Returns the channel with this id, or throws `resource_not_found`. */
export function mustFindChannel(channelById: (id: number) => Channel | undefined, id: string): Channel {
  const channel = /^\d{1,15}$/.test(id) ? channelById(Number(id)) : undefined
  if (!channel) throw new GatewayError('resource_not_found', { what: 'channel', id: id.slice(0, 40) })
  return channel
}
