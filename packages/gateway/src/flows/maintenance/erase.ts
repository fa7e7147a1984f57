import { setTimeout as after } from 'node:timers/promises'
import type { Clock } from '@postern/runtime/clock'
import { newId } from '../../platform/ids.ts'
import type { Log } from '../../platform/log.ts'
import {
  eraseEvents,
  eraseMessages,
  eraseQuarantined,
  eraseRecipients,
  eraseScheduled,
  erasureToOverwrite,
  finishErasure,
  noteOverwritten,
  wholeContact,
  type ErasureCounts,
  type Whole,
} from '../../store/erasures.ts'
import { blankEventsIn, eraseAuthoredIn, groupsOf } from '../../store/group-erasures.ts'
import { findContact } from '../../store/messages.ts'
import type { Sql } from '../../store/sql.ts'
import type { Store } from '../../store/store.ts'

/** A person who wrote in groups alone, or is in a broadcast that has not run, is no contact: no row has this id. */
const NO_CONTACT: Whole = { ids: [-1], names: [] }

const AT_ONCE = 200
const BODIES_LOOKED_AT_ONCE = 500
const PAUSE_MS = 5

/** Overwrites the remains of erased rows in the store's files, if there are any. A failed attempt is repeated later. */
export async function overwriteErased(store: Store, log: Log): Promise<void> {
  if (!store.overwriteDeleted) return
  const id = await erasureToOverwrite(store.sql)
  if (id === undefined) return
  try {
    if (await store.overwriteDeleted()) return await noteOverwritten(store.sql, id)
    log.warn({ erasure: id }, 'erasure.not_overwritten')
  } catch (error) {
    log.warn({ erasure: id, err: error }, 'erasure.not_overwritten')
  }
}

/** Overwrites the rows of files that name a person, and takes the person out of reports. Returns the number of rows. */
export type EraseInBroadcasts = (channelId: number, names: readonly string[]) => Promise<number>

export type Erasure = { id: string; erasedAt: number; counts: ErasureCounts }

/**
 * Removes all data of one contact on one channel. Works in small commits, so that other work does not wait. The
 * contact's own row is removed last, in the commit that stores the proof, so that an interrupted erasure can be
 * requested again. Undefined when no contact has this name.
 */
export async function eraseContact(
  deps: { store: Store; clock: Clock; log: Log; eraseInBroadcasts: EraseInBroadcasts },
  channelId: number,
  name: { phone?: string; userId?: string },
): Promise<Erasure | undefined> {
  const { store, clock, log } = deps
  const { sql } = store
  const removeFromBroadcasts = async (names: readonly string[]): Promise<void> => {
    // First the files, so that no row is entered again; then nothing is sent to the person.
    counts.broadcast_file_rows += await deps.eraseInBroadcasts(channelId, names)
    counts.broadcast_recipients += await eraseRecipients(sql, channelId, names)
    counts.scheduled_sends += await eraseScheduled(sql, channelId, names)
  }
  const counts: ErasureCounts = {
    messages: 0,
    events: 0,
    attempts: 0,
    contacts: 0,
    names: 0,
    idempotency_keys: 0,
    broadcast_recipients: 0,
    broadcast_file_rows: 0,
    scheduled_sends: 0,
    quarantined: 0,
  }
  let whole: Whole | undefined
  // Again where the contact was joined to another one, or another one to it, while it was being removed.
  for (;;) {
    const contact = await findContact(sql, channelId, name)
    if (contact) whole = await wholeContact(sql, channelId, contact.id)
    if (whole) {
      await removeFromBroadcasts(whole.names)
      await removeRows(sql, channelId, whole, counts)
    } else {
      const names = [name.phone?.replace(/\D/g, '') ?? name.userId ?? '']
      await removeFromBroadcasts(names)
      await removeFromGroups(sql, channelId, names, counts)
      if (Object.values(counts).every((count) => count === 0)) return undefined
      whole = NO_CONTACT
    }
    const erasure = { id: newId('era', clock.now()), channelId, ids: whole.ids, counts, now: clock.now() }
    const proof = await finishErasure(sql, { ...erasure, overwrite: store.overwriteDeleted !== undefined })
    if (!proof) continue
    // The answer confirms that the data is gone, so the files are overwritten first.
    await overwriteErased(store, log)
    log.info({ channel_id: channelId, erasure: erasure.id, ...proof }, 'person.erased')
    return { id: erasure.id, erasedAt: erasure.now, counts: proof }
  }
}

async function removeRows(sql: Sql, channelId: number, { ids, names }: Whole, counts: ErasureCounts): Promise<void> {
  for (const id of ids) {
    for (;;) {
      const gone = await eraseMessages(sql, channelId, id, AT_ONCE)
      counts.messages += gone.messages
      counts.idempotency_keys += gone.keys
      if (gone.messages < AT_ONCE) break
      await after(PAUSE_MS)
    }
  }
  for (const id of ids) {
    for (;;) {
      const gone = await eraseEvents(sql, channelId, id, ids, AT_ONCE)
      counts.events += gone.events
      counts.attempts += gone.attempts
      if (gone.events < AT_ONCE) break
      await after(PAUSE_MS)
    }
  }
  await removeFromGroups(sql, channelId, names, counts)
  for (let behind: number | undefined = 0; behind !== undefined;) {
    const gone: Awaited<ReturnType<typeof eraseQuarantined>> = await eraseQuarantined(
      sql,
      names,
      behind,
      BODIES_LOOKED_AT_ONCE,
    )
    counts.quarantined += gone.quarantined
    behind = gone.next
    if (behind !== undefined) await after(PAUSE_MS)
  }
}

/** What the person wrote in groups, and the events of groups that name the person. The groups themselves stay. */
async function removeFromGroups(
  sql: Sql,
  channelId: number,
  given: readonly string[],
  counts: ErasureCounts,
): Promise<void> {
  const names = [...given]
  for (const group of await groupsOf(sql, channelId)) {
    for (let behind: string | undefined = ''; behind !== undefined;) {
      const gone: Awaited<ReturnType<typeof eraseAuthoredIn>> = await eraseAuthoredIn(
        sql,
        { channelId, group, names },
        behind,
        AT_ONCE,
      )
      counts.messages += gone.messages
      names.push(...gone.named.filter((name) => !names.includes(name)))
      behind = gone.next
      if (behind !== undefined) await after(PAUSE_MS)
    }
    for (let behind: number | undefined = 0; behind !== undefined;) {
      const gone: Awaited<ReturnType<typeof blankEventsIn>> = await blankEventsIn(
        sql,
        { channelId, group, names },
        behind,
        AT_ONCE,
      )
      counts.events += gone.events
      behind = gone.next
      if (behind !== undefined) await after(PAUSE_MS)
    }
  }
}
