import type { z } from 'zod'
import type { Channel } from './channel.ts'
import { coexistenceShape, publicCoexistence } from './coexistence.ts'
import { publicState, stateShape } from './state.ts'

/** The state of a channel as the API shows it. */
export const shownStateShape = stateShape
  .extend({
    coexistence: coexistenceShape
      .nullable()
      .describe('For a number that the business also uses in the WhatsApp Business app: what was synced from there.'),
  })
  .meta({ id: 'ChannelState' })

export const shownState = (
  channel: Pick<Channel, 'state' | 'createdAt'>,
  now: number,
): z.infer<typeof shownStateShape> => ({
  ...publicState(channel.state, now),
  coexistence: publicCoexistence(channel, now),
})
