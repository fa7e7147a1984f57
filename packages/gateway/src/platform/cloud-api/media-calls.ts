import type { Readable } from 'node:stream'
import { Agent, request } from 'undici'
import { asRecord, expectSuccess, idIn, type CallOptions, type Caller } from './call.ts'
import { NoAnswer, NotConnected, StrangeAnswer } from './errors.ts'
import { multipart, type FilePart } from './multipart.ts'
import { readAnswer } from './read-answer.ts'

/** Meta's description of a file. `url` is valid for five minutes and needs the token. */
export type WireMedia = { id: string; url: string; mimeType: string; sha256?: string; fileSize?: number }

export type MediaDownload = {
  /** 200; 206 for a requested range; 416 when the range is outside of the file. */
  status: 200 | 206 | 416
  headers: { contentType?: string; contentLength?: number; contentRange?: string; acceptRanges?: string; etag?: string }
  body: Readable
}

export type MediaCalls = {
  /** Returns the id under which this number can send the file, for 30 days. An error of `body` is thrown unchanged. */
  uploadMedia(phoneNumberId: string, token: string, file: FilePart, options?: CallOptions): Promise<string>
  /** With `phoneNumberId`, Meta answers only for files of that number. */
  getMedia(mediaId: string, token: string, options?: CallOptions & { phoneNumberId?: string }): Promise<WireMedia>
  /** Bytes of a `url` from `getMedia` or a webhook. The caller must read `body` to its end or destroy it. */
  downloadMedia(url: string, token: string, options?: CallOptions & { range?: string }): Promise<MediaDownload>
  deleteMedia(mediaId: string, token: string, options?: CallOptions & { phoneNumberId?: string }): Promise<void>
  /** Uploads the sample of a template's media header and returns the handle for `example.header_handle`. */
  uploadSample(
    appId: string,
    token: string,
    file: FilePart & { length: number },
    options?: CallOptions,
  ): Promise<string>
}

// A 100 MB file over a slow connection. Its own timeout: the ten seconds of a send would cut it off.
const TRANSFER_MS = 300_000
// Meta's own hosts for files (lookaside.fbsbx.com, scontent.whatsapp.net). The token is sent only to them and to the
// API itself.
const FILE_HOSTS = /(^|\.)(fbsbx\.com|whatsapp\.net|facebook\.com)$/

