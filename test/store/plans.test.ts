import assert from 'node:assert/strict'
import { createVault } from '../../packages/gateway/src/platform/secrets.ts'
import { activityOf, failuresIn } from '../../packages/gateway/src/store/activity.ts'
import {
  addRecipients,
  createBroadcast,
  dropBroadcastLeases,
  findBroadcast,
  idleBroadcasts,
  leaseBroadcast,
  listBroadcasts,
  listRecipients,
  listUndelivered,
  moveBroadcast,
  releaseBroadcast,
  settleUnknown,
} from '../../packages/gateway/src/store/broadcasts.ts'
import {
  abandonedRecipients,
  judgeFrom,
  nextHeld,
  nextRecipients,
  releaseHeld,
  settleRecipients,
  sleepBroadcast,
  startDue,
  takeRecipients,
  whatIsLeft,
} from '../../packages/gateway/src/store/broadcast-run.ts'
import { copyRecipients, createRetry, failedPage, retryOf } from '../../packages/gateway/src/store/broadcast-retry.ts'
import { resultsPage } from '../../packages/gateway/src/store/broadcast-results.ts'
import {
  cursorOf,
  eventsToFold,
  failuresOf,
  fold,
  followBroadcast,
  followedBroadcasts,
  toldRecipients,
  unanswered,
} from '../../packages/gateway/src/store/broadcast-tally.ts'
import {
  allChannels,
  allCodes,
  createChannel,
  deleteChannel,
  insertChannel,
  insertCode,
  patchChannel,
  revokeCode,
} from '../../packages/gateway/src/store/channels.ts'
import { wishesAfter, wishesByKey } from '../../packages/gateway/src/store/wishes.ts'
import { endOfSession, endSession, keepSession } from '../../packages/gateway/src/store/console-sessions.ts'
import { deliveriesOfMessage } from '../../packages/gateway/src/store/deliveries-of.ts'
import { directoryVersion } from '../../packages/gateway/src/store/directory-version.ts'
import { allEndpoints, pruneSecrets, rotateSecret, setWebhook } from '../../packages/gateway/src/store/endpoints.ts'
import { applyHealthEvent, hastenLanes, hasWaiting } from '../../packages/gateway/src/store/endpoint-health.ts'
import {
  eraseEvents,
  eraseMessages,
  eraseQuarantined,
  eraseRecipients,
  finishErasure,
  listErasures,
  wholeContact,
} from '../../packages/gateway/src/store/erasures.ts'
import {
  attemptsOf,
  deliveries,
  deliveryBySeq,
  deliveryCounts,
  deliveryStates,
  eventBySeq,
} from '../../packages/gateway/src/store/events.ts'
import { channelsAfter, feedSlice } from '../../packages/gateway/src/store/feed.ts'
import {
  claimKey,
  dropKey,
  findKey,
  releaseKey,
  renewKey,
  settleKey,
  takeOverKey,
} from '../../packages/gateway/src/store/idempotency.ts'
import {
  acceptedSends,
  noteTemplateUses,
  stoppedBroadcasts,
  unknownSince,
} from '../../packages/gateway/src/store/incident-facts.ts'
import {
  openIncidentsOf,
  pastIncidents,
  pruneIncidents,
  saveIncidents,
} from '../../packages/gateway/src/store/incidents.ts'
import { callbacksToAudit, messagesToAudit } from '../../packages/gateway/src/store/losses.ts'
import { checkKey } from '../../packages/gateway/src/store/key-check.ts'
import {
  expireMediaOfLink,
  findMedia,
  findMediaOfLink,
  insertMedia,
  removeMediaRow,
} from '../../packages/gateway/src/store/media.ts'
import { findContact, findMessage, isSending, listMessages } from '../../packages/gateway/src/store/messages.ts'
import { grantTurns } from '../../packages/gateway/src/store/pace.ts'
import { quarantine, quarantineCounts } from '../../packages/gateway/src/store/quarantine.ts'
import { replay } from '../../packages/gateway/src/store/replay.ts'
import * as retention from '../../packages/gateway/src/store/retention.ts'
import {
  contactById,
  contactsCalled,
  contactsNamed,
  messageById,
  recentContacts,
  REACHED_AT_LEAST,
  searchMessages,
} from '../../packages/gateway/src/store/search.ts'
import type { Sql } from '../../packages/gateway/src/store/sql.ts'
import {
  catalogState,
  creatorsOf,
  findTemplate,
  insertCreated,
  keepTemplate,
  listTemplates,
  applyTemplateUpdates,
  removeTemplate,
  replaceCatalog,
  replaceNamed,
  templatesOf,
} from '../../packages/gateway/src/store/templates.ts'
import { explainUnknown, markAbandoned } from '../../packages/gateway/src/store/unsettled.ts'
import { CHANNEL, onBothEngines } from './engines.ts'
import { inbound, phone, sent, status } from './facts.ts'
import { FIRST_OF_A_TABLE, isPageOfIncidents, recorded, scanned } from './scans.ts'

