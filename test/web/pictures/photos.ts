import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { crc32, deflateSync } from 'node:zlib'

/** A bag before a wall, as a product photo. */
function png(wall: number[], bag: number[]): Buffer {
  const [width, height] = [520, 360]
  const rows = Buffer.alloc((width * 3 + 1) * height)
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) {
      const colour = isBag(x - width / 2, y) ? bag : wall
      const light = 1.08 - (x / width + y / height) * 0.16
      for (let c = 0; c < 3; c++) rows[y * (width * 3 + 1) + 1 + x * 3 + c] = Math.min(255, colour[c]! * light)
    }
  const chunk = (name: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(name), data])
    const length = Buffer.alloc(4)
    length.writeUInt32BE(data.length)
    const sum = Buffer.alloc(4)
    sum.writeUInt32BE(crc32(body))
    return Buffer.concat([length, body, sum])
  }
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])
  return Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function isBag(fromMiddle: number, y: number): boolean {
  const body = y > 150 && y < 312 && Math.abs(fromMiddle) < 96 + (y - 150) * 0.2
  const radius = Math.hypot(fromMiddle, y - 150)
  const handle = y <= 150 && radius > 58 && radius < 72
  return body || handle
}

const PALETTES = [
  [
    [222, 232, 240],
    [38, 84, 138],
  ],
  [
    [243, 234, 222],
    [138, 84, 44],
  ],
  [
    [232, 240, 230],
    [206, 170, 96],
  ],
]

/** Serves three product photos. */
export async function servePictures(): Promise<{ url: string; close: () => void }> {
  const server = createServer((request, response) => {
    const [wall, bag] = PALETTES[Number(/(\d)\.png/.exec(request.url ?? '')?.[1] ?? 0)] ?? PALETTES[0]!
    response.writeHead(200, { 'content-type': 'image/png' }).end(png(wall!, bag!))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => server.close() }
}
