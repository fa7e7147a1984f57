import { readdirSync, readFileSync } from 'node:fs'

type Random = () => number
const pick = <T>(random: Random, items: readonly T[]): T => items[Math.floor(random() * items.length)]!
const whole = (random: Random, most: number): number => Math.floor(random() * most)

const FOLDER = new URL('../fixtures/media/', import.meta.url)
const SEEDS = readdirSync(FOLDER)
  .filter((name) => !/\.(md|sh)$/.test(name))
  .map((name) => ({ name, bytes: readFileSync(new URL(name, FOLDER)) }))

/** Keywords of the formats, which random bytes would hardly contain. */
const WORDS = [
  ...['<!---->', '<!--', '-->', '<html', '<!doctype html', '<?xml ', '<svg'],
  ...['moov', 'trak', 'mdat', 'stsd', 'stco', 'stsz', 'stts', 'ctts', 'free', 'ftyp', 'meta', 'udta', 'moof', 'elst'],
  ...['RIFF', 'WEBP', 'VP8X', 'OggS', 'OpusHead', 'ID3', 'IHDR', 'iTXt', 'acTL', 'Exif', '%PDF-', 'Rar!', 'ftypisom'],
  ...['PK\x03\x04', 'PK\x01\x02', 'PK\x05\x06', '\x1aE\xdf\xa3', '\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1', '\xff\xd8\xff'],
  ...['\x89PNG\r\n\x1a\n', '0&\xb2u\x8ef\xcf\x11', '\xff\xfb', '\xff\xf1', 'II*\x00', 'MM\x00*', '[Content_Types].xml'],
  ...['mimetype', 'word/', '!<arch>\n', 'fLaC', '\x1f\x8b', 'BM', 'GIF89a', '8BPS', 'OTTO', '\x00\x00\x00\x00'],
].map((word) => Buffer.from(word, 'latin1'))

/** A mutated file, and its name. At most `MOST_BYTES`, the limit of a check. */
export type Input = { name: string; bytes: Buffer; how: string }

export const MOST_BYTES = 2 * 1024 * 1024

export function mediaInput(random: Random): Input {
  const seed = pick(random, SEEDS)
  const odd = random()
  if (odd < 0.1) return { name: 'a.png', bytes: repeated(random), how: 'words over and over' }
  if (odd < 0.15) return { name: seed.name, bytes: boxes(random), how: 'MP4 boxes in boxes' }
  if (odd < 0.2) return { name: seed.name, bytes: entries(random), how: 'MP4 tables' }
  let bytes: Buffer = Buffer.from(seed.bytes)
  for (let i = 1 + whole(random, 6); i > 0; i--) bytes = mutated(bytes, random)
  return { name: seed.name, bytes: bytes.subarray(0, MOST_BYTES), how: `${seed.name}, mutated` }
}

function mutated(bytes: Buffer, random: Random): Buffer {
  const at = whole(random, Math.max(1, bytes.length))
  switch (whole(random, 8)) {
    case 0: // bits
      if (bytes.length > 0) bytes[at]! ^= 1 << whole(random, 8)
      return bytes
    case 1: // a number at its limits
      if (at + 4 <= bytes.length) bytes.writeUInt32BE(pick(random, [0, 1, 8, 0x7fffffff, 0xffffffff, 0x10000]), at)
      return bytes
    case 2:
      return bytes.subarray(0, at)
    case 3: // a keyword over other bytes
      pick(random, WORDS).copy(bytes, at)
      return bytes
    case 4:
      return Buffer.concat([bytes.subarray(0, at), pick(random, WORDS), bytes.subarray(at)])
    case 5: {
      // a piece many times
      const piece = bytes.subarray(at, at + 1 + whole(random, 64))
      const times = whole(random, 3_000)
      return Buffer.concat([bytes.subarray(0, at), ...Array<Buffer>(times).fill(piece), bytes.subarray(at)])
    }
    case 6: // two files in one
      return Buffer.concat([bytes.subarray(0, at), pick(random, SEEDS).bytes])
    default: {
      const end = Math.min(bytes.length, at + whole(random, 200))
      for (let i = at; i < end; i++) bytes[i] = whole(random, 256)
      return bytes
    }
  }
}

/** A meaningful beginning, then one keyword as often as fits. */
function repeated(random: Random): Buffer {
  const size = pick(random, [200, 512, 4096, 64 * 1024, 64 * 1024, 1024 * 1024])
  const parts = [pick(random, WORDS)]
  const word = random() < 0.5 ? pick(random, WORDS) : Buffer.concat([pick(random, WORDS), pick(random, WORDS)])
  return Buffer.concat([...parts, Buffer.alloc(size, word), pick(random, WORDS)])
}

const BOXES = ['moov', 'trak', 'mdia', 'minf', 'stbl', 'edts', 'udta', 'meta', 'ilst', 'free', 'moof', 'traf', 'dinf']
const FTYP = Buffer.from('\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp42', 'latin1')

function box(name: string, content: Buffer, size = content.length + 8): Buffer {
  const head = Buffer.alloc(8)
  head.writeUInt32BE(size >>> 0)
  head.write(name, 4, 'latin1')
  return Buffer.concat([head, content])
}

/** Nested boxes, or thousands of empty ones side by side. */
function boxes(random: Random): Buffer {
  if (random() < 0.5) {
    const one = box(pick(random, BOXES), Buffer.alloc(whole(random, 12)))
    const inner = Buffer.alloc(one.length * (1 + whole(random, 60_000)), one)
    return Buffer.concat([FTYP, box('moov', random() < 0.5 ? inner : box('trak', inner))])
  }
  let content: Buffer = Buffer.alloc(whole(random, 64))
  for (let i = whole(random, 2_000); i > 0; i--) content = box(pick(random, BOXES), content)
  return Buffer.concat([FTYP, box('moov', content)])
}

const TABLES = ['stts', 'ctts', 'stsz', 'stco', 'co64', 'stsc', 'stss', 'elst', 'stsd', 'sidx', 'dref', 'hdlr', 'mvhd']

/** A video whose tables have, or claim to have, very many entries. */
function entries(random: Random): Buffer {
  const film = SEEDS.find(({ name }) => name === 'video_h264_aac.mp4')!.bytes
  const tables = Array.from({ length: 1 + whole(random, 4) }, () => {
    const content = Buffer.alloc(pick(random, [16, 1_000, 100_000, 1_000_000]), whole(random, 256))
    content.writeUInt32BE(0)
    content.writeUInt32BE(pick(random, [1, 1_000, 100_000, 0xffffffff]), 4)
    return box(pick(random, TABLES), content)
  })
  // Into the first sample table, whose sizes and whose parents' sizes then no longer fit, or around it.
  const at = film.indexOf('stbl')
  if (random() < 0.5 && at > 0) return Buffer.concat([film.subarray(0, at + 4), ...tables, film.subarray(at + 4)])
  const stbl = box('minf', box('stbl', Buffer.concat(tables)))
  const trak = box('trak', box('mdia', stbl))
  return Buffer.concat([FTYP, box('moov', Buffer.alloc(trak.length * (1 + whole(random, 3)), trak))])
}
