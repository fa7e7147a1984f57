import { isPhoneKey } from '../../packages/gateway/src/domain/contacts/identity.ts'
import { climb } from '../../packages/gateway/src/domain/messages/status.ts'
import type { Changes } from '../../packages/gateway/src/store/core/working-set.ts'
import type { Applied, LeasedLane, PendingEvent } from '../../packages/gateway/src/store/store.ts'
import type { Committed } from './store.ts'

/** A mistake made on purpose: of the core's, or of a statement that removes something. */
export type Defect = {
  commit?: (commit: Committed) => void
  /** Another statement instead, or none. */
  changes?: (sql: string) => string | undefined
}

/** Spoils every `nth` commit that it fits. */
const every = (nth: number, fits: (commit: Committed) => boolean, spoil: (commit: Committed) => void) => (): Defect => {
  let seen = 0
  return {
    commit: (commit) => {
      if (fits(commit) && ++seen % nth === 0) spoil(commit)
    },
  }
}

/** Leaves out the statements of erasures and retention that begin so. */
const without =
  (beginning: string): (() => Defect) =>
  () => ({ changes: (sql) => (sql.trimStart().startsWith(beginning) ? undefined : sql) })

const leasedIn = ({ answers }: Committed): LeasedLane[] =>
  answers.flatMap((answer) => {
    if (!answer.ok || typeof answer.value !== 'object' || answer.value === null) return []
    if ('leased' in answer.value) return (answer.value as Applied).leased
    return Array.isArray(answer.value) && 'contactId' in ((answer.value as object[])[0] ?? {})
      ? (answer.value as LeasedLane[])
      : []
  })

/** The next events that records are answered with. */
const nextIn = ({ operations, answers }: Committed): PendingEvent[][] =>
  operations.flatMap((operation, i) => {
    const answer = answers[i]!
    return operation.kind === 'attempt' && answer.ok ? [answer.value as PendingEvent[]] : []
  })

/** Contacts whose number somebody else has from now on. */
const lostNumbers = ({ contactsChanged }: Changes): Changes['contactsChanged'] =>
  contactsChanged.filter(({ before, now }) => before.phone !== null && now.phone === null)

/** Numbers that led to somebody else, and not because two contacts turned out to be one. */
const passedNumbers = ({ keysSet, contactsChanged }: Changes): Changes['keysSet'] =>
  contactsChanged.some(({ before, now }) => before.mergedInto !== now.mergedInto)
    ? []
    : keysSet.filter(({ key, isNew }) => !isNew && isPhoneKey(key))

