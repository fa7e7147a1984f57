import { openSqlite } from '../../packages/gateway/src/store/sqlite/engine.ts'

/** A process of its own that opens the store in a folder, reports the result, and stays. */
try {
  await openSqlite({ dataDir: process.argv[2]! })
  process.send!('open')
  setInterval(() => {}, 1_000)
} catch (error) {
  process.send!(String(error))
  process.disconnect()
}
