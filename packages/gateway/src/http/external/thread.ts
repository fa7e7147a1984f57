import { z } from 'zod'
import { isNumber } from '../../domain/contacts/identity.ts'
import { across, fieldOf, matching, text } from '../../domain/fields/schema.ts'
import type { ThreadControl } from '../../flows/send/thread.ts'
import { validationError } from '../../platform/errors.ts'
import { contactNamed } from '../../store/contacts.ts'
import type { ContactIdentity, Store } from '../../store/store.ts'
import { route, type Route, UPSTREAM_FAILS } from '../route.ts'
import { seconds } from '../shapes.ts'
import { ownerShape } from './contact-shape.ts'

const roleOnlyWithPass = across((value, report) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return
  if (fieldOf(value, 'role') !== undefined && fieldOf(value, 'action') !== 'pass')
    report(['role'], { rule: 'exclusive', says: 'belongs to the action pass: who gets the conversation' })
})

const threadBody = roleOnlyWithPass(
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

/** A contact that is not known here may have a conversation at WhatsApp. */
async function contactFor(
  store: Store,
  channelId: number,
  to: string,
): Promise<{ contact: ContactIdentity; newest: number }> {
  const known = await contactNamed(store.sql, channelId, to)
  if (known) {
    const { phone, userId, parentId, username, name } = known
    const contact = {
      ...(phone !== undefined && { phone }),
      ...(userId !== undefined && { userId }),
      ...(parentId !== undefined && { parentId }),
      ...(username !== undefined && { username }),
      ...(name !== undefined && { name }),
    }
    return { contact, newest: Math.max(known.lastInboundAt ?? 0, known.state.owner?.at ?? 0) }
  }
  const digits = to.replace(/\D/g, '')
  if (isNumber(to) && /^[1-9]\d{6,14}$/.test(digits)) return { contact: { phone: digits }, newest: 0 }
  if (/^[A-Z]{2}\.ENT\.[A-Za-z0-9]{1,128}$/.test(to)) return { contact: { parentId: to }, newest: 0 }
  if (/^[A-Z]{2}\.[A-Za-z0-9]{1,128}$/.test(to)) return { contact: { userId: to }, newest: 0 }
  throw validationError([
    { path: 'to', rule: 'pattern', message: 'must be a number with its country code, or a business-scoped user id' },
  ])
}
