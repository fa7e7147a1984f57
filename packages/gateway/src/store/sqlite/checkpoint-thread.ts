import { DatabaseSync } from 'node:sqlite'
import { parentPort, workerData } from 'node:worker_threads'

const { path } = workerData as { path: string }
const port = parentPort!
const db = new DatabaseSync(path)
// NORMAL: the WAL is synced before it is copied, and the database before the WAL starts anew.
db.exec('pragma synchronous = normal; pragma wal_autocheckpoint = 0; pragma cache_size = -1000')
const pass = db.prepare('pragma wal_checkpoint(passive)')

port.on('message', (asked: 'pass' | 'close') => {
  if (asked === 'close') {
    db.close()
    port.close()
    return
  }
  try {
    pass.get()
  } catch {
    // The disk refused it. The writer gets the same error when its WAL reaches its limit, and reports it.
  }
  port.postMessage('passed')
})
