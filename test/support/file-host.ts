import { readFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export const mediaFile = (name: string): Buffer => readFileSync(new URL(`../fixtures/media/${name}`, import.meta.url))

export type Serve = (request: IncomingMessage, response: ServerResponse) => void

/** A host of files, with a behaviour for each path. */
export type FileHost = {
  origin: string
  /** Calls by path. */
  calls: Map<string, number>
  /** Sets the answer of `path`, and returns its link. */
  at(path: string, serve: Serve): string
  /** The file with range requests, as good hosts serve it. */
  file(path: string, bytes: Buffer, type?: string): string
  close(): Promise<void>
}

export async function startFileHost(): Promise<FileHost> {
  const paths = new Map<string, Serve>()
  const calls = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = request.url!.split('?')[0]!
    calls.set(path, (calls.get(path) ?? 0) + 1)
    const serve = paths.get(path)
    if (serve) serve(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const at: FileHost['at'] = (path, serve) => {
    paths.set(path, serve)
    return origin + path
  }
  return {
    origin,
    calls,
    at,
    file: (path, bytes, type = 'application/octet-stream') =>
      at(path, (request, response) => {
        const range = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')
        if (!range)
          return void response.writeHead(200, { 'content-type': type, 'content-length': bytes.length }).end(bytes)
        const [from, to] = [Number(range[1]), Math.min(Number(range[2]), bytes.length - 1)]
        if (from > to) return void response.writeHead(416, { 'content-range': `bytes */${bytes.length}` }).end()
        response
          .writeHead(206, {
            'content-type': type,
            'content-length': to - from + 1,
            'content-range': `bytes ${from}-${to}/${bytes.length}`,
          })
          .end(bytes.subarray(from, to + 1))
      }),
    close() {
      server.closeAllConnections()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
