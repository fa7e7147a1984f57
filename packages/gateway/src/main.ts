import { enableCompileCache } from 'node:module'
import { dirname } from 'node:path'

// Types are stripped and modules compiled once, not at every start: a restart takes half the time and less memory.
const { directory } = enableCompileCache()
// Threads look for it by this name, in the folder that holds those of all versions of Node.
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= dirname(directory)

const { run } = await import('./cli/run.ts')
process.exitCode = await run(process.argv.slice(2), process.env)
