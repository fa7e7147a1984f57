import { z } from 'zod'
import { across, fieldOf, matching, text } from '../../domain/fields/schema.ts'
import type { ThreadControl } from '../../flows/send/thread.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'
import { seconds } from '../shapes.ts'
import { contactFor } from './contact-for.ts'
import { ownerShape } from './contact-shape.ts'

const roleOnlyWithPass = across((value, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  if (fieldOf(value, 'role') !== undefined && fieldOf(value, 'action') !== 'pass')
    report(['role'], { rule: 'exclusive', says: 'belongs to the action pass: who gets the conversation' })
})

export const threadBody = roleOnlyWithPass(
  z.strictObject({
    action: z
      .enum(['take', 'pass', 'release'])
      .describe(
        'take: we answer from now on; only for the escalation partner. pass: another program answers. release: nobody, until the contact writes again.',
      ),
    role: matching(/^[a-z][a-z_]{1,63}$/, 'must be a role of WhatsApp, such as ai_agent', {
      description:
        'With pass: who gets the conversation: ai_agent, ctwa, customer_service, escalation, marketing or utility. Default: the escalation partner.',
    }).optional(),
    metadata: text(0, 2000, { description: 'Words for the new owner. Its handover webhook has them.' }).optional(),
  }),
)

export function threadRoutes({ store, control }: { store: Store; control: ThreadControl }): Route[] {
  return [
    route({
      method: 'POST',
      path: '/external/contacts/{to}/thread',
      tag: 'contacts',
      summary: 'Take a conversation, pass it on, or give it up',
      description:
        'For numbers with several programs that answer. Postern asks WhatsApp, keeps the new owner, and sends the event conversation_owner. Safe to repeat.',
      auth: 'code',
      body: threadBody,
      data: ownerShape.extend({ request_id: z.string().nullable().describe('WhatsApp’s id of the change.') }),
      fails: ['validation_failed', ...UPSTREAM_FAILS],
      async handle({ channel, params, body }) {
        const { contact, newest } = await contactFor(store, channel.id, params.to!)
        const { owner, requestId } = await control(channel, contact, newest, body)
        return { owner: owner.owner, role: owner.role, since: seconds(owner.since), request_id: requestId ?? null }
      },
    }),
  ]
}
