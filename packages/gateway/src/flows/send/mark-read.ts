import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { repeatable } from './to-gateway-error.ts'

/** Shows the person that their message, and all before it, was read. May be repeated without harm. */
export type MarkRead = (channel: Channel, wamid: string, typing: boolean) => Promise<void>

export function createMarkRead(cloudApi: CloudApi): MarkRead {
  return async (channel, wamid, typing) => {
    // A read receipt that may or may not have arrived can simply be sent again, so it is never "unknown".
    await repeatable(() => cloudApi.markRead(channel.phoneNumberId, channel.accessToken, wamid, { typing }))
  }
}
