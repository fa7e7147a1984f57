import { contactNameOf } from '../../domain/contacts/contact-name.ts'
import { validationError } from '../../platform/errors.ts'
import { contactNamed } from '../../store/contacts.ts'
import type { ContactIdentity, Store } from '../../store/store.ts'

/**
 * The contact of a path's `{to}`, who need not be known here yet. `newest`: the time of the newest fact about who answers
 * them; 0 without any.
 */
export async function contactFor(
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
  const contact = contactNameOf(to)
  if (contact) return { contact, newest: 0 }
  throw validationError([
    { path: 'to', rule: 'pattern', message: 'must be a number with its country code, or a business-scoped user id' },
  ])
}
