import assert from 'node:assert/strict'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { Readable } from 'node:stream'
import { after, before, beforeEach, test } from 'node:test'
import { apiOrigin } from './call.ts'
import { createCloudApi, type CloudApi } from './client.ts'
import { CloudApiError, NoAnswer, StrangeAnswer } from './errors.ts'
import type { SendRequest } from '../../../../cloud-api/src/wire.ts'

type Seen = {
  method: string
  path: string
  query: Record<string, string>
  headers: IncomingMessage['headers']
  body: string
}
type Answer = { status?: number; json?: unknown; raw?: string | Buffer; headers?: Record<string, string> }

const TOKEN = 'EAAB-token-42'
const MESSAGE: SendRequest = {
  messaging_product: 'whatsapp',
  to: '+12065550147',
  type: 'text',
  text: { body: 'né 👍' },
}

let seen: Seen[] = []
let respond: (seen: Seen, response: ServerResponse) => Answer | undefined = () => ({ json: {} })
let origin = ''
let api: CloudApi

const server = createServer((request, response) => {
  const url = new URL(request.url!, 'http://x')
  let body = ''
  request.setEncoding('latin1').on('data', (chunk: string) => (body += chunk))
  request.on('end', () => {
    const entry: Seen = {
      method: request.method!,
      path: url.pathname,
      query: Object.fromEntries(url.searchParams),
      headers: request.headers,
      body,
    }
    seen.push(entry)
    const answer = respond(entry, response)
    if (!answer) return
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json', ...answer.headers })
    response.end(answer.raw ?? JSON.stringify(answer.json))
  })
})

before(async () => {
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  api = createCloudApi({ origin, version: 'v25.0', timeoutMs: 1_000, userAgent: 'Postern/test' })
})
beforeEach(() => {
  seen = []
})
after(async () => {
  await api.close()
  server.closeAllConnections()
  server.close()
})

/** All texts of an error that could reach a log. */
function everything(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return `${error.stack}${JSON.stringify(error, Object.getOwnPropertyNames(error))}${everything(error.cause)}`
}

test('a send has the token, the user agent and the unchanged body, and returns the wamid', async () => {
  respond = () => ({
    json: {
      messaging_product: 'whatsapp',
      contacts: [{ input: '+12065550147', wa_id: '12065550147' }],
      messages: [{ id: 'wamid.A' }],
    },
  })
  const answer = await api.sendMessage('301', TOKEN, MESSAGE)
  assert.equal(answer.messages[0]?.id, 'wamid.A')
  assert.equal(answer.contacts[0]?.wa_id, '12065550147')
  const { method, path, headers, body } = seen[0]!
  assert.deepEqual([method, path], ['POST', '/v25.0/301/messages'])
  assert.equal(headers.authorization, `Bearer ${TOKEN}`)
  assert.equal(headers['user-agent'], 'Postern/test')
  assert.equal(headers['content-type'], 'application/json')
  assert.deepEqual(JSON.parse(Buffer.from(body, 'latin1').toString()), MESSAGE)
})

test('a refusal keeps Meta’s texts', async () => {
  respond = () => ({
    status: 400,
    json: {
      error: {
        message: '(#131009) Parameter value is not valid',
        type: 'OAuthException',
        code: 131009,
        error_data: { details: 'Row title is too long.' },
        fbtrace_id: 'T',
      },
    },
  })
  await assert.rejects(api.sendMessage('301', TOKEN, MESSAGE), (error: Error) => {
    assert(error instanceof CloudApiError)
    const { message, code, details, httpStatus, fbtraceId } = error
    assert.deepEqual(
      { message, code, details, httpStatus, fbtraceId },
      {
        message: '(#131009) Parameter value is not valid',
        code: 131009,
        details: 'Row title is too long.',
        httpStatus: 400,
        fbtraceId: 'T',
      },
    )
    return true
  })
})

