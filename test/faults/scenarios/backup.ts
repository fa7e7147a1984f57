import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { childEnv } from '../../support/child-env.ts'
import { startCluster } from '../cluster.ts'
import { goBack } from './back.ts'
import type { Row, Scale } from './row.ts'

const run = promisify(execFile)
const MAIN = fileURLToPath(new URL('../../../packages/gateway/src/main.ts', import.meta.url))

/** A command of `postern` in a process of its own. */
export const postern = async (args: string[], env: Record<string, string>): Promise<string> =>
  (await run(process.execPath, [MAIN, ...args], { env: childEnv(env) })).stdout

/** `postern backup` while the gateway works, and `postern restore --force` after it was killed. */
export async function backupAndRestore(scale: Scale): Promise<Row> {
  const folder = mkdtempSync(join(tmpdir(), 'postern-backup-'))
  const dataDir = join(folder, 'data')
  const fileOf = (round: number): string => join(folder, `${round}.tar`)
  try {
    const cluster = await startCluster({ dataDir })
    try {
      return await goBack(scale, cluster, {
        what: 'backup of a working gateway; SIGKILL; restore',
        note: 'postern backup and postern restore',
        async keep(round) {
          await postern(['backup', fileOf(round)], cluster.settings(0))
        },
        async lose() {},
        async restore(round) {
          await postern(['restore', fileOf(round), '--force'], cluster.settings(0))
        },
      })
    } finally {
      await cluster.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
