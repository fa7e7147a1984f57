import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { mediaFile, startFileHost, type FileHost } from '../support/file-host.ts'
import { ADMIN_TOKEN, startWorld, type World } from '../support/world.ts'

let world: World
let host: FileHost

before(async () => {
  world = await startWorld({ webhook: false })
  host = await startFileHost()
})
after(async () => {
  await world?.stop()
  await host?.close()
})

const get = (path: string, headers: Record<string, string> = {}) =>
  fetch(world.gateway.url + path, { headers: { authorization: `Bearer ${ADMIN_TOKEN}`, ...headers } })

async function received(type: string, content: Record<string, unknown>): Promise<string> {
  const message = await world.sandbox.phone('85268411234').says({ type, [type]: content })
  return `/admin/channels/1/media/${(message.content as { id: string }).id}`
}

test('a received picture is shown, whole or in part, and only to operators', async () => {
  const bytes = mediaFile('image_rgb24.png')
  const path = await received('image', { bytes, mime_type: 'image/png' })
  const whole = await get(path)
  assert.equal(whole.status, 200)
  assert.deepEqual(Buffer.from(await whole.arrayBuffer()), bytes)
  assert.equal(whole.headers.get('content-type'), 'image/png')
  assert.equal(whole.headers.get('content-disposition'), 'inline')
  assert.equal(whole.headers.get('x-content-type-options'), 'nosniff')
  assert.match(whole.headers.get('content-security-policy')!, /sandbox/)
  assert.match(whole.headers.get('cache-control')!, /private/)

  const part = await get(path, { range: 'bytes=2-4' })
  assert.equal(part.status, 206)
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), bytes.subarray(2, 5))
  assert.equal(part.headers.get('content-range'), `bytes 2-4/${bytes.length}`)

  assert.equal((await fetch(world.gateway.url + path)).status, 401)
})

test('a file that could run as a page is only downloaded', async () => {
  const page = Buffer.from('<script>alert(1)</script>')
  for (const mime_type of ['text/html', 'image/svg+xml', 'application/pdf', 'application/xhtml+xml']) {
    const answer = await get(await received('document', { bytes: page, mime_type, filename: 'a.html' }))
    assert.equal(answer.status, 200)
    assert.equal(answer.headers.get('content-type'), 'application/octet-stream', mime_type)
    assert.equal(answer.headers.get('content-disposition'), 'attachment', mime_type)
    await answer.arrayBuffer()
  }
})

test('a missing file, a missing channel, an invalid id', async () => {
  for (const path of ['/admin/channels/1/media/99999', '/admin/channels/9/media/1', '/admin/channels/1/media/me']) {
    const answer = await get(path)
    assert.equal(answer.status, 404, path)
    assert.equal(((await answer.json()) as { code: number }).code, 404)
  }
})

test('the gateway fetches the link of a message, and detects its type from its bytes', async () => {
  const picture = host.file('/a.png', mediaFile('image_rgb24.png'), 'text/html')
  const trap = host.file('/b.png', Buffer.from('<!doctype html><script>alert(1)</script>'), 'image/png')
  const away = `${host.origin}/not-there.png`
  await world.admin('PATCH', '/admin/channels/1', { media_check: 'off' })
  const send = async (link: string) => {
    const wamid = await world.send({ to: '85268411234', type: 'image', image: { link } })
    return (asked: string) =>
      get(`/admin/messages/${encodeURIComponent(wamid)}/media?link=${encodeURIComponent(asked)}`)
  }

  const ofPicture = await send(picture)
  const shown = await ofPicture(picture)
  assert.equal(shown.status, 200)
  assert.equal(shown.headers.get('content-type'), 'image/png')
  assert.deepEqual(Buffer.from(await shown.arrayBuffer()), mediaFile('image_rgb24.png'))
  assert.equal((await ofPicture(trap)).status, 404, 'a link that this message does not hold')
  assert.equal(host.calls.get('/b.png') ?? 0, 0)

  const trapped = await (await send(trap))(trap)
  assert.equal(trapped.headers.get('content-type'), 'application/octet-stream')
  assert.equal(trapped.headers.get('content-disposition'), 'attachment')
  await trapped.arrayBuffer()

  const gone = await (await send(away))(away)
  assert.equal(gone.status, 503)
  assert.match(((await gone.json()) as { message: string }).message, /404/)
})

test('a link to a private address is not followed', async () => {
  const inside = 'http://10.0.0.1/a.png'
  const wamid = await world.send({ to: '85268411234', type: 'image', image: { link: inside } })
  const answer = await get(`/admin/messages/${encodeURIComponent(wamid)}/media?link=${encodeURIComponent(inside)}`)
  assert.equal(answer.status, 503)
  assert.match(((await answer.json()) as { message: string }).message, /not reached|not public/i)
})

test('an interrupted download frees its place', async () => {
  const path = await received('video', { bytes: Buffer.alloc(3_000_000, 7), mime_type: 'video/mp4' })
  // More than may be open at one time.
  for (let i = 0; i < 60; i++) {
    const leaving = new AbortController()
    const answer = await fetch(world.gateway.url + path, {
      headers: { authorization: `Bearer ${ADMIN_TOKEN}` },
      signal: leaving.signal,
    })
    assert.equal(answer.status, 200, `the ${i}th`)
    leaving.abort()
  }
  assert.equal((await (await get(path)).arrayBuffer()).byteLength, 3_000_000)
})

test('a client that disconnects frees its place, however long the host takes', async () => {
  const bytes = mediaFile('image_rgb24.png')
  const stalled = host.at('/stalled.png', (_request, response) => {
    response.writeHead(200, { 'content-type': 'image/png', 'content-length': 100_000 })
    response.write(Buffer.concat([bytes, Buffer.alloc(8_000)]))
  })
  const wamid = await world.send({ to: '85268411234', type: 'image', image: { link: stalled } })
  const path = `/admin/messages/${encodeURIComponent(wamid)}/media?link=${encodeURIComponent(stalled)}`
  const url = world.gateway.url + path
  const leaving = new AbortController()
  const headers = { authorization: `Bearer ${ADMIN_TOKEN}` }
  const answers = await Promise.all(Array.from({ length: 48 }, () => fetch(url, { headers, signal: leaving.signal })))
  assert.deepEqual([...new Set(answers.map((answer) => answer.status))], [200])
  assert.equal((await get(path)).status, 429, 'all places are taken')
  leaving.abort()
  const deadline = Date.now() + 10_000
  for (;;) {
    const again = new AbortController()
    const answer = await fetch(url, { headers, signal: again.signal })
    again.abort()
    if (answer.status === 200) break
    assert(Date.now() < deadline, 'the places are still taken')
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
})