export function mediaCalls(caller: Caller): { calls: MediaCalls; close(): Promise<void> } {
  const { call, origin, userAgent } = caller
  const agent = new Agent({
    connections: 64,
    pipelining: 1,
    connect: { timeout: 5_000, ...(caller.ca ? { ca: caller.ca } : {}) },
  })

  const calls: MediaCalls = {
    async uploadMedia(phoneNumberId, token, file, { timeoutMs = TRANSFER_MS } = {}) {
      const body = multipart({ messaging_product: 'whatsapp', type: file.type }, file)
      return idIn(asRecord(await call({ method: 'POST', path: [phoneNumberId, 'media'], token, body, timeoutMs })))
    },

    async getMedia(mediaId, token, { phoneNumberId, timeoutMs } = {}) {
      const query = { phone_number_id: phoneNumberId }
      const answer = asRecord(await call({ method: 'GET', path: [mediaId], query, token, timeoutMs }))
      const { url, mime_type, sha256, file_size } = answer
      if (typeof url !== 'string') throw new StrangeAnswer('no url in it', 200)
      const media: WireMedia = { id: idIn(answer), url, mimeType: typeof mime_type === 'string' ? mime_type : '' }
      if (typeof sha256 === 'string') media.sha256 = sha256
      // A number in some answers, text in others.
      const size = typeof file_size === 'string' || typeof file_size === 'number' ? Number(file_size) : NaN
      if (Number.isSafeInteger(size) && size >= 0) media.fileSize = size
      return media
    },

    async downloadMedia(url, token, { range, timeoutMs = caller.timeoutMs } = {}) {
      assertFileHost(url, origin)
      const headers: Record<string, string> = { authorization: `Bearer ${token}`, 'user-agent': userAgent }
      if (range !== undefined) headers.range = range
      // The time budget covers connecting and headers. A long file may take longer, but no chunk of it.
      const answer = await request(url, {
        dispatcher: agent,
        headers,
        headersTimeout: timeoutMs,
        bodyTimeout: timeoutMs,
        signal: AbortSignal.timeout(TRANSFER_MS),
      }).catch((error: Error & { code?: string }) => {
        if (error.code === 'UND_ERR_HEADERS_TIMEOUT') throw new NoAnswer('no headers in time', error)
        if (error.code === 'UND_ERR_SOCKET' || error.code === 'ECONNRESET') throw new NoAnswer(error.message, error)
        throw new NotConnected(error.message || error.code || 'no connection', error)
      })
      // A reader that stops early destroys the body, which undici reports as an error without a listener.
      answer.body.on('error', () => {})
      const { statusCode: status } = answer
      if (status === 200 || status === 206 || status === 416) {
        return { status, headers: fileHeaders(answer.headers), body: answer.body }
      }
      const body = await firstBytes(answer.body, 64 * 1024)
      readAnswer({ status, headers: answer.headers, body }, token)
      throw new StrangeAnswer('not a file', status)
    },

    async deleteMedia(mediaId, token, { phoneNumberId, timeoutMs } = {}) {
      const query = { phone_number_id: phoneNumberId }
      expectSuccess(await call({ method: 'DELETE', path: [mediaId], query, token, timeoutMs }))
    },

    async uploadSample(appId, token, file, { timeoutMs = TRANSFER_MS } = {}) {
      const query = { file_name: file.name, file_length: file.length, file_type: file.type }
      const opened = asRecord(await call({ method: 'POST', path: [appId, 'uploads'], query, token }))
      const session = idIn(opened)
      // The session becomes a path as Meta wrote it, with its query. Encoding would change the id.
      if (!/^upload:[\w.~%+/=?&:-]+$/.test(session) || session.includes('..')) {
        throw new StrangeAnswer('not an upload session', 200)
      }
      const json = await call({
        method: 'POST',
        path: [],
        verbatim: session,
        token,
        scheme: 'OAuth',
        body: {
          stream: file.body,
          headers: {
            'content-type': 'application/octet-stream',
            'content-length': String(file.length),
            file_offset: '0',
          },
        },
        timeoutMs,
      })
      return idIn(asRecord(json), 'h')
    },
  }
  return { calls, close: () => agent.close() }
}

/** The url comes from an answer or a webhook. The token must not be sent to any host except Meta's. */
function assertFileHost(text: string, origin: URL): void {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url?.origin === origin.origin) return
  if (url?.protocol === 'https:' && FILE_HOSTS.test(url.hostname)) return
  // A sandbox on this machine may serve its files from another port.
  if (url && isLoopback(url) && isLoopback(origin)) return
  throw new StrangeAnswer(`its file is at ${url ? url.host : 'no URL'}, which is not a host of Meta's`, 200)
}

function isLoopback(url: URL): boolean {
  return /^https?:$/.test(url.protocol) && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(url.hostname)
}

function fileHeaders(headers: Record<string, string | string[] | undefined>): MediaDownload['headers'] {
  const one = (name: string) => (typeof headers[name] === 'string' ? headers[name] : undefined)
  const result: MediaDownload['headers'] = {}
  const [type, length, range] = [one('content-type'), one('content-length'), one('content-range')]
  if (type) result.contentType = type
  if (length && /^\d{1,15}$/.test(length)) result.contentLength = Number(length)
  if (range) result.contentRange = range
  const [ranges, etag] = [one('accept-ranges'), one('etag')]
  if (ranges) result.acceptRanges = ranges
  if (etag) result.etag = etag
  return result
}

async function firstBytes(body: Readable, limit: number): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of body as AsyncIterable<Buffer>) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= limit) break
  }
  return Buffer.concat(chunks).subarray(0, limit)
}
