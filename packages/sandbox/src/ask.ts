import { Agent as HttpAgent, request as httpRequest, type IncomingHttpHeaders } from 'node:http'
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https'

export type Asked = { status: number; headers: IncomingHttpHeaders; body: string; bytes: Buffer }

export type Agents = { http: HttpAgent; https: HttpsAgent }

export const newAgents = (sockets: number): Agents => ({
  http: new HttpAgent({ keepAlive: true, maxSockets: sockets }),
  https: new HttpsAgent({ keepAlive: true, maxSockets: sockets }),
})

export type Question = {
  method?: string
  headers?: Record<string, string>
  body?: string | Buffer
  timeoutMs: number
  /** Maximum bytes of the answer that are kept; the rest is dropped. 0 keeps nothing. */
  mostBytes?: number
  agents?: Agents
}

/**
 * Sends one HTTP request, with limits on time and size. Redirects are not followed. Uses Node's own client: it takes an
 * order of magnitude less memory than a full client, and the sandbox sends few requests.
 * @throws when there is no answer in time
 */
export function ask(url: string | URL, question: Question): Promise<Asked> {
  const target = typeof url === 'string' ? new URL(url) : url
  const secure = target.protocol === 'https:'
  const most = question.mostBytes ?? 0
  return new Promise((resolve, reject) => {
    const request = (secure ? httpsRequest : httpRequest)(
      target,
      {
        method: question.method ?? 'GET',
        headers: question.headers ?? {},
        ...(question.agents && { agent: secure ? question.agents.https : question.agents.http }),
      },
      (response) => {
        const chunks: Buffer[] = []
        let size = 0
        const done = (): void => {
          clearTimeout(timer)
          const bytes = Buffer.concat(chunks)
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            bytes,
            get body() {
              return bytes.toString()
            },
          })
        }
        response.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size <= most) chunks.push(chunk)
          // The sandbox needs no long answers, and an endless answer must not hold the connection.
          else if (size > most + 1_048_576) response.destroy()
        })
        response.on('end', done)
        response.on('close', done)
        response.on('error', done)
      },
    )
    const timer = setTimeout(
      () => request.destroy(new Error(`no answer within ${question.timeoutMs} ms`)),
      question.timeoutMs,
    )
    request.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
    request.end(question.body)
  })
}
