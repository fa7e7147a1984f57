import type { SqlValue } from '../../packages/gateway/src/store/sql.ts'
import type { Tables } from './memory.ts'

/** What one statement of a cold table does, over maps. */
export type Cold = {
  all: (t: Tables, params: readonly SqlValue[], sql: string) => unknown[]
  run: (t: Tables, params: readonly SqlValue[], sql: string) => number
}
/** Found by how the statement begins. */
export type Known = [beginning: string, cold: Cold]

export const reading = (all: Cold['all']): Cold => ({ all, run: refuse })
export const writing = (run: Cold['run']): Cold => ({ all: refuse, run })

function refuse(): never {
  throw new Error('this statement is run in another way than it was written for')
}
