// Loaded before a gateway with --import: SIGUSR2 ends the thread named in END_THREAD, as a crash of it would.
import { syncBuiltinESMExports } from 'node:module'
import process from 'node:process'
import threads from 'node:worker_threads'

if (threads.isMainThread) {
  const running = new Map()
  process.on('SIGUSR2', () => void running.get(process.env.END_THREAD)?.terminate())
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options)
      running.set(options.name, this)
    }
  }
  syncBuiltinESMExports()
}
