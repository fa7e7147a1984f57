import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { DatabaseSync, type StatementSync } from 'node:sqlite'

/** One stored object. */
export type SnapshotRow = { kind: string; id: string; value: unknown }

const LAZY_MS = 50

/**
 * Keeps the state over a restart: one table, one row for each object, written in batches. An object that changes
 * several times within a batch is written once. `barrier` writes at once, for changes that must be stored before the
 * answer. Not synced to the disk: a killed process loses nothing, a power cut may lose the last moments.
 */
export class SnapshotStore {
  readonly #db: DatabaseSync
  readonly #put: StatementSync
  readonly #drop: StatementSync
  readonly #dirty = new Map<string, SnapshotRow>()
  #timer: NodeJS.Timeout | undefined
  #barrier: Promise<void> | undefined
  /** Called before each batch, to add objects without a single place of change. */
  before: () => void = () => {}

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true })
    this.#db = new DatabaseSync(join(folder, 'sandbox.db'))
    this.#db.exec(`
      pragma journal_mode = wal;
      pragma synchronous = off;
      create table if not exists things (kind text, id text, json text not null, place integer, primary key (kind, id)) without rowid;
    `)
    // `place` keeps the order of the first writes: the newest messages and media are kept.
    this.#put = this.#db.prepare(
      `insert into things (kind, id, json, place) values (?, ?, ?, ?)
       on conflict (kind, id) do update set json = excluded.json`,
    )
    this.#drop = this.#db.prepare('delete from things where kind = ? and id = ?')
    const { last } = this.#db.prepare('select max(place) as last from things').get() as { last: number | null }
    this.#place = last ?? 0
  }

  #place: number

  read(): SnapshotRow[] {
    const rows = this.#db.prepare('select kind, id, json from things order by place').all() as Record<
      'kind' | 'id' | 'json',
      string
    >[]
    return rows.map(({ kind, id, json }) => ({ kind, id, value: JSON.parse(json) as unknown }))
  }

  /**
   * Records that an object changed; undefined means that it was deleted. The value is read when the batch is written.
   */
  note(kind: string, id: string, value: unknown): void {
    this.#dirty.set(`${kind}\n${id}`, { kind, id, value })
    this.#timer ??= setTimeout(() => this.flush(), LAZY_MS).unref()
  }

  /** Resolves once all changes so far are written. All calls of one turn share one batch. */
  barrier(): Promise<void> {
    return (this.#barrier ??= new Promise((resolve) => {
      setImmediate(() => {
        this.#barrier = undefined
        this.flush()
        resolve()
      })
    }))
  }

  flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    this.before()
    if (this.#dirty.size === 0) return
    this.#db.exec('begin')
    for (const { kind, id, value } of this.#dirty.values()) {
      if (value === undefined) this.#drop.run(kind, id)
      else this.#put.run(kind, id, JSON.stringify(value), ++this.#place)
    }
    this.#db.exec('commit')
    this.#dirty.clear()
  }

  close(): void {
    this.flush()
    clearTimeout(this.#timer)
    this.#db.close()
  }
}
