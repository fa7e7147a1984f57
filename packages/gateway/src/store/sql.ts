/** A value that both engines store in the same way. */
export type SqlValue = string | number | null | Uint8Array

export type Statement = { sql: string; params?: readonly SqlValue[] }

/**
 * The part of an engine that the cold tables use. Statements use `$1`, `$2` … and have the same text for every engine.
 * Each write is durable when its promise settles.
 */
export interface Sql {
  all<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  get<T>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>
  /** Returns the number of changed rows. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>
  /** A write that returns rows (`… returning …`). */
  returning<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  /** All or none. Returns the number of changed rows of each statement. */
  atomically(statements: readonly Statement[]): Promise<number[]>
  /**
   * The place in the stored order of events below which all events are visible. With several nodes a lower event may
   * become visible after a higher one, so a reader of the feed stops here. Missing: all events are always visible.
   */
  feedEnd?(): Promise<number>
}
