import { runFaults } from './run.ts'

// A scenario that failed in the middle leaves its traffic running, which would go on for ever.
process.exit(await runFaults(process.argv.slice(2)))
