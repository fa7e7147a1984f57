import type { WebhookError } from '@postern/cloud-api'
import { Checker, wordOf } from '../checker.ts'
import { accountOf, numberIsShown, userIdOf, windowIsOpen } from '../cloud.ts'
import { GraphError, webhookError } from '../graph-error.ts'
import { digitsOf } from '../identifiers.ts'
import { numberFor, type Answer, type Call } from './call.ts'
import { checkProduct } from './messages.ts'
import { paged } from './paging.ts'

const MOST_BLOCKED = 64_000

export function getBlocked(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud } = call
  const account = accountOf(cloud, number)
  const entries = number.blocked.map((phone) => {
    const contact = cloud.world.contacts.get(phone)
    return {
      messaging_product: 'whatsapp',
      ...((!contact || numberIsShown(contact, account.businessId)) && { wa_id: phone }),
      ...(contact && { user_id: userIdOf(cloud, contact, account.businessId) }),
    }
  })
  return { body: paged(call, entries) }
}

/** `POST` blocks, `DELETE` unblocks. When some entries fail, the answer is a 400 with both lists and the error. */
export function changeBlocked(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  checkProduct(body)
  const adding = call.method === 'POST'
  const users = new Checker().objects(body, 'block_users', '')
  const done: { input: string; wa_id?: string; user_id?: string }[] = []
  const failed: { input: string; wa_id?: string; errors: WebhookError[] }[] = []
  for (const entry of users) {
    const input = wordOf(entry['user'] ?? entry['user_id'] ?? '')
    const phone = digitsOf(input) ?? cloud.world.byUserId.get(input)
    const contact = phone === undefined ? undefined : cloud.world.contacts.get(phone)
    const wrote = contact && windowIsOpen(cloud, contact, number.id)
    const problem = !contact
      ? webhookError(131021, 'User is not on WhatsApp', 'User not found')
      : adding && !wrote
        ? webhookError(131047, 'Only users who wrote in the last 24 hours can be blocked.')
        : number.blocked.length >= MOST_BLOCKED
          ? webhookError(100, 'The block list is full.')
          : undefined
    if (problem || !contact) {
      failed.push({ input, ...(phone !== undefined && { wa_id: phone }), errors: problem ? [problem] : [] })
      continue
    }
    number.blocked = number.blocked.filter((p) => p !== contact.number)
    if (adding) number.blocked.push(contact.number)
    done.push(digitsOf(input) === undefined ? { input, user_id: input } : { input, wa_id: contact.number })
  }
  cloud.world.saveNumber(number)
  const list = { [adding ? 'added_users' : 'removed_users']: done, ...(failed.length > 0 && { failed_users: failed }) }
  if (failed.length > 0) {
    throw new GraphError(139100, { beside: { messaging_product: 'whatsapp', block_users: list } })
  }
  return { body: { messaging_product: 'whatsapp', block_users: list } }
}
