import type { CloudApi } from '../../platform/cloud-api/client.ts'
import type { Clock } from '@postern/runtime/clock'
import type { Log } from '../../platform/log.ts'
import type { Store } from '../../store/store.ts'
import { catalogOf, catalogState, replaceCatalog, replaceNamed } from '../../store/templates.ts'
import type { CatalogEntry } from '../../domain/templates/catalog-entry.ts'
import { readTemplate } from '../../domain/templates/read-template.ts'
import { KeyedLimiter } from './keyed-limiter.ts'

/** Fields that the default list omits, and that we show or check. */
export const FIELDS = [
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

/** Another node's change is seen after this long. */
const LOOK_AFTER_MS = 5_000
/** A catalog without another refresh is fetched again this often. */
const FETCH_EVERY_MS = 15 * 60_000
/** Meta reports a change in several webhooks. One fetch shortly afterwards covers them. */
const SETTLE_MS = 500
/** However many webhooks arrive, whole fetches have at least this interval. */
const BETWEEN_FETCHES_MS = 5_000
/** After a failed first fetch, waiting sends do not try again before this. */
const RETRY_FIRST_MS = 2_000
/** A send waits for this, so a page must arrive sooner than a whole send may take. */
const REFRESH_TIMEOUT_MS = 5_000
/**
 * Sends that do not fit make us ask Meta, so this is limited: a name three times at once and then every ten seconds;
 * all names of an account a hundred times, then 720 an hour. Beyond that, the whole catalog is fetched at most once in
 * ten seconds for each of its pages. Meta allows 5,000 calls an hour.
 */
const PER_NAME = { burst: 3, everyMs: 10_000 }
const PER_ACCOUNT = { burst: 100, everyMs: 5_000 }
const PER_PAGE_MS = 10_000
const PAGE = 100

export type Account = { wabaId: string; accessToken: string }

export type Catalog = {
  /** All entries of an account, from memory. Reads the store when they are old, and Meta when there are none yet. */
  entries(account: Account): Promise<Entries>
  /** Fetches the whole catalog. The fetch begins now or later, never before this call. Throws the client's errors. */
  sync(account: Account): Promise<number>
  /**
   * Requests the translations of one name from Meta, because a send did not fit the known entry. False when Meta was
   * asked too often, or did not answer: then the known entries stay.
   */
  refresh(account: Account, name: string): Promise<boolean>
  /** Fetches the whole catalog because an expected template is missing. False when that was tried a moment ago. */
  lookAgain(account: Account): Promise<boolean>
  /** The store has new data of this account: it is read from now on. */
  reread(wabaId: string): void
  /** Meta reported a change. The store has the webhook's content; a fetch soon brings the rest. */
  changed(wabaId: string): void
  /** Starts the schedule. */
  start(): void
  stop(): void
}

export type Entries = {
  byName: ReadonlyMap<string, readonly CatalogEntry[]>
  all: readonly CatalogEntry[]
  syncedAt: number
}

type Cached = Entries & { changedAt: number; lookedAt: number }
type Running = { work: Promise<number>; next?: Promise<number> }

/**
 * The templates of each account: fetched from Meta, stored in the store, cached in memory. The store is authoritative;
 * memory is read again after each change.
 */
export function createCatalog(options: {
  store: Store
  cloudApi: Pick<CloudApi, 'allTemplates'>
  clock: Clock
  log: Log
  /** One account for each WABA that has a channel. */
  accounts: () => Account[]
  /** Called when known templates have changed, or may have. */
  onReread?: () => void
}): Catalog {
  const { store, cloudApi, clock, log } = options
  const cache = new Map<string, Cached>()
  const loading = new Map<string, Promise<Cached | undefined>>()
  const fetching = new Map<string, Running>()
  const refreshing = new Map<string, Promise<boolean>>()
  const fetchedAt = new Map<string, number>()
  const rereads = new Map<string, number>()
  const failed = new Map<string, { error: unknown; at: number }>()
  const soon = new Map<string, () => void>()
  const perName = new KeyedLimiter(clock, PER_NAME)
  const perAccount = new KeyedLimiter(clock, PER_ACCOUNT)
  let cancel = (): void => {}
  let stopped = false

  async function load(wabaId: string): Promise<Cached | undefined> {
    const seen = rereads.get(wabaId)
    // A change during the read may be missing from its result.
    const lookedAt = () => (rereads.get(wabaId) === seen ? clock.monotonic() : -Infinity)
    const state = await catalogState(store.sql, wabaId)
    if (!state) return undefined
    const known = cache.get(wabaId)
    if (known && known.changedAt === state.changedAt) {
      known.lookedAt = lookedAt()
      return known
    }
    const all = await catalogOf(store.sql, wabaId)
    const byName = new Map<string, CatalogEntry[]>()
    for (const entry of all) {
      const named = byName.get(entry.name)
      if (named) named.push(entry)
      else byName.set(entry.name, [entry])
    }
    const cached = { byName, all, ...state, lookedAt: lookedAt() }
    cache.set(wabaId, cached)
    return cached
  }

  function share<T>(running: Map<string, Promise<T>>, key: string, work: () => Promise<T>): Promise<T> {
    let promise = running.get(key)
    if (!promise) {
      promise = work().finally(() => running.delete(key))
      running.set(key, promise)
    }
    return promise
  }

  function reread(wabaId: string): void {
    rereads.set(wabaId, (rereads.get(wabaId) ?? 0) + 1)
    loading.delete(wabaId)
    const known = cache.get(wabaId)
    if (known) known.lookedAt = -Infinity
    options.onReread?.()
  }

  async function fetchEntries(account: Account, name?: string): Promise<CatalogEntry[]> {
    const entries: CatalogEntry[] = []
    const pages = cloudApi.allTemplates(account.wabaId, account.accessToken, {
      fields: FIELDS,
      limit: PAGE,
      ...(name !== undefined && { name, timeoutMs: REFRESH_TIMEOUT_MS }),
    })
    for await (const wire of pages) {
      const entry = readTemplate(wire)
      // Meta's filter also finds names that merely contain the requested one.
      if (entry && (name === undefined || entry.name === name)) entries.push(entry)
    }
    return entries
  }

  async function fetchAll(account: Account): Promise<number> {
    const startedAt = clock.now()
    fetchedAt.set(account.wabaId, clock.monotonic())
    const entries = await fetchEntries(account)
    await replaceCatalog(store.sql, account.wabaId, entries, startedAt, clock.now())
    reread(account.wabaId)
    log.info({ waba_id: account.wabaId, templates: entries.length }, 'templates.synced')
    return entries.length
  }

  function begin(account: Account): Promise<number> {
    const running: Running = {
      work: fetchAll(account).finally(() => {
        if (fetching.get(account.wabaId) === running) fetching.delete(account.wabaId)
      }),
    }
    fetching.set(account.wabaId, running)
    return running.work
  }

  function sync(account: Account): Promise<number> {
    const running = fetching.get(account.wabaId)
    if (!running) return begin(account)
    running.next ??= running.work.then(
      () => begin(account),
      () => begin(account),
    )
    return running.next
  }

  async function quietly(account: Account, work: () => Promise<unknown>): Promise<boolean> {
    try {
      await work()
      return true
    } catch (error) {
      log.warn({ err: error, waba_id: account.wabaId }, 'templates.sync_failed')
      return false
    }
  }

  async function refetch(account: Account): Promise<boolean> {
    const { wabaId } = account
    const running = fetching.get(wabaId)
    const pages = 1 + Math.floor((cache.get(wabaId)?.all.length ?? 0) / PAGE)
    const since = clock.monotonic() - (fetchedAt.get(wabaId) ?? -Infinity)
    if (!running && since < pages * PER_PAGE_MS) return false
    return quietly(account, () => running?.work ?? begin(account))
  }

  async function first(account: Account): Promise<Cached> {
    const before = failed.get(account.wabaId)
    if (before && clock.monotonic() - before.at < RETRY_FIRST_MS) throw before.error
    try {
      await (fetching.get(account.wabaId)?.work ?? begin(account))
    } catch (error) {
      failed.set(account.wabaId, { error, at: clock.monotonic() })
      throw error
    }
    failed.delete(account.wabaId)
    return (await load(account.wabaId))!
  }

  async function tick(): Promise<void> {
    for (const account of options.accounts()) {
      if (stopped) return
      const state = await catalogState(store.sql, account.wabaId).catch(() => undefined)
      const age = state ? clock.now() - state.syncedAt : Infinity
      // An age below 0 comes from a clock that was set back: the true age is unknown.
      if (age < 0 || age >= FETCH_EVERY_MS) await quietly(account, () => sync(account))
    }
    if (!stopped) cancel = clock.after(FETCH_EVERY_MS / 15, () => void tick())
  }

  return {
    async entries(account) {
      const { wabaId } = account
      const cached = cache.get(wabaId)
      if (cached && clock.monotonic() - cached.lookedAt < LOOK_AFTER_MS) return cached
      return (await share(loading, wabaId, () => load(wabaId))) ?? (await first(account))
    },
    sync,
    refresh(account, name) {
      const { wabaId } = account
      const key = `${wabaId} ${name}`
      const running = refreshing.get(key)
      if (running) return running
      if (!perAccount.has(wabaId) || !perName.take(key)) return refetch(account)
      perAccount.take(wabaId)
      return share(refreshing, key, () =>
        quietly(account, async () => {
          const startedAt = clock.now()
          const entries = await fetchEntries(account, name)
          await replaceNamed(store.sql, wabaId, name, entries, startedAt, clock.now())
          reread(wabaId)
        }),
      )
    },
    async lookAgain(account) {
      if (clock.monotonic() - (fetchedAt.get(account.wabaId) ?? -Infinity) < BETWEEN_FETCHES_MS) return false
      await sync(account)
      return true
    },
    reread,
    changed(wabaId) {
      reread(wabaId)
      if (stopped || soon.has(wabaId)) return
      const since = clock.monotonic() - (fetchedAt.get(wabaId) ?? -Infinity)
      soon.set(
        wabaId,
        clock.after(Math.max(SETTLE_MS, BETWEEN_FETCHES_MS - since), () => {
          soon.delete(wabaId)
          const account = options.accounts().find((one) => one.wabaId === wabaId)
          if (account && !stopped) void quietly(account, () => sync(account))
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
