import { execFileSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A file system of its own and of a few megabytes, in memory. */
export type Disk = {
  readonly folder: string
  /** Leaves no byte free. */
  fill(): void
  free(): void
  close(): void
}

/** True where one may be mounted: Linux, and root. */
export const canMount = process.platform === 'linux' && process.getuid?.() === 0

export function makeDisk(megabytes: number): Disk {
  const folder = mkdtempSync(join(tmpdir(), 'postern-disk-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=755`, 'tmpfs', folder])
  chmodSync(folder, 0o755)
  const ballast = join(folder, 'ballast')
  return {
    folder,
    fill() {
      // What is free may shrink while we write, so it goes in pieces, down to the last page.
      for (let piece = 0; ; piece++) {
        const { bavail, bsize } = statfsSync(folder)
        if (bavail === 0 || piece > 50) return
        try {
          writeFileSync(ballast, Buffer.alloc(Math.min(bavail * bsize, 1 << 26)), { flag: 'a' })
        } catch {
          // Full is what was wanted.
        }
      }
    },
    free: () => rmSync(ballast, { force: true }),
    close() {
      // Lazily: a process that was just killed may hold it a moment longer.
      execFileSync('umount', ['-l', folder])
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
