/** Bytes of a page that no row uses: from (included) and to (excluded). */
export type Region = readonly [from: number, to: number]

const LEAF = new Set([10, 13])
const INTERIOR = new Set([2, 5])
/** The file's own header precedes that of page 1. */
const FILE_HEADER_BYTES = 100

/**
 * The unused bytes between the rows of a b-tree page: when rows move to another page, SQLite leaves their bytes in the
 * old one, also under secure_delete. Empty for other kinds of pages: those begin with the number of a page, whose first
 * byte is 0 in any file below 64 GiB. See https://sqlite.org/fileformat2.html#b_tree_pages.
 */
export function slackOf(page: Buffer, number: number): Region[] {
  const at = number === 1 ? FILE_HEADER_BYTES : 0
  const kind = page[at]!
  if (!LEAF.has(kind) && !INTERIOR.has(kind)) return []
  const cells = page.readUInt16BE(at + 3)
  const endOfPointers = at + (LEAF.has(kind) ? 8 : 12) + 2 * cells
  const content = page.readUInt16BE(at + 5) || 65_536
  if (endOfPointers > content || content > page.length) return []
  const regions: Region[] = [[endOfPointers, content]]
  // A chain of free blocks in ascending order, each with its successor and its size in its first four bytes.
  for (let block = page.readUInt16BE(at + 1), least = content; block !== 0;) {
    if (block < least || block + 4 > page.length) return []
    const next = page.readUInt16BE(block)
    const end = block + page.readUInt16BE(block + 2)
    if (end > page.length || end < block + 4) return []
    regions.push([block + 4, end])
    least = end
    block = next
  }
  return regions
}

/** The regions with bytes other than zero. */
export function filledSlackOf(page: Buffer, number: number): Region[] {
  return slackOf(page, number).filter(([from, to]) => !isZero(page, from, to))
}

const ZEROS = Buffer.alloc(65_536)

export const zeros = (bytes: number): Buffer => ZEROS.subarray(0, bytes)

export const isZero = (bytes: Buffer, from = 0, to = bytes.length): boolean =>
  bytes.compare(ZEROS, 0, to - from, from, to) === 0
