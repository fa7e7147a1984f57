/** A value that both engines store the same way. */
export type SqlValue = string | number | null | Uint8Array

export type Statement = { sql: string; params?: readonly SqlValue[] }

/**
 * The part of an engine that the cold tables are written against. Statements use `$1`, `$2` … and are the same text
 * for every engine. Each write is durable when its promise settles.
 */
export interface Sql {
  all<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  get<T>(sql: string, params?: readonly SqlValue[]): Promise<T | undefined>
  /** Answers how many rows changed. */
  run(sql: string, params?: readonly SqlValue[]): Promise<number>
  /** A write that answers rows (`… returning …`). */
  returning<T>(sql: string, params?: readonly SqlValue[]): Promise<T[]>
  /** All or none. Answers how many rows each statement changed. */
  atomically(statements: readonly Statement[]): Promise<number[]>
  /**
   * The place in the stored order of events below which nothing is still to come. With several nodes a lower event may
   * be seen after a higher one; whoever reads the feed stops here. Missing: whatever can be read is complete.
   */
  feedEnd?(): Promise<number>
}
