// Loaded before a gateway with --require: SIGUSR2 ends the thread that END_THREAD names, as a crash of it would.
const threads = require('node:worker_threads')
const { syncBuiltinESMExports } = require('node:module')

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
