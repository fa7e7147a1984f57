import { DatabaseSync, type StatementSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'
import type { SqlValue } from '../sql.ts'
import { type CrossedError, crossing } from '../thread/errors.ts'

/** A read for the reader's thread, and its answer. */
export type Asked = { id: number; sql: string; params: readonly SqlValue[]; one: boolean }
export type Answered = { id: number; value: unknown } | { id: number; error: CrossedError }

// The program has a fixed set of statements. More than this means that code builds statements from values.
const MOST_PREPARED = 300

const { path, busyMs } = workerData as { path: string; busyMs: number }
const port = parentPort!
const db = new DatabaseSync(path, { readOnly: true, timeout: busyMs })
db.exec('pragma query_only = on; pragma temp_store = memory; pragma cache_size = -16000')
const prepared = new Map<string, StatementSync>()

function prepare(sql: string): StatementSync {
  let statement = prepared.get(sql)
  if (!statement) {
    if (prepared.size >= MOST_PREPARED) prepared.clear()
    prepared.set(sql, (statement = db.prepare(sql)))
  }
  return statement
}

port.on('message', (asked: Asked | 'close') => {
  if (asked === 'close') {
    prepared.clear()
    db.close()
    port.close()
    return
  }
  const { id, sql, params, one } = asked
  try {
    const statement = prepare(sql)
    port.postMessage({ id, value: one ? statement.get(...params) : statement.all(...params) } satisfies Answered)
  } catch (error) {
    port.postMessage({ id, error: crossing(error) } satisfies Answered)
  }
})
