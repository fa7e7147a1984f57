import type { CloudApi } from '../cloud-api/client.ts'
import type { Clock } from '../clock.ts'
import type { Log } from '../log.ts'
import type { Store } from '../store/store.ts'
import { catalogOf, catalogSyncedAt, replaceCatalog } from '../store/templates.ts'
import type { CatalogEntry } from '../templates/catalog-entry.ts'
import { readTemplate } from '../templates/read-template.ts'

/** Fields that the default list leaves out and that we show or judge by. */
const FIELDS = [
  'id',
  'name',
  'language',
  'status',
  'category',
  'components',
  'parameter_format',
  'quality_score',
  'rejected_reason',
]

/** Another node's sync is seen after this long. */
const LOOK_AFTER_MS = 5_000
/** A catalog that nothing else refreshes is fetched again this often. */
const FETCH_EVERY_MS = 15 * 60_000
/** Someone who sends an unknown name over and over does not make us ask Meta over and over. */
const ASK_AGAIN_AFTER_MS = 10_000
/** Meta tells of a change in several webhooks; one fetch a moment later covers them. */
const SETTLE_MS = 500

export type Account = { wabaId: string; accessToken: string }

export type Catalog = {
  /** All entries of an account, from memory; the store is asked when they have aged, Meta when there are none yet. */
  entries(account: Account): Promise<Entries>
  /** Fetches the whole catalog now. Calls for one account share one fetch. Throws the client's errors. */
  sync(account: Account): Promise<number>
  /**
   * Fetches again because a send did not fit what we know. False when a fetch was so recent that it would tell
   * nothing new, or when it failed: then what we know stands.
   */
  refresh(account: Account, syncedBefore: number): Promise<boolean>
  /** Meta told of a change: fetches soon. */
  changed(wabaId: string): void
  /** Begins the schedule. */
  start(): void
  stop(): void
}

export type Entries = {
  byName: ReadonlyMap<string, readonly CatalogEntry[]>
  all: readonly CatalogEntry[]
  syncedAt: number
}

type Cached = Entries & { lookedAt: number }

export function createCatalog(options: {
  store: Store
  cloudApi: CloudApi
  clock: Clock
  log: Log
  /** One account for each WABA that has a channel. */
  accounts: () => Account[]
}): Catalog {
  const { store, cloudApi, clock, log } = options
  const cache = new Map<string, Cached>()
  const fetching = new Map<string, Promise<number>>()
  const soon = new Map<string, () => void>()
  let cancel = (): void => {}
  let stopped = false

  async function load(wabaId: string): Promise<Cached | undefined> {
    const syncedAt = await catalogSyncedAt(store.sql, wabaId)
    if (syncedAt === undefined) return undefined
    const known = cache.get(wabaId)
    if (known && known.syncedAt === syncedAt) {
      known.lookedAt = clock.now()
      return known
    }
    return remember(wabaId, await catalogOf(store.sql, wabaId), syncedAt)
  }

  function remember(wabaId: string, all: CatalogEntry[], syncedAt: number): Cached {
    const byName = new Map<string, CatalogEntry[]>()
    for (const entry of all) {
      const named = byName.get(entry.name)
      if (named) named.push(entry)
      else byName.set(entry.name, [entry])
    }
    const cached = { byName, all, syncedAt, lookedAt: clock.now() }
    cache.set(wabaId, cached)
    return cached
  }

  async function fetchAll(account: Account): Promise<number> {
    const entries: CatalogEntry[] = []
    for await (const wire of cloudApi.allTemplates(account.wabaId, account.accessToken, {
      fields: FIELDS,
      limit: 100,
    })) {
      const entry = readTemplate(wire)
      if (entry) entries.push(entry)
    }
    const now = clock.now()
    await replaceCatalog(store.sql, account.wabaId, entries, now)
    remember(account.wabaId, entries, now)
    log.info({ waba_id: account.wabaId, templates: entries.length }, 'templates.synced')
    return entries.length
  }

  function sync(account: Account): Promise<number> {
    let running = fetching.get(account.wabaId)
    if (!running) {
      running = fetchAll(account).finally(() => fetching.delete(account.wabaId))
      fetching.set(account.wabaId, running)
    }
    return running
  }

  async function syncQuietly(account: Account): Promise<boolean> {
    try {
      await sync(account)
      return true
    } catch (error) {
      log.warn({ err: error, waba_id: account.wabaId }, 'templates.sync_failed')
      return false
    }
  }

  async function tick(): Promise<void> {
    for (const account of options.accounts()) {
      if (stopped) return
      const syncedAt = await catalogSyncedAt(store.sql, account.wabaId).catch(() => undefined)
      if (syncedAt === undefined || clock.now() - syncedAt >= FETCH_EVERY_MS) await syncQuietly(account)
    }
    if (!stopped) cancel = clock.after(FETCH_EVERY_MS / 15, () => void tick())
  }

  return {
    async entries(account) {
      const cached = cache.get(account.wabaId)
      if (cached && clock.now() - cached.lookedAt < LOOK_AFTER_MS) return cached
      const loaded = await load(account.wabaId)
      if (loaded) return loaded
      await sync(account)
      return cache.get(account.wabaId)!
    },
    sync,
    async refresh(account, syncedBefore) {
      const running = fetching.get(account.wabaId)
      const syncedAt = cache.get(account.wabaId)?.syncedAt ?? 0
      if (syncedAt > syncedBefore) return true
      if (!running && clock.now() - syncedAt < ASK_AGAIN_AFTER_MS) return false
      return syncQuietly(account)
    },
    changed(wabaId) {
      if (stopped || soon.has(wabaId)) return
      soon.set(
        wabaId,
        clock.after(SETTLE_MS, () => {
          soon.delete(wabaId)
          const account = options.accounts().find((one) => one.wabaId === wabaId)
          if (account && !stopped) void syncQuietly(account)
        }),
      )
    },
    start() {
      cancel = clock.after(1, () => void tick())
    },
    stop() {
      stopped = true
      cancel()
      for (const cancelSoon of soon.values()) cancelSoon()
    },
  }
}
