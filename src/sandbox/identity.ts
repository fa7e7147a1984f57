import type { WebhookValue } from '../cloud-api/wire.ts'
import { accountOf, contactOf, seconds, tell, userIdOf, valueOf, webhookContact, type Cloud } from './cloud.ts'
import { inboundWamid } from './identifiers.ts'
import { writeSystem } from './inbound.ts'
import type { BusinessNumber, Contact } from './world.ts'

/** Told to the business; resolves when the webhook was answered. */
function announce(
  cloud: Cloud,
  number: BusinessNumber,
  field: string,
  value: WebhookValue,
  key: string,
): Promise<void> {
  return new Promise((resolve) => {
    tell(cloud, accountOf(cloud, number), number, field, value, key, { onAnswered: resolve })
  })
}

/** A person stops or resumes a business's marketing. */
export async function setMarketing(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  stopped: boolean,
): Promise<void> {
  contact.stopped = contact.stopped.filter((id) => id !== number.id)
  if (stopped) contact.stopped.push(number.id)
  cloud.world.saveContact(contact)
  const account = accountOf(cloud, number)
  const about = webhookContact(cloud, contact, account)
  await announce(
    cloud,
    number,
    'user_preferences',
    {
      ...valueOf(number),
      contacts: [about],
      user_preferences: [
        {
          ...(about.wa_id !== undefined && { wa_id: about.wa_id }),
          user_id: about.user_id,
          detail: `User requested to ${stopped ? 'stop' : 'resume'} marketing messages`,
          category: 'marketing_messages',
          value: stopped ? 'stop' : 'resume',
          timestamp: Math.floor(cloud.clock.now() / 1000),
        },
      ],
    },
    contact.number,
  )
}

/**
 * A person takes a new number: everything that was theirs goes with them, except the BSUID, which is made anew.
 * Meta says so twice: by a system message from the old number, and by a user id update.
 */
export async function moveNumber(
  cloud: Cloud,
  contact: Contact,
  number: BusinessNumber,
  to: string,
  userId?: string,
): Promise<Contact> {
  const account = accountOf(cloud, number)
  const previous = userIdOf(cloud, contact, account.businessId)
  const moved: Contact = { ...structuredClone(contact), number: to, userKey: `${contact.userKey}>${to}`, userIds: {} }
  if (userId !== undefined) moved.userIds[account.businessId] = userId
  cloud.world.saveContact(moved)
  const current = userIdOf(cloud, moved, account.businessId)
  const now = cloud.clock.now()
  await writeSystem(cloud, contact, number, inboundWamid(cloud.source, contact.number), {
    body: `User ${contact.name} changed from ${contact.number} to ${to}`,
    wa_id: to,
    user_id: current,
    type: 'user_changed_number',
  })
  const left = contactOf(cloud, contact.number)
  left.movedTo = to
  left.onWhatsApp = false
  cloud.world.saveContact(left)
  await announce(
    cloud,
    number,
    'user_id_update',
    {
      ...valueOf(number),
      contacts: [{ profile: { name: moved.name }, ...(!moved.hidden && { wa_id: to }) }],
      user_id_update: [
        {
          ...(!moved.hidden && { wa_id: to }),
          detail: `User id for ${moved.name} has been updated.`,
          user_id: { previous, current },
          timestamp: seconds(now),
        },
      ],
    },
    to,
  )
  return moved
}