/** What a core could do wrong. The judge has to find each within a few seeds. */
export const DEFECTS: Record<string, () => Defect> = {
  'loses an event': every(
    5,
    ({ changes }) => changes.eventsMade.length > 0,
    ({ changes }) => void changes.eventsMade.pop(),
  ),
  'forgets a cursor': every(
    5,
    ({ changes }) => changes.lanesChanged.some((lane) => lane.dueAt === null),
    ({ changes }) => {
      const i = changes.lanesChanged.findIndex((lane) => lane.dueAt === null)
      changes.lanesChanged.splice(i, 1)
    },
  ),
  'skips an event': every(
    3,
    ({ changes }) => changes.lanesChanged.some((lane) => lane.cursor > 0 && lane.dueAt !== null),
    ({ changes }) => changes.lanesChanged.find((lane) => lane.cursor > 0 && lane.dueAt !== null)!.cursor++,
  ),
  'hands out in the wrong order': every(
    2,
    (commit) =>
      leasedIn(commit).some((lane) => lane.events.length > 1) || nextIn(commit).some((next) => next.length > 1),
    (commit) => {
      for (const lane of leasedIn(commit)) lane.events.reverse()
      for (const next of nextIn(commit)) next.reverse()
    },
  ),
  'leases a lane to two': every(
    3,
    ({ changes }) => changes.lanesChanged.some((lane) => lane.holder !== null),
    ({ changes, now }) => {
      for (const lane of changes.lanesChanged) if (lane.holder !== null) lane.dueAt = now
    },
  ),
  'leaves a lane asleep': every(
    3,
    ({ changes }) => [...changes.lanesMade, ...changes.lanesChanged].some((lane) => lane.dueAt !== null),
    ({ changes }) => {
      for (const lane of [...changes.lanesMade, ...changes.lanesChanged]) lane.dueAt = lane.holder = null
    },
  ),
  'counts twice': every(
    4,
    ({ changes }) => changes.counts.some((change) => change.pending > 0),
    ({ changes }) => {
      for (const change of changes.counts) change.pending *= 2
    },
  ),
  'takes a duplicate as new': every(
    1,
    ({ operations }) => operations.some((operation) => operation.kind === 'facts'),
    ({ operations, changes, answers }) => {
      operations.forEach((operation, i) => {
        const answer = answers[i]!
        if (operation.kind !== 'facts' || !answer.ok) return
        const applied = answer.value as Applied
        if (applied.duplicates === 0) return
        const [fact] = operation.facts
        if (fact?.kind !== 'message') return
        const event: PendingEvent = { seq: 0, body: fact.body, attempts: 0, since: 0 }
        changes.eventsMade.push({
          channelId: fact.channelId,
          contactId: 0,
          kind: 'new_message',
          messageId: null,
          audience: -1,
          event,
        })
      })
    },
  ),
  'gives an endpoint what it does not want': every(
    2,
    ({ changes }) => changes.eventsMade.some((made) => made.audience === 1),
    ({ changes }) => {
      for (const made of changes.eventsMade) if (made.audience === 1) made.audience = -1
    },
  ),
  'keeps from an endpoint what it wants': every(
    3,
    ({ changes }) => changes.eventsMade.some((made) => made.audience > 1),
    ({ changes }) => {
      for (const made of changes.eventsMade) made.audience &= 1
    },
  ),
  'lets a status fall': every(
    2,
    ({ changes }) => changes.messagesChanged.some((row) => row.status === 'delivered' || row.status === 'read'),
    ({ changes }) => {
      for (const row of changes.messagesChanged)
        if (row.status !== 'received' && climb(row.status, 'sent') !== 'sent') row.status = 'sent'
    },
  ),
  'forgets that a send was accepted': every(
    2,
    ({ operations }) =>
      operations.some((operation) => operation.kind === 'settle' && operation.settlement.status === 'accepted'),
    ({ changes }) => void changes.messagesChanged.splice(0),
  ),
  'forgets a name': every(
    2,
    ({ changes }) => changes.keysSet.length > 1,
    ({ changes }) => void changes.keysSet.pop(),
  ),
  'leaves behind what a joined contact had waiting': every(
    1,
    ({ changes }) => changes.oweRest.length > 0,
    ({ changes }) => void changes.oweRest.splice(0),
  ),
  'keeps the lane of a contact that was joined': every(
    1,
    ({ changes }) => changes.lanesGone.length > 0,
    ({ changes }) => void changes.lanesGone.splice(0),
  ),
  'leaves the window shut': every(
    2,
    ({ changes }) => changes.contactsChanged.some(({ before, now }) => before.lastInboundAt !== now.lastInboundAt),
    ({ changes }) => {
      for (const { before, now } of changes.contactsChanged) now.lastInboundAt = before.lastInboundAt
    },
  ),
  'lets every send through': every(
    1,
    ({ operations }) => operations.some((operation) => operation.kind === 'begin' && operation.message.window),
    ({ operations, answers }) => {
      operations.forEach((operation, i) => {
        const answer = answers[i]!
        if (operation.kind === 'begin' && answer.ok) (answer as { value: unknown }).value = undefined
      })
    },
  ),
  'forgets what was owed': every(
    2,
    ({ changes }) => changes.owedMade.length > 0,
    ({ changes }) => void changes.owedMade.splice(0),
  ),
  'tells what is dead to nobody': every(
    1,
    ({ changes }) => changes.deadMade.length > 0,
    ({ changes }) => void changes.deadMade.splice(0),
  ),
  'leaves a number with who had it before': every(
    1,
    ({ changes }) => passedNumbers(changes).length > 0,
    ({ changes }) => {
      for (const set of passedNumbers(changes)) changes.keysSet.splice(changes.keysSet.indexOf(set), 1)
    },
  ),
  'takes who has a number now for who had it before': every(
    1,
    ({ changes }) => lostNumbers(changes).length > 0 && changes.messagesMade.length > 0,
    ({ changes }) => {
      const { now: old } = lostNumbers(changes)[0]!
      for (const row of changes.messagesMade) row.contactId = old.id
    },
  ),
  'keeps the names of who is erased': without('delete from contact_keys'),
  'keeps the answers to who is erased': without('delete from idempotency where channel_id = $1 and made_id in'),
  'removes old events that still wait': () => ({
    changes: (sql) =>
      sql.trimStart().startsWith('delete from events where seq >') ? sql.split(' and not exists')[0]! : sql,
  }),
}
