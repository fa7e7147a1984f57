import type { Channel } from '../channels/channel.ts'
import type { CloudApi } from '../cloud-api/client.ts'
import { tellUpstream } from './tell.ts'
import { outcomeOf } from './outcome.ts'

/** Shows the person that their message, and all before it, was read. May be repeated without harm. */
export type MarkRead = (channel: Channel, wamid: string, typing: boolean) => Promise<void>

export function createMarkRead(cloudApi: CloudApi): MarkRead {
  return async (channel, wamid, typing) => {
    try {
      await cloudApi.markRead(channel.phoneNumberId, channel.accessToken, wamid, { typing })
    } catch (error) {
      const outcome = outcomeOf(error)
      // A read receipt that may or may not have arrived can simply be sent again, so it is never "unknown".
      throw tellUpstream(outcome.kind === 'unknown' ? { ...outcome, kind: 'unavailable' } : outcome)
    }
  }
}