/** Everything besides messages and their deliveries: channels, templates, media, keys, sessions, pace. */
async function restOfTheStore(sql: Sql, now: number): Promise<void> {
  const vault = createVault(new Uint8Array(32).fill(7))
  const body = { name: 'New', business_phone: '1', phone_number_id: '2', waba_id: 'w', access_token: 't' }
  const channelId = (await insertChannel(sql, vault, body, now))!
  await insertChannel(sql, vault, { ...body, phone_number_id: '3' }, now, 4711)
  await createChannel(sql, vault, { ...body, phone_number_id: '4', channel_id: 4712 }, now)
  await createChannel(sql, vault, { ...body, phone_number_id: '5', channel_id: 4712 }, now)
  await patchChannel(sql, vault, channelId, { name: 'Newer', access_token: 'u', compatibility: 'page' }, now)
  await setWebhook(sql, vault, channelId, 'https://customer.example/', now)
  await setWebhook(sql, vault, channelId, 'https://customer.example/', now)
  const endpoint = (await allEndpoints(sql, vault, now)).find((one) => one.channelId === channelId)!
  await rotateSecret(sql, vault, endpoint.id, now)
  await pruneSecrets(sql, now)
  await applyHealthEvent(sql, endpoint.id, { actor: 'operator', kind: 'pause', at: now }, now)
  const { id: codeId } = (await insertCode(sql, channelId, now))!
  await revokeCode(sql, channelId, codeId, now)
  await allChannels(sql, vault, now)
  await allCodes(sql)
  await directoryVersion(sql)
  await checkKey({ sql }, vault)
  await quarantine(sql, { reason: 'unreadable', detail: '', body: new Uint8Array(1), now })

  const entry = {
    id: '1',
    name: 'hello',
    language: 'en',
    status: 'APPROVED',
    category: 'UTILITY',
    components: [],
  } as never
  await replaceCatalog(sql, 'w', [entry], now)
  await replaceCatalog(sql, 'w', [], now + 1)
  await replaceNamed(sql, 'w', 'hello', [entry], now)
  await insertCreated(sql, 'w', entry, channelId, now)
  await keepTemplate(sql, 'w', entry, now)
  for (const what of ['status', 'category', 'quality'] as const)
    await applyTemplateUpdates(sql, 'w', [{ what, id: '1', value: 'X', at: now, reason: null } as never], now)
  await templatesOf(sql, 'w')
  await findTemplate(sql, 'w', '1')
  for (const wanted of [{}, { name: 'hello', status: 'X' }, { lastId: '1' }])
    await listTemplates(sql, 'w', { ...wanted, count: 10 } as never)
  await creatorsOf(sql, ['1'])
  await catalogState(sql, 'w')
  await removeTemplate(sql, 'w', '1', now)

  const link = 'https://files.example/a.png'
  await insertMedia(sql, {
    ...{ channel_id: channelId, id: '1', kind: 'image', mime_type: 'image/png', bytes: 1, filename: null, link },
    ...{ created_at: now, expires_at: now + 1 },
  })
  await findMedia(sql, channelId, '1')
  await findMediaOfLink(sql, channelId, link, 'image')
  await expireMediaOfLink(sql, channelId, link, now)
  await removeMediaRow(sql, channelId, '1')

  const name = { channelId, key: 'k' }
  const holding = { holder: 'a', leaseUntil: now }
  await claimKey(sql, name, { ...holding, bodyHash: 'h', resourceId: 'm', now })
  const row = (await findKey(sql, name))!
  await takeOverKey(sql, name, row, { ...holding, resourceId: 'm' })
  await renewKey(sql, name, holding)
  await settleKey(sql, name, 'a', { http: 200, text: '{}' })
  await releaseKey(sql, name, 'a')
  await dropKey(sql, name, now)

  await keepSession(sql, { id: 's', now, endsAt: now + 1 })
  await endOfSession(sql, 's', now)
  await endSession(sql, 's')
  await grantTurns(sql, { channelId, holder: 'a', turns: 1, everyMs: 1, now })
}

