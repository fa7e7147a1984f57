import assert from 'node:assert/strict'
import { Pool } from 'undici'
import { bytes, pick, type Headers } from './generate.ts'
import type { Tally } from './run-fuzz.ts'

const ROUTES = ['/admin/channels', '/admin/stats', '/external/messages', '/external/events', '/console/events']
const AT_ONCE = 16

/** Sends missing, malformed and wrong credentials. All must be refused. */
export async function sendCredentials(origin: string, count: number, random: () => number): Promise<Tally> {
  const pool = new Pool(origin, { connections: AT_ONCE, pipelining: 1 })
  const tally: Tally = new Map()
  let left = count
  const worker = async (): Promise<void> => {
    while (left-- > 0) {
      const path = pick(random, ROUTES)
      const headers = wrong(random)
      const { statusCode, body } = await pool.request({ method: 'GET', path, headers })
      const text = await body.text()
      tally.set(statusCode, (tally.get(statusCode) ?? 0) + 1)
      assert.ok([401, 429, 431].includes(statusCode), `${path} answered ${statusCode} to ${JSON.stringify(headers)}`)
      assert.equal((JSON.parse(text || '{"status":"error"}') as { status: string }).status, 'error')
    }
  }
  try {
    await Promise.all(Array.from({ length: AT_ONCE }, worker))
  } finally {
    await pool.destroy()
  }
  return tally
}

function wrong(random: () => number): Headers {
  const noise = bytes(1 + Math.floor(random() * 60), random).toString('hex')
  const text = pick(random, ['', ' ', noise, `pa_${noise}`, 'x'.repeat(5000), 'undefined', 'null', '\u00e9'])
  return pick<Headers>(random, [
    {},
    { authorization: text },
    { authorization: `Bearer ${text}` },
    { authorization: `Bearer ${noise} ${noise}` },
    { authorization: `Basic ${noise}` },
    { 'certification-code': text },
    { cookie: `postern_session=${noise}` },
    { cookie: `postern_session=${noise}; postern_session=${noise}`, 'sec-fetch-site': 'same-origin' },
    { 'certification-code': text, authorization: `bearer ${text}` },
  ])
}
