import type { Channel } from '../../domain/channels/channel.ts'
import type { CloudApi } from '../../platform/cloud-api/client.ts'
import { repeatable } from './to-gateway-error.ts'

/** Marks a message and all earlier ones as read. Safe to repeat. */
export type MarkRead = (channel: Channel, wamid: string, typing: boolean) => Promise<void>

export function createMarkRead(cloudApi: CloudApi): MarkRead {
  return async (channel, wamid, typing) => {
    // A read receipt whose answer was lost can be sent again, so its outcome is never "unknown".
    await repeatable(() => cloudApi.markRead(channel.phoneNumberId, channel.accessToken, wamid, { typing }))
  }
}
