import { createHash } from 'node:crypto'
import { Checker, wordOf, type Json } from '../checker.ts'
import { accountOf, contactOf, numberIsShown, userIdOf } from '../cloud.ts'
import { noSuchObject } from '../graph-error.ts'
import { addParticipants, createGroup, findGroup, goOut, inviteLink, saveGroup, tellGroup } from '../groups.ts'
import { digitsOf, requestId } from '../identifiers.ts'
import type { BusinessNumber, Group } from '../world.ts'
import { numberFor, seesAccount, type Answer, type Call } from './call.ts'
import { empty, pick, type Node } from './fields.ts'
import { checkProduct } from './messages.ts'
import { paged } from './paging.ts'

export function postGroup(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const { cloud, body } = call
  checkProduct(body)
  const check = new Checker()
  const subject = check.string(body, 'subject', '', 128)
  const description = check.optionalString(body, 'description', '', 2_048)
  const mode =
    body['join_approval_mode'] === undefined
      ? 'auto_approve'
      : check.word(body, 'join_approval_mode', '', ['auto_approve', 'approval_required'])
  const { request } = createGroup(cloud, number, {
    subject,
    mode: mode as Group['mode'],
    ...(description !== undefined && { description }),
  })
  return { body: { messaging_product: 'whatsapp', request_id: request } }
}

export function listGroups(call: Call): Answer {
  const number = numberFor(call, call.path[0]!)
  const groups = (number.groups ?? []).map(({ id, subject, createdAt }) => ({
    id,
    subject,
    created_at: String(Math.floor(createdAt / 1000)),
  }))
  const { data, ...rest } = paged(call, groups)
  return { body: { data: { groups: data }, ...rest } }
}

export const isGroup = (call: Call, id: string): boolean => findGroup(call.cloud, id) !== undefined

function groupOf(call: Call): { number: BusinessNumber; group: Group } {
  const found = findGroup(call.cloud, call.path[0]!)
  if (!found || !seesAccount(call.token, found.number.wabaId)) throw noSuchObject(call.path[0]!, call.method)
  return found
}

function personIn(call: Call, number: BusinessNumber, phone: string): Json {
  const contact = contactOf(call.cloud, phone)
  const { businessId } = accountOf(call.cloud, number)
  return {
    ...(numberIsShown(contact, businessId) && { wa_id: phone }),
    user_id: userIdOf(call.cloud, contact, businessId),
    ...(contact.username !== undefined && { username: contact.username }),
  }
}

export function getGroup(call: Call): Answer {
  const { number, group } = groupOf(call)
  const node: Node = {
    type: 'WhatsAppBusinessGroup',
    fields: {
      ...empty('description'),
      id: group.id,
      messaging_product: 'whatsapp',
      subject: group.subject,
      ...(group.description !== undefined && { description: group.description }),
      suspended: group.suspended,
      creation_timestamp: String(Math.floor(group.createdAt / 1000)),
      join_approval_mode: group.mode,
      participants: group.participants.map((phone) => personIn(call, number, phone)),
      total_participant_count: group.participants.length,
    },
  }
  return { body: pick(node, call.query.get('fields'), ['messaging_product', 'subject', 'creation_timestamp']) }
}

/** `POST /{group}`: subject, description, picture. A webhook reports the result of each. */
export function updateGroup(call: Call): Answer {
  const { number, group } = groupOf(call)
  const { cloud, body } = call
  checkProduct(body)
  const check = new Checker()
  const subject = check.optionalString(body, 'subject', '', 128)
  const description = check.optionalString(body, 'description', '', 2_048)
  const picture = check.optionalString(body, 'profile_picture_file', '')
  if (subject !== undefined) group.subject = subject
  if (description !== undefined) group.description = description
  saveGroup(cloud, number, group)
  const request = requestId(cloud.source)
  const done = { update_successful: true }
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    void tellGroup(cloud, number, group.id, 'group_settings_update', {
      request_id: request,
      ...(subject !== undefined && { group_subject: { text: subject, ...done } }),
      ...(description !== undefined && { group_description: { text: description, ...done } }),
      ...(picture !== undefined && {
        profile_picture: {
          mime_type: 'image/jpeg',
          sha256: createHash('sha256').update(picture).digest('hex'),
          ...done,
        },
      }),
    })
  })
  return { body: { messaging_product: 'whatsapp', request_id: request } }
}