/** What the incident room asks every few seconds, and its own list. */
async function factsForIncidents(sql: Sql, now: number): Promise<void> {
  await unknownSince(sql, CHANNEL, 0)
  await acceptedSends(sql, CHANNEL, { from: 0, before: now, limit: 20 })
  await noteTemplateUses(sql, [{ wabaId: 'w', name: 'hello', language: 'en' }], now)
  await stoppedBroadcasts(sql, 0)
  const one = { kind: 'dead_events', severity: 'warning', since: 1, count: 1, what: '', advice: '' } as const
  await saveIncidents(sql, [{ ...one, id: 'inc_1', until: 1 }])
  await openIncidentsOf(sql)
  for (const beforeId of [undefined, 'inc_1'])
    for (const channelId of [undefined, CHANNEL]) await pastIncidents(sql, { count: 10, channelId, beforeId })
  await pruneIncidents(sql, 1)
  await messagesToAudit(sql, { channelId: CHANNEL, afterId: 'msg_', beforeId: 'msg_Z', limit: 10 })
  await callbacksToAudit(sql, { channelId: CHANNEL, afterSeq: 0, lastSeq: 9, provenFrom: 0, limit: 10 })
}

onBothEngines('no cold statement reads a growing table from end to end', async ({ engine, store, clock }) => {
  const message = await sent(store, { phone: phone(1) })
  const failed = await sent(store, { phone: phone(2) })
  await store.applyFacts(
    [inbound({ phone: phone(1), userId: 'u1' }), status('failed', failed, { phone: phone(2) })],
    null,
  )
  const { sql, asked } = recorded(store.sql)
  const now = clock.now()

  for (const channelId of [undefined, CHANNEL])
    for (const direction of [undefined, 'in'] as const)
      for (const word of [undefined, 'failed', 'unknown', 'read'])
        for (const beforeId of [undefined, message.id]) {
          const more = {
            ...(direction && { direction }),
            ...(word && { status: word }),
            ...(beforeId && { beforeId }),
            count: 10,
          }
          await listMessages(sql, { ...(channelId && { channelId }), ...more })
          await listMessages(sql, { ...(channelId && { channelId }), contactId: 1, ...more })
          for (const contact of [undefined, phone(1)])
            await searchMessages(sql, { channelIds: [CHANNEL], ...(contact && { contact }), from: 1, to: now, ...more })
        }
  await searchMessages(sql, { channelIds: [CHANNEL], errorCode: 131026, count: 10 })
  for (const reached of REACHED_AT_LEAST)
    await searchMessages(sql, { channelIds: [CHANNEL], reached, from: 1, count: 10 })
  await messageById(sql, [CHANNEL], message.id)
  await messageById(sql, [CHANNEL], 'wamid.x')
  await findMessage(sql, CHANNEL, message.id)
  await findContact(sql, CHANNEL, { phone: phone(1) })
  await contactsNamed(sql, CHANNEL, '1555')
  await contactById(sql, CHANNEL, 1)
  await wishesAfter(sql, CHANNEL, { afterId: 0, count: 10 })
  await wishesByKey(sql, CHANNEL, ['p:1', 'u:1'])
  await contactsCalled(sql, CHANNEL, 'a', 10)
  await recentContacts(sql, CHANNEL, { count: 10 })
  await activityOf(sql, CHANNEL, 0, now)
  await failuresIn(sql, CHANNEL, 0, now)

  for (const channelId of [undefined, CHANNEL])
    for (const state of [undefined, 'pending', 'delivered', 'dead'] as const)
      for (const beforeSeq of [undefined, 1000])
        await deliveries(sql, {
          ...(channelId && { channelId }),
          ...(state && { state }),
          ...(beforeSeq && { beforeSeq }),
          count: 10,
        })
  await deliveryCounts(sql, now)
  for (const kinds of [null, ['new_message']])
    await feedSlice(sql, { channelId: CHANNEL, after: 0, kinds, mostRows: 10, mostBytes: 1_000 })
  await channelsAfter(sql, 0, 10)
  await deliveryStates(sql, [1, 2])
  await eventBySeq(sql, 1)
  const delivery = (await deliveryBySeq(sql, 1))!
  await attemptsOf(sql, delivery)
  const row = (await findMessage(sql, CHANNEL, message.id))!
  await deliveriesOfMessage(sql, row)
  await hasWaiting(sql, CHANNEL)
  await hastenLanes(sql, CHANNEL, now)
  await quarantineCounts(sql)
  await markAbandoned(sql, now, '{}')
  await explainUnknown(sql, now, '{}')

  const broadcast = { channelId: CHANNEL, id: 'brd_1', holder: 'a' }
  await createBroadcast(sql, { ...broadcast, name: null, message: '{}', now })
  await addRecipients(sql, CHANNEL, 'brd_1', [{ contact: '1', own: null }])
  await moveBroadcast(sql, CHANNEL, 'brd_1', ['preparing'], 'running', now)
  await idleBroadcasts(sql, now, 10)
  await leaseBroadcast(sql, CHANNEL, 'brd_1', { holder: 'a', until: now + 1, now })
  await startDue(sql, now)
  await nextRecipients(sql, 'brd_1', 10)
  await takeRecipients(sql, 'brd_1', {
    taken: [{ n: 0, contact: '1', own: null, tries: 0, messageId: message.id }],
    held: [{ n: 1, until: now }],
    now,
  })
  await nextHeld(sql, 'brd_1')
  await releaseHeld(sql, 'brd_1', now, 10)
  await abandonedRecipients(sql, CHANNEL, 'brd_1', 10)
  const note = { pace: '{}', expectedMicros: 0 }
  const opted = JSON.stringify({ reason: 'opted_out', message: '' })
  await settleRecipients(sql, broadcast, [{ n: 1, tries: 0, error: opted, state: 'failed' }], now, note)
  await settleRecipients(sql, broadcast, [{ n: 0, tries: 0, error: null, state: 'unknown' }], now)
  await judgeFrom(sql, CHANNEL, 'brd_1', '{}')
  await followBroadcast(sql, { channelId: CHANNEL, id: 'brd_1', place: 0, now, until: now + 1 })
  await followedBroadcasts(sql, now)
  await eventsToFold(sql, 0, 10)
  await toldRecipients(sql, CHANNEL, [message.id])
  await unanswered(sql, CHANNEL, [1], 0)
  await failuresOf(sql, 'brd_1')
  await fold(sql, {
    from: await cursorOf(sql),
    to: 1,
    statuses: [null, 'failed'].flatMap((known) =>
      ['read', 'failed'].map((status) => ({
        ...{ broadcast_id: 'brd_1', n: 0, known, known_error: opted, known_micros: null, channel_id: CHANNEL, status },
        ...{ error: null, recipient: '1', direction: 'out' as const, pricing: null, micros: 1 },
        ...{ sent_at: null, delivered_at: null, read_at: null, played_at: null },
      })),
    ),
    answers: [{ channel_id: CHANNEL, broadcast_id: 'brd_1', n: 0, contact_id: 1, message_at: 0, at: now }],
  })
  await listUndelivered(sql, CHANNEL, 'brd_1', 10)
  for (const which of ['refused', 'undelivered'] as const)
    await failedPage(sql, CHANNEL, 'brd_1', { which, afterN: -1, count: 10 })
  await createRetry(sql, { channelId: CHANNEL, id: 'brd_2', of: 'brd_1', name: null, now })
  const failedRow = { n: 1, person: '1', own: null, name: null, line: null, state: 'failed', status: null }
  await copyRecipients(sql, CHANNEL, 'brd_2', [{ ...failedRow, error: null, at: null }])
  await retryOf(sql, CHANNEL, 'brd_1')
  await isSending(sql, CHANNEL, 1, message.id)
  await resultsPage(sql, CHANNEL, 'brd_1', { afterN: -1, count: 10 })
  await settleUnknown(sql, CHANNEL, 'brd_1')
  await whatIsLeft(sql, 'brd_1')
  await findBroadcast(sql, CHANNEL, 'brd_1')
  await listBroadcasts(sql, CHANNEL, { count: 10 })
  await listRecipients(sql, CHANNEL, 'brd_1', { states: ['accepted', 'failed'], afterN: -1, count: 10 })
  await sleepBroadcast(sql, broadcast, now)
  await releaseBroadcast(sql, CHANNEL, 'brd_1', 'a')
  await dropBroadcastLeases(sql)
  for (const prune of Object.values(retention)) await prune(sql, 1, 10, '')
  for (const state of [undefined, 'dead', 'delivered'] as const) {
    const range = { fromMs: 1, toMs: now }
    await replay({ ...store, sql }, { channelId: CHANNEL, endpointId: CHANNEL, ...(state && { state }), ...range })
  }
  const { ids, names } = await wholeContact(sql, CHANNEL, 1)
  await eraseMessages(sql, CHANNEL, 1, 10)
  await eraseEvents(sql, CHANNEL, 1, ids, 10)
  await eraseRecipients(sql, CHANNEL, names)
  await eraseQuarantined(sql, names, 0, 10)
  const counts = { messages: 0, keys: 0, events: 0, attempts: 0, recipients: 0, quarantined: 0 } as never
  await finishErasure(sql, { id: 'era_1', channelId: CHANNEL, ids, counts, now, overwrite: false } as never)
  await listErasures(sql, { channelId: CHANNEL, count: 10 })
  await factsForIncidents(sql, now)
  await restOfTheStore(sql, now)
  await deleteChannel(sql, CHANNEL, now)
  assert.ok(asked.size > 110, String(asked.size))
  const refused: string[] = []
  for (const [text, params] of asked) {
    if (FIRST_OF_A_TABLE.includes(text) || isPageOfIncidents(text)) continue
    for (const table of await scanned(engine, store.sql, text, params)) refused.push(`${table}: ${text}`)
  }
  assert.deepEqual(refused, [])
  assert.notDeepEqual(
    await scanned(engine, store.sql, `select * from messages m where m.content = 'x'`, []),
    [],
    'a scan is seen',
  )
})

