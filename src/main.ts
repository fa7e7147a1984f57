import cluster from 'node:cluster'
import { enableCompileCache } from 'node:module'

// Types are stripped and modules compiled once, not at every start: a restart takes half the time and less memory.
enableCompileCache()

const { run } = await import('./cli/run.ts')
process.exitCode = await run(process.argv.slice(2), process.env)
// The line to its primary would keep a worker alive that has nothing left to do.
if (cluster.isWorker) process.exit()
