import { execFile } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { findBinaries } from '../test/support/postgres.ts'

/** The machine of the measurement, in one line. */
export async function describeMachine(): Promise<string> {
  const model = cpus()[0]?.model.trim() || process.arch
  const postgres = await findBinaries()
    .then((folder) => promisify(execFile)(join(folder, 'postgres'), ['--version']))
    .then(({ stdout }) => stdout.trim())
    .catch(() => 'no PostgreSQL')
  const load = loadavg().map((value) => value.toFixed(1))
  return (
    `${cpus().length} cores of ${model}, ${(totalmem() / 1024 ** 3).toFixed(0)} GiB; Node ${process.versions.node}, ` +
    `SQLite ${process.versions.sqlite}, ${postgres}; load average before the run ${load.join(', ')}.`
  )
}
