import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@postern/runtime/clock'
import { mustMeetDemandToResume } from '../../domain/broadcasts/start-demand.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import { MOST_RECIPIENTS, problemsOfMessage, readRecipients } from '../../domain/messages/broadcast-message.ts'
import { GatewayError, validationError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import {
  addRecipients,
  createBroadcast,
  findBroadcast,
  listRecipients,
  listUndelivered,
  moveBroadcast,
  settleUnknown,
  type BroadcastRow,
  type BroadcastState,
  type NewRecipient,
  type RecipientRow,
  type Settings,
} from '../../store/broadcasts.ts'
import { broadcastWithContent } from '../../store/broadcast-drafts.ts'
import { type FailureRow, failuresOf } from '../../store/broadcast-tally.ts'
import type { Store } from '../../store/store.ts'
import type { BroadcastFollower } from './broadcast-follow.ts'

export const FAILURES_SHOWN = 100

export type NewBroadcast = {
  /** From the request's idempotency key, if it has one: a repeated request continues the same broadcast. */
  id: string | undefined
  name: string | null
  message: Record<string, unknown>
  recipients: readonly unknown[]
  /** Of message and recipients. With the name: there is one broadcast of it. */
  content: string | null
  settings: Settings
  /** Its state when the recipients are there. */
  state: BroadcastState
}

export type Progress = { broadcast: BroadcastRow; failures: RecipientRow[]; causes: FailureRow[] }

/** The transitions that a caller may request: from these states to that one. */
const CHANGES = {
  pause: { from: ['scheduled', 'running', 'stopped'], to: 'paused' },
  resume: { from: ['paused', 'stopped', 'preparing'], to: 'running' },
  cancel: { from: ['draft', 'checked', 'preparing', 'scheduled', 'running', 'paused', 'stopped'], to: 'cancelled' },
} as const satisfies Record<string, { from: readonly BroadcastState[]; to: BroadcastState }>

const BEFORE_RUN: readonly BroadcastState[] = ['draft', 'checked', 'preparing']

type Demanding = Pick<Channel, 'id' | 'broadcastStart'>

export type BroadcastChange = keyof typeof CHANGES

/** Creates broadcasts, adds recipients, and changes states. `createBroadcaster` sends them. */
export type BroadcastIntake = ReturnType<typeof createBroadcastIntake>

export function createBroadcastIntake(deps: {
  store: Store
  clock: Clock
  nudge: () => void
  follower: BroadcastFollower
}) {
  const { clock, nudge, follower } = deps
  const { sql } = deps.store

  async function find(channelId: number, id: string): Promise<BroadcastRow> {
    const row = await findBroadcast(sql, channelId, id)
    if (!row) throw new GatewayError('resource_not_found', { what: 'broadcast', id: id.slice(0, 100) })
    return row
  }

  return {
    find,

    /** The broadcast of an interrupted request. Undefined when the request must be carried out again. */
    async created(channelId: number, id: string): Promise<BroadcastRow | undefined> {
      const row = await findBroadcast(sql, channelId, id)
      // Interrupted while recipients were added: the repetition skips existing recipients.
      return row?.state === 'preparing' && row.file_id === null ? undefined : row
    },

    async create(channelId: number, given: NewBroadcast): Promise<BroadcastRow> {
      const problems = problemsOfMessage(given.message)
      // A recipient may have parts of the message of its own. The common parts must be valid by themselves.
      if (problems.length > 0) throw validationError(problems)
      const recipients = await mustRead(given.message, given.recipients)
      const { name, content, settings } = given
      const id = given.id ?? newId('bc', clock.now())
      const message = JSON.stringify(given.message)
      await createBroadcast(sql, { channelId, id, name, message, content, settings, now: clock.now() })
      const known = name !== null && content !== null && (await broadcastWithContent(sql, channelId, name, content))
      const row = await find(channelId, known ? known.id : id)
      // The same broadcast was made before. When that was interrupted, this goes on with it.
      if (row.state !== 'preparing') return row
      await addRecipients(sql, channelId, row.id, recipients)
      await moveBroadcast(sql, channelId, row.id, ['preparing'], given.state, clock.now())
      nudge()
      return find(channelId, row.id)
    },

    /** Adds recipients that the broadcast does not have yet. A finished broadcast continues with them. */
    async add(
      channelId: number,
      id: string,
      given: readonly unknown[],
    ): Promise<{ added: number; duplicates: number }> {
      const row = await find(channelId, id)
      if (row.state === 'cancelled') {
        throw new GatewayError('conflict', { problem: 'The broadcast was cancelled; make a new one.' })
      }
      if (row.file_id !== null && BEFORE_RUN.includes(row.state))
        throw new GatewayError('conflict', {
          problem: `The broadcast is ${row.state}, and its recipients come from a file. Add them to the file, or when it runs.`,
        })
      mustHavePlace(Number(row.total) + given.length)
      const recipients = await mustRead(JSON.parse(row.message) as Record<string, unknown>, given)
      const added = await addRecipients(sql, channelId, row.id, recipients)
      if (added > 0) {
        await moveBroadcast(sql, channelId, row.id, ['done'], 'running', clock.now())
        // Nobody has checked the new ones.
        await moveBroadcast(sql, channelId, row.id, ['checked'], 'draft', clock.now())
      }
      nudge()
      return { added, duplicates: recipients.length - added }
    },

    async change(channel: Demanding, id: string, change: BroadcastChange): Promise<void> {
      const { id: channelId } = channel
      const row = await find(channelId, id)
      if (change === 'resume') mustMeetDemandToResume(channel, row)
      const { from, to } = changeOf(row, change, clock.now())
      if (row.state !== to && !(await moveBroadcast(sql, channelId, row.id, from, to, clock.now()))) {
        const { state } = await find(channelId, row.id)
        if (state !== to) {
          throw new GatewayError('conflict', { problem: `The broadcast is ${state}; it cannot be changed to ${to}.` })
        }
      }
      nudge()
    },

    /**
     * The progress, with the first recipients who did not get the message, or perhaps not. Statuses and answers that
     * came since are counted first.
     */
    async progress(channelId: number, id: string): Promise<Progress> {
      await follower.catchUp()
      let broadcast = await find(channelId, id)
      if (Number(broadcast.unknown) > 0 && (await settleUnknown(sql, channelId, id)) > 0) {
        broadcast = await find(channelId, id)
      }
      const [refused, undelivered] = await Promise.all([
        listRecipients(sql, channelId, id, { states: ['failed', 'unknown'], afterN: -1, count: FAILURES_SHOWN }),
        Number(broadcast.undelivered) > 0 ? listUndelivered(sql, channelId, id, FAILURES_SHOWN) : [],
      ])
      const failures = [...refused, ...undelivered].sort((a, b) => Number(a.n) - Number(b.n)).slice(0, FAILURES_SHOWN)
      const causes = await failuresOf(sql, id)
      return { broadcast, failures, causes }
    },
  }
}

type Change = { from: readonly BroadcastState[]; to: BroadcastState }

/**
 * A broadcast whose time has not come waits for it again. The rows of a file are entered before it may run, and the
 * recipients of a retry become a draft.
 */
function changeOf(row: BroadcastRow, change: BroadcastChange, now: number): Change {
  if (change !== 'resume') return CHANGES[change]
  const from = CHANGES.resume.from.filter(
    (state) => state !== 'preparing' || (row.file_id === null && row.retry_of === null),
  )
  return { from, to: row.send_at !== null && Number(row.send_at) > now ? 'scheduled' : 'running' }
}

async function mustRead(message: Record<string, unknown>, given: readonly unknown[]): Promise<NewRecipient[]> {
  const read = await readRecipients(message, given, () => nextTurn())
  if (!read.ok) throw validationError(read.problems)
  return read.recipients
}

function mustHavePlace(total: number): void {
  if (total <= MOST_RECIPIENTS) return
  throw validationError([
    {
      path: 'recipients',
      rule: 'maxItems',
      limit: MOST_RECIPIENTS,
      actual: total,
      message: `a broadcast has at most ${MOST_RECIPIENTS} recipients`,
    },
  ])
}
