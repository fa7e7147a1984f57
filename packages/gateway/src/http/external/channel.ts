import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { shownState, shownStateShape } from '../../domain/channels/shown-state.ts'
import { route, type Route } from '../route.ts'

export function ownChannelRoutes({ clock }: { clock: Clock }): Route[] {
  return [
    route({
      method: 'GET',
      path: '/external/channel',
      tag: 'channels',
      summary: 'The channel of this certification code, and the present state of its number',
      description:
        'The state is what WhatsApp told of the number and its account: quality, limits, reviews, restrictions, alerts. Each part has its value, the time since which it holds, and the reason.',
      auth: 'code',
      data: z.object({
        channel_id: z.int(),
        name: z.string(),
        business_phone: z.string(),
        phone_number_id: z.string(),
        messages_per_second: z.int(),
        state: shownStateShape,
      }),
      handle: async ({ channel }) => ({
        channel_id: channel.id,
        name: channel.name,
        business_phone: channel.businessPhone,
        phone_number_id: channel.phoneNumberId,
        messages_per_second: channel.messagesPerSecond,
        state: shownState(channel, clock.now()),
      }),
    }),
  ]
}
