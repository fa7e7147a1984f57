import { fdatasync, fstatSync, read, readSync, writeSync } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'
import { promisify } from 'node:util'
import { filledSlackOf, isZero, zeros } from './slack.ts'

const readAt = promisify(read)
const syncData = promisify(fdatasync)

/** Read outside of the event loop and scanned in it, which takes a third of a millisecond. */
const CHUNK_BYTES = 1 << 20
/** Time limit of one step in the event loop. The rest follows after a pause. */
const STEP_MS = 4
const PAUSE_MS = 2
/** Pages of one step that are taken from the list of free pages. */
const FREE_AT_ONCE = 256
/** A running reader prevents the WAL from being emptied. Reads are short; this is the limit for a long one. */
const GIVE_UP_AFTER_MS = 30_000

/** One SQLite file, as its only writer sees it. */
export type OwnedFile = {
  /** Stays open as long as the database: closing any descriptor of a file drops the process's locks on it. */
  fd: number
  /** Copies the WAL into the file, empties it, and drops every page from memory. False while a reader prevents it. */
  settle(): boolean
  /** True when the store closes: stop at the next step. */
  ending(): boolean
}

/**
 * Overwrites the remains of deleted rows in the file: bytes between the rows of a page, and free pages. SQLite does not
 * read these bytes, so an interrupted write does no harm. A page in SQLite's memory, or in its WAL, would restore them:
 * so the WAL is emptied and the pages are dropped before each write, in the same step of the event loop. Returns false
 * when it could not finish.
 */
export async function overwriteSlack(file: OwnedFile): Promise<boolean> {
  let pageBytes = 0
  // Pages that are added from now on never contained deleted data.
  let size = 0
  const begun = await whenSettled(file, () => {
    pageBytes = pageBytesOf(file.fd)
    size = fstatSync(file.fd).size
  })
  if (!begun) return false
  const chunk = Buffer.alloc(CHUNK_BYTES)
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    const { bytesRead } = await readAt(file.fd, chunk, 0, CHUNK_BYTES, at)
    const found: number[] = []
    for (let offset = 0; offset + pageBytes <= bytesRead; offset += pageBytes) {
      const number = (at + offset) / pageBytes + 1
      if (filledSlackOf(chunk.subarray(offset, offset + pageBytes), number).length > 0) found.push(number)
    }
    while (found.length > 0) {
      if (!(await whenSettled(file, () => overwritePages(file.fd, found, pageBytes)))) return false
      await after(PAUSE_MS)
    }
    if (file.ending()) return false
  }
  const seen = new Set<number>()
  for (let more = true; more;) {
    if (!(await whenSettled(file, () => (more = overwriteFreePages(file.fd, pageBytes, seen))))) return false
    await after(PAUSE_MS)
  }
  if (!(await whenSettled(file, () => {}))) return false
  await syncData(file.fd)
  return true
}

/**
 * Runs `work` in the same step in which the WAL is empty and no page is in memory. Returns false when that was not
 * possible.
 */
async function whenSettled(file: OwnedFile, work: () => void): Promise<boolean> {
  for (const startedAt = performance.now(); ;) {
    if (file.ending()) return false
    if (file.settle()) {
      work()
      return true
    }
    if (performance.now() - startedAt > GIVE_UP_AFTER_MS) return false
    await after(20)
  }
}

function pageBytesOf(fd: number): number {
  const head = Buffer.alloc(100)
  readSync(fd, head, 0, 100, 0)
  // 1 stands for 65,536, which does not fit into two bytes.
  return head.readUInt16BE(16) === 1 ? 65_536 : head.readUInt16BE(16)
}

/** Takes pages from the end of `numbers` until the time limit of a step. */
function overwritePages(fd: number, numbers: number[], pageBytes: number): void {
  const startedAt = performance.now()
  const page = Buffer.alloc(pageBytes)
  while (numbers.length > 0 && performance.now() - startedAt < STEP_MS) {
    const number = numbers.pop()!
    const offset = (number - 1) * pageBytes
    if (readSync(fd, page, 0, pageBytes, offset) < pageBytes) continue
    for (const [from, to] of filledSlackOf(page, number)) writeSync(fd, zeros(to - from), 0, to - from, offset + from)
  }
}

/**
 * Pages that were freed before secure_delete was on still have their content. Overwrites some that are not in `seen`,
 * and returns whether there may be more. See https://sqlite.org/fileformat2.html#the_freelist.
 */
function overwriteFreePages(fd: number, pageBytes: number, seen: Set<number>): boolean {
  const list = Buffer.alloc(pageBytes)
  const page = Buffer.alloc(pageBytes)
  readSync(fd, list, 0, 100, 0)
  let left = FREE_AT_ONCE
  let trunk = list.readUInt32BE(32)
  for (const passed = new Set<number>(); trunk !== 0 && !passed.has(trunk); trunk = list.readUInt32BE(0)) {
    passed.add(trunk)
    const offset = (trunk - 1) * pageBytes
    if (readSync(fd, list, 0, pageBytes, offset) < pageBytes) break
    const end = 8 + 4 * Math.min(list.readUInt32BE(4), pageBytes / 4 - 2)
    if (!isZero(list, end)) writeSync(fd, zeros(pageBytes - end), 0, pageBytes - end, offset + end)
    for (let i = 8; i < end; i += 4) {
      const number = list.readUInt32BE(i)
      if (number === 0 || seen.has(number)) continue
      if (left-- === 0) return true
      seen.add(number)
      const from = (number - 1) * pageBytes
      if (readSync(fd, page, 0, pageBytes, from) === pageBytes && !isZero(page))
        writeSync(fd, zeros(pageBytes), 0, pageBytes, from)
    }
  }
  return false
}
