import { z } from 'zod'
import { contactMonths } from '../../domain/costs/contact-costs.ts'
import { timeOfMessageId } from '../../platform/ids.ts'
import type { RateCard } from '../../platform/rates/rate-card.ts'
import { pricedSums } from '../../store/contact-costs.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { seconds } from '../shapes.ts'
import { mustFindContact } from './conversation-shape.ts'

const month = z.object({
  month: z.string().describe('Of UTC, as 2026-10.'),
  category: z.string().describe('WhatsApp’s category of the price.'),
  messages: z.int().describe('All messages whose status had a price.'),
  billable: z.int().describe('Charged messages: WhatsApp’s type regular.'),
  free: z.int().describe('Messages with a price of another type.'),
  amount: z.string().optional().describe('To the cent, before volume discounts; only with RATE_CARD_FILE.'),
  amount_micros: z.int().optional().describe('The exact amount in millionths.'),
  unpriced: z.int().optional().describe('Messages without a price on the card. They are not in the amount.'),
})

export function contactCostRoutes({
  store: { sql },
  rateCard,
}: {
  store: Store
  rateCard: RateCard | undefined
}): Route[] {
  return [
    route({
      method: 'GET',
      path: '/admin/conversations/{channel_id}/{contact_id}/costs',
      tag: 'overview',
      summary: 'What WhatsApp charged for the messages to a contact, by month and category',
      description:
        'From the prices in the statuses of the messages that the store still has. Counts a message on the day of its delivery, as GET /admin/costs does.',
      auth: 'admin',
      right: 'read',
      data: z.object({
        currency: z.string().nullable().describe('Null without RATE_CARD_FILE: then there are counts only.'),
        since: z
          .int()
          .nullable()
          .describe(
            'Unix seconds: of a very long conversation, the newest 100,000 messages are counted, from here on.',
          ),
        months: z.array(month),
      }),
      async handle({ channel, params }) {
        const { id } = await mustFindContact(sql, channel, params.contact_id!)
        const { sums, since } = await pricedSums(sql, channel.id, Number(id))
        return {
          currency: rateCard?.currency ?? null,
          since: since === undefined ? null : seconds(timeOfMessageId(since)),
          months: contactMonths(sums, rateCard),
        }
      },
    }),
  ]
}