export function deleteGroup(call: Call): Answer {
  const { number, group } = groupOf(call)
  const { cloud } = call
  number.groups = number.groups!.filter((one) => one !== group)
  saveGroup(cloud, number, group)
  const request = requestId(cloud.source)
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    void tellGroup(cloud, number, group.id, 'group_delete', { request_id: request })
  })
  return { body: { success: true } }
}

/** `GET` returns the link, `POST` replaces it, `DELETE` also ends the old link by replacing it. */
export function inviteOf(call: Call): Answer {
  const { number, group } = groupOf(call)
  if (call.method !== 'GET') {
    group.invite = call.cloud.source.draw('invite').toString('base64url', 0, 16)
    call.cloud.world.saveNumber(number)
  }
  return { body: { messaging_product: 'whatsapp', invite_link: inviteLink(group) } }
}

export function listJoinRequests(call: Call): Answer {
  const { number, group } = groupOf(call)
  const requests = group.requests.map(({ id, phone, at }) => ({
    join_request_id: id,
    ...personIn(call, number, phone),
    creation_timestamp: String(Math.floor(at / 1000)),
  }))
  return { body: paged(call, requests) }
}

/** `POST` approves, `DELETE` rejects. */
export function judgeJoinRequests(call: Call): Answer {
  const { number, group } = groupOf(call)
  const { cloud, body } = call
  checkProduct(body)
  const ids = new Checker().array(body, 'join_requests', '').map(wordOf)
  const known = group.requests.filter(({ id }) => ids.includes(id))
  group.requests = group.requests.filter((request) => !known.includes(request))
  cloud.world.saveNumber(number)
  const approving = call.method === 'POST'
  if (approving && known.length > 0)
    void addParticipants(
      cloud,
      number,
      group,
      known.map(({ phone }) => phone),
    )
  const failed = ids
    .filter((id) => !known.some((request) => request.id === id))
    .map((id) => ({ join_request_id: id, errors: [{ code: 131213, title: 'Join request does not exist' }] }))
  return {
    body: {
      messaging_product: 'whatsapp',
      [approving ? 'approved_join_requests' : 'rejected_join_requests']: known.map(({ id }) => id),
      failed_join_requests: failed,
    },
  }
}

/** `DELETE /{group}/participants` */
export function removeParticipants(call: Call): Answer {
  const { number, group } = groupOf(call)
  const { cloud, body } = call
  checkProduct(body)
  const inputs = new Checker().objects(body, 'participants', '').map((p) => wordOf(p['user'] ?? p['user_id'] ?? ''))
  const found = inputs.map((input) => ({ input, phone: digitsOf(input) ?? cloud.world.byUserId.get(input) }))
  const inside = found.filter(({ phone }) => phone !== undefined && group.participants.includes(phone))
  const outside = found.filter((one) => !inside.includes(one))
  goOut(
    cloud,
    number,
    group,
    inside.map(({ phone }) => phone!),
  )
  const request = requestId(cloud.source)
  const title = 'Participant is not in the group'
  const error = { code: '131212', title, message: title, error_data: { details: `${title}.` } }
  cloud.timerQueue.in(cloud.pace.statusDelayMs, () => {
    void tellGroup(cloud, number, group.id, 'group_participants_remove', {
      request_id: request,
      initiated_by: 'business',
      removed_participants: inside.map(({ input }) => ({ input })),
      ...(outside.length > 0 && { failed_participants: outside.map(({ input }) => ({ input, errors: [error] })) }),
    })
  })
  return { body: { messaging_product: 'whatsapp', request_id: request } }
}
