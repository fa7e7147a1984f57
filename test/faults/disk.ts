import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A separate file system of a few megabytes, in memory. */
export type Disk = {
  readonly folder: string
  /** Leaves no byte free. */
  fill(): void
  free(): void
  close(): void
}

/** True when a file system can be mounted: on Linux, as root. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0

export function makeDisk(megabytes: number): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'postern-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder])
  chmodSync(folder, 0o755)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      // The free space may shrink while we write, so this writes in pieces, down to the last page.
      for (let piece = 0; ; piece++) {
        const { bavail, bsize } = statfsSync(folder)
        if (bavail === 0 || piece > 50) return
        try {
          writeFileSync(ballast, Buffer.alloc(Math.min(bavail * bsize, 1 << 26)), { flag: 'a' })
        } catch {
          // Full, as intended.
        }
      }
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      // Lazily: a killed process may hold it a moment longer.
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