onBothEngines('what people wrote is found without a walk past what was sent', async ({ engine, store }) => {
  await store.applyFacts([inbound({ phone: phone(1) })], null)
  for (let i = 0; i < 300; i++) await sent(store, { phone: phone(2) })
  await store.sql.run('analyze')
  const { sql, asked } = recorded(store.sql)
  assert.equal((await listMessages(sql, { channelId: CHANNEL, direction: 'in', count: 10 })).length, 1)
  assert.equal((await listMessages(sql, { channelId: CHANNEL, status: 'received', count: 10 })).length, 1)
  assert.equal((await searchMessages(sql, { channelIds: [CHANNEL], direction: 'in', count: 10 })).length, 1)
  for (const [text, params] of asked) {
    const explain = engine === 'sqlite' ? 'explain query plan' : 'explain (costs off)'
    const plan = JSON.stringify(await store.sql.all(`${explain} ${text}`, params))
    // Edits of the found messages have an index of their own.
    assert.match(plan, text.includes('changes is not null') ? /messages_changes/ : /messages_inbound/, text)
  }
  // Messages of one contact are few, and have an index of their own.
  const { sql: again, asked: ofOne } = recorded(store.sql)
  assert.equal((await listMessages(again, { channelId: CHANNEL, contactId: 2, direction: 'in', count: 10 })).length, 0)
  assert.doesNotMatch(JSON.stringify([...ofOne]), /'in'/)
})
