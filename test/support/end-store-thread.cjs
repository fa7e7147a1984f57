// Loaded before a gateway with --require: SIGUSR2 ends the thread that has the store, as a crash of it would.
const threads = require('node:worker_threads')
const { syncBuiltinESMExports } = require('node:module')

if (threads.isMainThread) {
  threads.Worker = class extends threads.Worker {
    constructor(file, options) {
      super(file, options)
      if (options.name === 'store') process.once('SIGUSR2', () => void this.terminate())
    }
  }
  syncBuiltinESMExports()
}
