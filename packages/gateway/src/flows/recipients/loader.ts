import type { Clock } from '@postern/runtime/clock'
import type { GivenMap } from '../../domain/broadcasts/row-map.ts'
import type { Channel } from '../../domain/channels/channel.ts'
import { GatewayError, StoreUnavailable } from '../../platform/errors.ts'
import type { Log } from '../../platform/log.ts'
import { backToDraft, dropLoadLeases, enterRows, idleLoads, leaseLoad, takeOut } from '../../store/broadcast-drafts.ts'
import { findFile, removeFile, unusedFiles } from '../../store/broadcast-files.ts'
import { findBroadcast, moveBroadcast, releaseBroadcast, type BroadcastRow } from '../../store/broadcasts.ts'
import type { Store } from '../../store/store.ts'
import { FILE_LIFE_MS } from './files.ts'
import { lookUp, readingOf, rowsOf, type Templates } from './check.ts'
import { runTask } from './thread.ts'
import type { LoadedBatch } from './thread-calls.ts'

const POLL_MS = 2_000
/** Each batch renews it. */
const LEASE_MS = 30_000
/** Files that no broadcast needs any more are removed. */
const SWEEP_EVERY_MS = 3600_000
const MOST_SWEPT = 20
/** No upload and no check takes this long: its process was killed. */
const UPLOAD_LIFE_MS = 24 * 3600_000
const TAKEN_OUT_AT_ONCE = 1_000

export type Loader = ReturnType<typeof createLoader>

/** Thrown to end a task whose broadcast was cancelled, or taken over by another node. */
class NotOurs extends Error {}

/**
 * Enters the rows of files whose broadcasts were started, on one node. After a crash another one goes on where the
 * last commit ended.
 */
export function createLoader(deps: {
  store: Store
  clock: Clock
  log: Log
  holder: string
  channel: (id: number) => Channel | undefined
  templates: Templates
  /** The rows are there: the broadcast may run. */
  onLoaded: () => void
}) {
  const { store, clock, log, holder, templates } = deps
  const { sql } = store
  const stopping = new AbortController()
  let cancel = (): void => {}
  let working: Promise<void> | undefined
  let again = false
  let sweepAt = -Infinity

  async function load(channelId: number, id: string): Promise<void> {
    const row = await findBroadcast(sql, channelId, id)
    const channel = deps.channel(channelId)
    if (!row || !channel || row.state !== 'preparing') return
    const file = await findFile(sql, channelId, row.file_id!, 'recipients')
    if (!file) return refuse(row, 'the recipients’ file was removed: upload it again')
    const { id: fileId, bytes, format } = file
    const message = JSON.parse(row.message) as Record<string, unknown>
    const map = row.map === null ? null : (JSON.parse(row.map) as GivenMap)
    const subject = { message, map, rows: { fileId, bytes, format } }
    let done = Number(row.loaded)
    try {
      await runTask(
        { kind: 'load', reading: readingOf(channel, subject), done, skipBad: Number(row.skip_bad) === 1 },
        {
          ...rowsOf(sql, subject),
          template: lookUp(templates, channel),
          async rows(batch: LoadedBatch) {
            const now = await store.now()
            const lease = { channelId, id, holder, until: now + LEASE_MS }
            if (!(await enterRows(sql, lease, { ...batch, from: done }, clock.now()))) throw new NotOurs()
            done = batch.upTo
            return null
          },
        },
        { signal: stopping.signal },
      )
    } catch (error) {
      if (error instanceof NotOurs || stopping.signal.aborted) return
      if (!(error instanceof GatewayError) || error instanceof StoreUnavailable) throw error
      return refuse(row, error.message)
    }
    const sendAt = row.send_at === null ? null : Number(row.send_at)
    const to = sendAt !== null && sendAt > clock.now() ? 'scheduled' : 'running'
    await releaseBroadcast(sql, channelId, id, holder)
    if (await moveBroadcast(sql, channelId, id, ['preparing'], to, clock.now())) {
      log.info({ broadcast: id, rows: done }, 'broadcast.loaded')
    }
  }

  /** A row is bad that was good before, or nobody looked before: nothing is made of the file. */
  async function refuse(row: BroadcastRow, message: string): Promise<void> {
    const { channel_id: channelId, id } = row
    for (let left = 'some'; left === 'some';) {
      const lease = { channelId: Number(channelId), id, holder, until: (await store.now()) + LEASE_MS }
      left = await takeOut(sql, lease, TAKEN_OUT_AT_ONCE)
      if (left === 'lost') return
    }
    const reason = JSON.stringify({ reason: 'rows_refused', message })
    await backToDraft(sql, channelId, id, holder, reason, clock.now())
    log.warn({ broadcast: id }, 'broadcast.rows_refused')
  }

  async function sweep(): Promise<void> {
    if (clock.monotonic() < sweepAt) return
    sweepAt = clock.monotonic() + SWEEP_EVERY_MS
    const before = { unused: clock.now() - FILE_LIFE_MS, unfinished: clock.now() - UPLOAD_LIFE_MS }
    for (let gone = MOST_SWEPT; gone === MOST_SWEPT && !stopping.signal.aborted;) {
      const files = await unusedFiles(sql, before, MOST_SWEPT)
      for (const { channel_id: channelId, id } of files) await removeFile(sql, Number(channelId), id)
      gone = files.length
    }
  }

  async function look(): Promise<void> {
    cancel()
    if (working) {
      again = true
      return working
    }
    working = work().finally(() => {
      working = undefined
      if (!stopping.signal.aborted) cancel = clock.after(POLL_MS, () => void look())
    })
    return working
  }

  async function work(): Promise<void> {
    try {
      do {
        again = false
        for (const { channel_id: channelId, id } of await idleLoads(sql, await store.now(), 16)) {
          const now = await store.now()
          const lease = { holder, until: now + LEASE_MS, now }
          if (stopping.signal.aborted || !(await leaseLoad(sql, Number(channelId), id, lease))) continue
          await load(Number(channelId), id)
          deps.onLoaded()
        }
      } while (again && !stopping.signal.aborted)
      await sweep()
    } catch (error) {
      if (!stopping.signal.aborted) log.warn({ err: error }, 'broadcasts.load_failed')
    }
  }

  return {
    async start() {
      if (store.engine === 'sqlite') await dropLoadLeases(sql)
      void look()
    },
    nudge: () => void look(),
    get active() {
      return working ? 1 : 0
    },
    async stop() {
      stopping.abort(new NotOurs())
      cancel()
      await working
    },
  }
}