const STRANGE: [what: string, answer: Answer][] = [
  ['a gateway’s page', { status: 502, raw: '<html>Bad Gateway</html>', headers: { 'content-type': 'text/html' } }],
  ['success without an id', { json: { success: true } }],
  ['an empty id', { json: { messages: [{ id: '' }] } }],
  ['messages that are no list', { json: { messages: 'wamid.A' } }],
  ['a list', { json: [] }],
  ['null', { json: null }],
  ['a redirect', { status: 302, raw: '', headers: { location: 'http://127.0.0.1:1/' } }],
  ['a megabyte too much', { raw: ' '.repeat(1024 * 1024 + 1) }],
]
for (const [what, answer] of STRANGE) {
  test(`a send answered by ${what} throws StrangeAnswer`, async () => {
    respond = () => answer
    await assert.rejects(
      api.sendMessage('301', TOKEN, MESSAGE),
      (error: Error) => error instanceof StrangeAnswer && error.httpStatus === (answer.status ?? 200),
    )
  })
}

test('JSON is parsed whatever the content type says', async () => {
  respond = () => ({ json: { messages: [{ id: 'wamid.A' }] }, headers: { 'content-type': 'text/javascript' } })
  assert.equal((await api.sendMessage('301', TOKEN, MESSAGE)).messages[0]?.id, 'wamid.A')
})

test('no error contains the token', async () => {
  const answers: Answer[] = [
    { status: 401, json: { error: { message: `token ${TOKEN} is bad`, code: 190, error_data: { details: TOKEN } } } },
    { status: 500, raw: TOKEN },
    { json: { id: TOKEN } },
  ]
  for (const answer of answers) {
    respond = () => answer
    const error: unknown = await api.sendMessage('301', TOKEN, MESSAGE).catch((e: unknown) => e)
    assert(error instanceof Error)
    assert(!everything(error).includes(TOKEN), everything(error))
  }
  respond = (_, response) => void response.destroy()
  const lost: unknown = await api.sendMessage('301', TOKEN, MESSAGE).catch((e: unknown) => e)
  assert(lost instanceof NoAnswer)
  assert(!everything(lost).includes(TOKEN))
})

test('a call may have its own time budget', async () => {
  respond = () => undefined
  const started = performance.now()
  await assert.rejects(api.sendMessage('301', TOKEN, MESSAGE, { timeoutMs: 100 }), NoAnswer)
  assert(performance.now() - started < 700)
})

