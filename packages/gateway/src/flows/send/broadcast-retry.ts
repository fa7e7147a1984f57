import type { Clock } from '@postern/runtime/clock'
import { leftOut, type LeftOut } from '../../domain/broadcasts/repeat.ts'
import { GatewayError } from '../../platform/errors.ts'
import { newId } from '../../platform/ids.ts'
import { causeOf } from '../../store/broadcast-run.ts'
import {
  copyRecipients,
  createRetry,
  failedPage,
  type FailedRow,
  type Retry,
  retryOf,
} from '../../store/broadcast-retry.ts'
import { type BroadcastRow, type BroadcastState, moveBroadcast } from '../../store/broadcasts.ts'
import type { Store } from '../../store/store.ts'
import type { BroadcastIntake } from './broadcast-intake.ts'

const ROWS_AT_ONCE = 500
/** A broadcast that has not begun has no failed recipients, and one that runs may have more of them in a moment. */
const RETRIED: readonly BroadcastState[] = ['paused', 'stopped', 'cancelled', 'done']

export type Retried = {
  broadcast: BroadcastRow
  /** Recipients who must not get the message again, by reason. */
  leftOut: { reason: LeftOut; recipients: number }[]
}

/** Makes a draft of the failed recipients of a broadcast. */
export type RetryFailed = (channelId: number, id: string) => Promise<Retried>

export function createRetryFailed(deps: { store: Store; clock: Clock; intake: BroadcastIntake }): RetryFailed {
  const { store, clock, intake } = deps
  const { sql } = store

  async function* failedOf(channelId: number, id: string): AsyncGenerator<FailedRow[]> {
    for (const which of ['refused', 'undelivered'] as const)
      for (let afterN = -1; ;) {
        const rows = await failedPage(sql, channelId, id, { which, afterN, count: ROWS_AT_ONCE })
        if (rows.length === 0) break
        yield rows
        afterN = Number(rows.at(-1)!.n)
      }
  }

  return async (channelId, id) => {
    // Counts the statuses that came since.
    const { broadcast } = await intake.progress(channelId, id)
    mustBeOver(broadcast)
    let retry = mustBeOpen(await retryOf(sql, channelId, id))
    const now = await store.now()
    const counts = new Map<LeftOut, number>()
    for await (const page of failedOf(channelId, id)) {
      const rows = page.filter((row) => {
        const why = leftOut(outcomeOf(row), now)
        if (why !== null) counts.set(why, (counts.get(why) ?? 0) + 1)
        return why === null
      })
      if (rows.length === 0) continue
      if (!retry) {
        const made = { channelId, id: newId('bc', clock.now()), of: id, name: broadcast.name, now }
        // Another call may have been faster: then this one helps it.
        retry = mustBeOpen(await createRetry(sql, made))
        if (!retry) throw new GatewayError('conflict', { problem: 'The retry was cancelled meanwhile.' })
      }
      if (retry.state === 'preparing') await copyRecipients(sql, channelId, retry.id, rows)
    }
    if (Number(broadcast.unknown) > 0) counts.set('unknown', Number(broadcast.unknown))
    const left = [...counts].map(([reason, recipients]) => ({ reason, recipients }))
    if (!retry) throw nobodyLeft(left)
    await moveBroadcast(sql, channelId, retry.id, ['preparing'], 'draft', now)
    return { broadcast: await intake.find(channelId, retry.id), leftOut: left }
  }
}

/** The failed recipients may be in one retry alone. */
function mustBeOpen(retry: Retry | undefined): Retry | undefined {
  if (!retry || ['preparing', 'draft', 'checked'].includes(retry.state)) return retry
  throw new GatewayError('conflict', {
    problem: `The failed recipients were tried again as ${retry.id}. Retry that broadcast.`,
  })
}

function mustBeOver({ state }: BroadcastRow): void {
  if (RETRIED.includes(state)) return
  const problem =
    state === 'running'
      ? 'The broadcast is running. Wait until it is done, or pause it.'
      : `The broadcast is ${state}, so nothing has failed yet.`
  throw new GatewayError('conflict', { problem })
}

function nobodyLeft(left: Retried['leftOut']): GatewayError {
  const why = left.map(({ reason, recipients }) => `${recipients} ${reason}`).join(', ')
  const problem = why === '' ? 'No recipient has failed.' : `No recipient may be tried again: ${why}.`
  return new GatewayError('conflict', { problem })
}

const outcomeOf = ({ state, status, error, at }: FailedRow) => {
  const { reason, code } = causeOf(error)
  return { state, status, reason, code: code === 0 ? null : code, at: at === null ? null : Number(at) }
}
