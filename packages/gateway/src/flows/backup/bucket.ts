import { closeSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { S3Client } from '@aws-sdk/client-s3'
import { createOutbound, type Outbound } from '../../platform/outbound/guard.ts'
import { makeBackup, NoBackup } from './make.ts'
import { BadBackup, isBackupName } from './manifest.ts'
import type { Place, Stored } from './place.ts'

/** S3 takes parts from 5 MiB on, and 10,000 of them: 160 GB. */
const PART_BYTES = 16 * 1024 * 1024
const ANSWER_WITHIN_MS = 60_000

/**
 * A bucket of S3 or of a server like it. Credentials, region and endpoint are those of AWS's own variables
 * (AWS_ACCESS_KEY_ID, AWS_REGION, AWS_ENDPOINT_URL_S3 …). Only public addresses are reached, and those of OUTBOUND_ALLOW.
 */
export async function openBucket(address: string, allow: readonly string[]): Promise<Place> {
  const [, bucket, rest = ''] = /^s3:\/\/([^/]+)(?:\/(.*))?$/.exec(address) ?? []
  if (bucket === undefined) throw new NoBackup(`BACKUP_TO must look like s3://bucket/prefix, got ${address}.`)
  const prefix = rest === '' || rest.endsWith('/') ? rest : `${rest}/`
  const s3 = await loadClient()
  const outbound = createOutbound({ allow, connections: 4 })
  const endpoint = process.env.AWS_ENDPOINT_URL_S3 ?? process.env.AWS_ENDPOINT_URL
  const client = new s3.S3Client({
    requestHandler: handlerOver(outbound),
    maxAttempts: 4,
    // Servers like S3 know the host of the endpoint and not one for each bucket, and not all know newer checksums.
    ...(endpoint !== undefined && { endpoint, forcePathStyle: true }),
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
  })
  const at = (name: string) => ({ Bucket: bucket, Key: `${prefix}${name}` })

  return {
    address: `s3://${bucket}/${prefix}`,
    async keep(options, name) {
      const folder = mkdtempSync(join(options.dataDir, '.postern-backup-'))
      try {
        const made = await makeBackup(options, join(folder, name))
        await named(address, () => upload(s3, client, at(name), made.file))
        return { ...made, file: `s3://${bucket}/${prefix}${name}` }
      } finally {
        rmSync(folder, { recursive: true, force: true })
      }
    },
    list: () => named(address, () => list(s3, client, bucket, prefix)),
    read: (name, bytes) =>
      named(address, async () => {
        const range = bytes === undefined ? {} : { Range: `bytes=0-${bytes - 1}` }
        const answer = await client.send(new s3.GetObjectCommand({ ...at(name), ...range }))
        return answer.Body as Readable
      }),
    remove: (name) => named(address, async () => void (await client.send(new s3.DeleteObjectCommand(at(name))))),
    async close() {
      client.destroy()
      await outbound.close()
    },
  }
}

type S3 = typeof import('@aws-sdk/client-s3')

/** Not installed with the gateway: it is larger than the gateway, and most people back up into a folder. */
async function loadClient(): Promise<S3> {
  try {
    return await import('@aws-sdk/client-s3')
  } catch {
    throw new NoBackup(
      "s3:// needs AWS's client, which is not installed with Postern. Install it beside: npm install @aws-sdk/client-s3",
    )
  }
}

type Key = { Bucket: string; Key: string }

/** In parts, each in memory at most: one part is one request, so a broken one is repeated alone. */
async function upload(s3: S3, client: S3Client, key: Key, path: string): Promise<void> {
  const { UploadId } = await client.send(
    new s3.CreateMultipartUploadCommand({ ...key, ContentType: 'application/x-tar' }),
  )
  const file = openSync(path, 'r')
  try {
    const parts: { ETag: string | undefined; PartNumber: number }[] = []
    for (let at = 0; ; at += PART_BYTES) {
      const body = Buffer.allocUnsafe(PART_BYTES)
      const bytes = readSync(file, body, 0, PART_BYTES, at)
      if (bytes === 0) break
      const PartNumber = parts.length + 1
      const { ETag } = await client.send(
        new s3.UploadPartCommand({ ...key, UploadId, PartNumber, Body: body.subarray(0, bytes) }),
      )
      parts.push({ ETag, PartNumber })
    }
    await client.send(new s3.CompleteMultipartUploadCommand({ ...key, UploadId, MultipartUpload: { Parts: parts } }))
  } catch (error) {
    // What was uploaded would be kept, and paid for.
    await client.send(new s3.AbortMultipartUploadCommand({ ...key, UploadId })).catch(() => {})
    throw error
  } finally {
    closeSync(file)
  }
}

async function list(s3: S3, client: S3Client, bucket: string, prefix: string): Promise<Stored[]> {
  const stored: Stored[] = []
  for (let from: string | undefined; ;) {
    const page = await client.send(
      new s3.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(from !== undefined && { ContinuationToken: from }),
      }),
    )
    for (const { Key = '', Size = 0 } of page.Contents ?? []) {
      const name = Key.slice(prefix.length)
      if (isBackupName(name)) stored.push({ name, bytes: Size })
    }
    from = page.NextContinuationToken
    if (from === undefined) return stored
  }
}

/** Errors of the client name neither the bucket nor what to do. */
async function named<T>(address: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof NoBackup || error instanceof BadBackup) throw error
    const { name, message } = error as Error
    throw new NoBackup(
      `${address}: ${name === 'Error' ? '' : `${name}: `}${message}. Check the bucket, AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, and AWS_ENDPOINT_URL_S3 for a server like S3.`,
    )
  }
}

type Asked = {
  method: string
  protocol: string
  hostname: string
  port?: number
  path: string
  query?: Record<string, string | string[] | null>
  headers: Record<string, string>
  body?: Buffer | string
}

/** Sends the client's requests through our guard, which reaches permitted addresses only. */
function handlerOver(outbound: Outbound) {
  return {
    async handle(asked: Asked) {
      const url = new URL(`${asked.protocol}//${asked.hostname}${asked.port === undefined ? '' : `:${asked.port}`}`)
      const query = queryOf(asked.query)
      const { 'content-length': _length, ...headers } = asked.headers
      const answer = await outbound.dispatcher.request({
        origin: url.origin,
        path: `${asked.path}${query === '' ? '' : `?${query}`}`,
        method: asked.method as 'GET',
        headers,
        ...(asked.body !== undefined && { body: asked.body }),
        headersTimeout: ANSWER_WITHIN_MS,
        bodyTimeout: ANSWER_WITHIN_MS,
      })
      return {
        response: { statusCode: answer.statusCode, headers: flat(answer.headers), body: answer.body },
      }
    },
    destroy() {},
    metadata: { handlerProtocol: 'http/1.1' },
    updateHttpClientConfig() {},
    httpHandlerConfigs: () => ({}),
  }
}

/** As the signature has it: RFC 3986, sorted by the client. */
function queryOf(query: Asked['query'] = {}): string {
  const word = (text: string): string =>
    encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`)
  return Object.entries(query)
    .flatMap(([name, value]) =>
      (Array.isArray(value) ? value : [value]).map((one) => `${word(name)}=${word(one ?? '')}`),
    )
    .join('&')
}

const flat = (headers: Record<string, string | string[] | undefined>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, Array.isArray(value) ? value.join(', ') : value]],
    ),
  )
