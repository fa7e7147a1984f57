import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { canMount } from './disk.ts'

/** An ext4 file system in a file. Its kernel can be told that the disk is broken. */
export type FailingDisk = {
  readonly folder: string
  /** As after a disk error: the kernel refuses all writes, also to open files. */
  breaks(): void
  /** Checks and mounts it again. No process may have a file of it open. */
  repair(): void
  /** The existing files refuse writes, also when they are open; `thaw` reverts that. */
  freeze(): void
  thaw(): void
  /**
   * The power goes: what was written and not synced is lost. Notes what is on the disk at this moment, which must be one in
   * which nobody writes; the result brings that back, when nobody has a file of it open any more.
   */
  losesPower(): () => void
  close(): void
}

/** True when one can be made: root on Linux, with loop devices and the tools of ext4. */
export const canBreakDisks = canMount && existsSync('/dev/loop-control') && onPath('mkfs.ext4') && onPath('e2fsck')

function onPath(tool: string): boolean {
  return [...(process.env.PATH ?? '').split(':'), '/usr/sbin', '/sbin'].some((folder) => existsSync(join(folder, tool)))
}

const run = (tool: string, ...args: string[]): string =>
  execFileSync(tool, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })

export function makeFailingDisk(megabytes: number): FailingDisk {
  const home = mkdtempSync(join(tmpdir(), 'postern-ext4-'))
  const image = join(home, 'image')
  const folder = join(home, 'disk')
  mkdirSync(folder)
  writeFileSync(image, '')
  truncateSync(image, megabytes * 1024 * 1024)
  run('mkfs.ext4', '-q', image)
  const mount = (): string => run('mount', '-o', 'loop,errors=remount-ro', image, folder)
  const files = (): string[] =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(folder, entry.name))
  const checkAndMount = (): void => {
    try {
      run('e2fsck', '-fy', image)
    } catch (error) {
      // 1 and 2 say that it has put something right.
      if (((error as { status?: number }).status ?? 8) > 2) throw error
    }
    mount()
  }
  mount()
  return {
    folder,
    breaks() {
      const device = basename(run('findmnt', '-no', 'SOURCE', folder).trim())
      writeFileSync(`/sys/fs/ext4/${device}/trigger_fs_error`, '1')
    },
    repair() {
      run('umount', folder)
      checkAndMount()
    },
    losesPower() {
      // What a program has written stands in the memory of the mounted disk; only what was synced is in the image.
      const cut = `${image}.cut`
      run('cp', '--sparse=always', image, cut)
      return () => {
        run('umount', folder)
        renameSync(cut, image)
        checkAndMount()
      }
    },
    freeze: () => void run('chattr', '+i', ...files()),
    thaw: () => void run('chattr', '-i', ...files()),
    close() {
      run('umount', '-l', folder)
      rmSync(home, { recursive: true, force: true })
    },
  }
}
