import { hash } from 'node:crypto'

const FIRST_SIZE = 1 << 10

/**
 * Returns true for a contact that was not there before. Contacts stand in tables of eight bytes each: a million of them
 * take 16 MiB, as a set of texts they would take a hundred. Numbers are stored as they are; of a business-scoped id, the
 * first eight bytes of its hash.
 */
export function createSeen(): (contact: string) => boolean {
  const [numbers, others] = [createTable(), createTable()]
  return (contact) => {
    // Numbers have at most 15 digits, which a double holds exactly.
    if (/^[1-9]\d{0,14}$/.test(contact)) {
      const number = Number(contact)
      return numbers(Math.floor(number / 0x1_0000_0000), number >>> 0)
    }
    const digest = hash('sha256', contact, 'buffer')
    // Zeros mean an empty place.
    return others(digest.readUInt32LE(0), digest.readUInt32LE(4) || 1)
  }
}

/** A set of pairs of 32 bits. Returns true for a pair that was not there before. */
function createTable(): (high: number, low: number) => boolean {
  let table = new Uint32Array(FIRST_SIZE * 2)
  let count = 0

  function put(high: number, low: number): boolean {
    const mask = table.length / 2 - 1
    let at = place(high, low) & mask
    for (;;) {
      const [h, l] = [table[at * 2]!, table[at * 2 + 1]!]
      if (h === high && l === low) return false
      if (h === 0 && l === 0) {
        table[at * 2] = high
        table[at * 2 + 1] = low
        return true
      }
      at = (at + 1) & mask
    }
  }

  return (high, low) => {
    if (count * 4 >= table.length) {
      const old = table
      table = new Uint32Array(old.length * 2)
      for (let i = 0; i < old.length; i += 2) if (old[i] !== 0 || old[i + 1] !== 0) put(old[i]!, old[i + 1]!)
    }
    if (!put(high, low)) return false
    count++
    return true
  }
}

/** Numbers of one country follow one another; their places must not. */
function place(high: number, low: number): number {
  let mixed = Math.imul(low ^ Math.imul(high, 0x9e37_79b1), 0x85eb_ca6b)
  mixed ^= mixed >>> 15
  mixed = Math.imul(mixed, 0xc2b2_ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}