test('marking as read, with and without typing', async () => {
  respond = () => ({ json: { success: true } })
  await api.markRead('301', TOKEN, 'wamid.A')
  await api.markRead('301', TOKEN, 'wamid.B', { typing: true })
  assert.deepEqual(
    seen.map((s) => JSON.parse(s.body) as unknown),
    [
      { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.A' },
      { messaging_product: 'whatsapp', status: 'read', message_id: 'wamid.B', typing_indicator: { type: 'text' } },
    ],
  )
  respond = () => ({ json: { success: false } })
  await assert.rejects(api.markRead('301', TOKEN, 'wamid.A'), StrangeAnswer)
})

test('an id from outside stays one segment of the path', async () => {
  respond = () => ({ json: { success: true } })
  await api.deleteMedia('a/../b?c#d', TOKEN)
  assert.equal(seen[0]?.path, '/v25.0/a%2F..%2Fb%3Fc%23d')
  for (const id of ['', '.', '..']) await assert.rejects(api.deleteMedia(id, TOKEN), TypeError)
  assert.equal(seen.length, 1)
})

function templatePages(pages: number): typeof respond {
  return ({ query }) => {
    const page = Number(query.after ?? 0)
    return {
      json: {
        data: [
          {
            id: '1',
            name: `t${page}`,
            language: 'en',
            status: 'APPROVED',
            category: 'UTILITY',
            components: [{ type: 'BODY' }],
          },
        ],
        paging: {
          cursors: { before: 'x', after: String(page + 1) },
          ...(page + 1 < pages ? { next: 'http://elsewhere.example/steal?token=1' } : {}),
        },
      },
    }
  }
}

test('all templates: the cursor is followed to the end, the given URL never', async () => {
  respond = templatePages(5)
  const names: string[] = []
  for await (const template of api.allTemplates('215', TOKEN, { fields: ['name', 'status'], status: 'APPROVED' })) {
    names.push(template.name)
  }
  assert.deepEqual(names, ['t0', 't1', 't2', 't3', 't4'])
  assert.deepEqual(seen[1]?.query, { limit: '100', status: 'APPROVED', after: '1', fields: 'name,status' })
})

test('pages without an end are an error', async () => {
  const drain = async (options: { maxPages?: number }) => {
    for await (const _ of api.allTemplates('215', TOKEN, options));
  }
  respond = templatePages(Infinity)
  await assert.rejects(drain({ maxPages: 7 }), StrangeAnswer)
  assert.equal(seen.length, 7)
  respond = () => ({ json: { data: [], paging: { cursors: { after: 'same' }, next: 'http://x/' } } })
  await assert.rejects(drain({}), StrangeAnswer)
})

test('templates: invalid entries are left out, long ids keep their digits', async () => {
  respond = () => ({
    raw: '{"data":[null,7,{"id":"1"},{"id":12345678901234567890,"name":"n","language":"en","components":"none"}]}',
  })
  const { data } = await api.listTemplates('215', TOKEN)
  assert.deepEqual(data, [
    { id: '12345678901234567890', name: 'n', language: 'en', status: '', category: '', components: [] },
  ])
  respond = () => ({ json: { data: {} } })
  await assert.rejects(api.listTemplates('215', TOKEN), StrangeAnswer)
})

test('a page of templates may be large', async () => {
  const text = 'x'.repeat(3 * 1024 * 1024)
  respond = () => ({ json: { data: [{ id: '1', name: 'n', language: 'en', components: [{ type: 'BODY', text }] }] } })
  const { data } = await api.listTemplates('215', TOKEN)
  assert.equal(data[0]?.components[0]?.text?.length, text.length)
})

test('templates are read, created, changed and deleted at Meta’s paths', async () => {
  respond = ({ method, path }) =>
    method === 'GET'
      ? { json: { id: '9', name: 'n', language: 'en' } }
      : path.endsWith('message_templates') && method === 'POST'
        ? { json: { id: '9', status: 'PENDING', category: 'UTILITY' } }
        : { json: { success: true } }
  assert.equal((await api.getTemplate('9', TOKEN, { fields: ['name'] })).name, 'n')
  assert.deepEqual(await api.createTemplate('215', TOKEN, { name: 'n' }), {
    id: '9',
    status: 'PENDING',
    category: 'UTILITY',
  })
  await api.editTemplate('9', TOKEN, { category: 'UTILITY' })
  await api.deleteTemplate('215', TOKEN, { name: 'n' })
  await api.deleteTemplate('215', TOKEN, { name: 'n', id: '9' })
  assert.deepEqual(
    seen.map(({ method, path, query }) => [method, path, query]),
    [
      ['GET', '/v25.0/9', { fields: 'name' }],
      ['POST', '/v25.0/215/message_templates', {}],
      ['POST', '/v25.0/9', {}],
      ['DELETE', '/v25.0/215/message_templates', { name: 'n' }],
      ['DELETE', '/v25.0/215/message_templates', { name: 'n', hsm_id: '9' }],
    ],
  )
})

test('calls about numbers, subscriptions, history and tokens', async () => {
  respond = ({ path }) =>
    path.endsWith('/phone_numbers')
      ? { json: { data: [{ id: '301', display_phone_number: '+1 415-555-0123' }] } }
      : path.endsWith('/message_history')
        ? { json: { data: [{ message_id: 'wamid.A' }] } }
        : path.endsWith('/debug_token')
          ? { json: { data: { app_id: '77' } } }
          : { json: { success: true, id: '301', quality_rating: 'GREEN' } }
  assert.equal((await api.getPhoneNumber('301', TOKEN, { fields: ['quality_rating'] })).quality_rating, 'GREEN')
  assert.equal((await api.listPhoneNumbers('215', TOKEN, { limit: 10 })).data[0]?.id, '301')
  await api.subscribeApp('215', TOKEN)
  assert.equal((await api.messageHistory('301', TOKEN, 'wamid.A', { limit: 1 })).data.length, 1)
  assert.equal((await api.debugToken('other', TOKEN)).app_id, '77')
  assert.deepEqual(
    seen.map(({ method, path, query }) => [method, path, query]),
    [
      ['GET', '/v25.0/301', { fields: 'quality_rating' }],
      ['GET', '/v25.0/215/phone_numbers', { limit: '10' }],
      ['POST', '/v25.0/215/subscribed_apps', {}],
      ['GET', '/v25.0/301/message_history', { message_id: 'wamid.A', limit: '1' }],
      ['GET', '/v25.0/debug_token', { input_token: 'other' }],
    ],
  )
})

test('an upload is a form with its fields before the file', async () => {
  respond = () => ({ json: { id: 990011223344556 } })
  const file = { name: 'a "b"\r\n.png', type: 'image/png', body: Readable.from([Buffer.from('PNG')]) }
  assert.equal(await api.uploadMedia('301', TOKEN, file), '990011223344556')
  const { headers, body, path } = seen[0]!
  assert.equal(path, '/v25.0/301/media')
  const boundary = /^multipart\/form-data; boundary=(.+)$/.exec(headers['content-type'] ?? '')?.[1]
  assert.equal(headers['transfer-encoding'], 'chunked')
  assert.equal(
    body,
    [
      `--${boundary}`,
      'content-disposition: form-data; name="messaging_product"',
      '',
      'whatsapp',
      `--${boundary}`,
      'content-disposition: form-data; name="type"',
      '',
      'image/png',
      `--${boundary}`,
      'content-disposition: form-data; name="file"; filename="a %22b%22%0D%0A.png"',
      'content-type: image/png',
      '',
      'PNG',
      `--${boundary}--`,
      '',
    ].join('\r\n'),
  )
})

test('an upload of known length states it', async () => {
  respond = () => ({ json: { id: '1' } })
  await api.uploadMedia('301', TOKEN, { name: 'a', type: 'text/plain', body: Buffer.from('abc') })
  await api.uploadMedia('301', TOKEN, {
    name: 'a',
    type: 'text/plain',
    body: Readable.from([Buffer.from('abc')]),
    length: 3,
  })
  for (const { headers, body } of seen) assert.equal(Number(headers['content-length']), body.length)
})

test('a file is described and fetched in part, and a missing file is reported', async () => {
  respond = ({ path, headers }) =>
    path === '/file'
      ? {
          status: 206,
          raw: 'bcd',
          headers: { 'content-type': 'image/png', 'content-range': 'bytes 1-3/9', 'x-range': headers.range ?? '' },
        }
      : {
          json: {
            messaging_product: 'whatsapp',
            url: `${origin}/file`,
            mime_type: 'image/png',
            sha256: 'ab',
            file_size: '9',
            id: '5',
          },
        }
  const media = await api.getMedia('5', TOKEN, { phoneNumberId: '301' })
  assert.deepEqual(media, { id: '5', url: `${origin}/file`, mimeType: 'image/png', sha256: 'ab', fileSize: 9 })
  assert.deepEqual(seen[0]?.query, { phone_number_id: '301' })
  const download = await api.downloadMedia(media.url, TOKEN, { range: 'bytes=1-3' })
  assert.deepEqual(
    [download.status, download.headers.contentRange, download.headers.contentType],
    [206, 'bytes 1-3/9', 'image/png'],
  )
  assert.equal(Buffer.concat(await download.body.toArray()).toString(), 'bcd')
  assert.equal(seen[1]?.headers.authorization, `Bearer ${TOKEN}`)
  assert.equal(seen[1]?.headers.range, 'bytes=1-3')
  respond = () => ({ status: 404, raw: 'gone', headers: { 'content-type': 'text/plain' } })
  await assert.rejects(
    api.downloadMedia(media.url, TOKEN),
    (error: Error) => error instanceof StrangeAnswer && error.httpStatus === 404,
  )
})

for (const url of [
  'https://evil.example/f',
  'https://lookaside.fbsbx.com.evil.example/f',
  'https://evilfbsbx.com/f',
  'http://lookaside.fbsbx.com/f',
  'https://lookaside.fbsbx.com@evil.example/f',
  'https://10.0.0.1/f',
  'file:///etc/passwd',
  'nonsense',
]) {
  test(`the token is not sent to ${url}`, async () => {
    await assert.rejects(api.downloadMedia(url, TOKEN), StrangeAnswer)
  })
}

test('a template sample is uploaded in two steps', async () => {
  respond = ({ path }) =>
    path.endsWith('/uploads') ? { json: { id: 'upload:MTph/b+c==?sig=AR_a-1' } } : { json: { h: '4::aW1h' } }
  const file = { name: 'a.png', type: 'image/png', length: 3, body: Readable.from([Buffer.from('PNG')]) }
  assert.equal(await api.uploadSample('77', TOKEN, file), '4::aW1h')
  const [open, send] = seen
  assert.deepEqual(open?.query, { file_name: 'a.png', file_length: '3', file_type: 'image/png' })
  assert.equal(send?.path, '/v25.0/upload:MTph/b+c==')
  assert.deepEqual(send.query, { sig: 'AR_a-1' })
  assert.equal(send.headers.authorization, `OAuth ${TOKEN}`)
  assert.equal(send.headers.file_offset, '0')
  assert.equal(send.body, 'PNG')
  respond = () => ({ json: { id: 'upload:../../me?x' } })
  await assert.rejects(api.uploadSample('77', TOKEN, file), StrangeAnswer)
})

test('templates are archived and deleted by their ids', async () => {
  const [a, b] = ['1478820956612236', '1478820956612237']
  respond = () => ({ json: { archived_templates: [a], failed_templates: { [b]: 'Template is already archived' } } })
  const archived = { done: [a], failed: { [b]: 'Template is already archived' } }
  assert.deepEqual(await api.archiveTemplates('215', TOKEN, 'archive', [a, b]), archived)
  // The other form that was seen, with a number as id.
  respond = () => ({ json: { unarchived_templates: [478], failed_templates: [{ id: b, reason: 'Not archived' }] } })
  const unarchived = { done: ['478'], failed: { [b]: 'Not archived' } }
  assert.deepEqual(await api.archiveTemplates('215', TOKEN, 'unarchive', [b]), unarchived)
  respond = () => ({ json: { success: true } })
  await api.deleteTemplates('215', TOKEN, [a, b])
  assert.deepEqual(
    seen.map(({ method, path, query, body }) => [method, path, query, body]),
    [
      ['POST', '/v25.0/215/message_templates/archive', {}, JSON.stringify({ hsm_ids: [a, b] })],
      ['POST', '/v25.0/215/message_templates/unarchive', {}, JSON.stringify({ hsm_ids: [b] })],
      ['DELETE', '/v25.0/215/message_templates', { hsm_ids: `[${a},${b}]` }, ''],
    ],
  )
  respond = () => ({ json: { success: true } })
  await assert.rejects(api.archiveTemplates('215', TOKEN, 'archive', [a]), StrangeAnswer)
  assert.equal(apiOrigin('https://graph.facebook.com'), 'https://api.facebook.com')
  assert.equal(apiOrigin('http://127.0.0.1:8180'), 'http://127.0.0.1:8180')
})
