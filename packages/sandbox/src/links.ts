import type { WebhookError } from '@postern/cloud-api'
import { ask } from './ask.ts'
import type { Cloud } from './cloud.ts'
import { isObject, type Json } from './checker.ts'
import { webhookError } from './graph-error.ts'
import { MEDIA_KINDS, formatProblem, type MediaKind } from './media-formats.ts'
import type { Message } from './world.ts'

type Use = { kind: MediaKind; voice: boolean; id?: string; link?: string }

/** Every media object of a message with its kind. The target of a button is not media: it is never fetched. */
export function mediaOf(type: string, content: unknown, found: Use[] = []): Use[] {
  if (Array.isArray(content)) for (const item of content) mediaOf('', item, found)
  else if (isObject(content)) {
    if (MEDIA_KINDS.has(type)) {
      const use = useOf(type as MediaKind, content)
      if (use) found.push(use)
    } else for (const [key, value] of Object.entries(content)) mediaOf(key, value, found)
  }
  return found
}

function useOf(kind: MediaKind, content: Json): Use | undefined {
  const { id, link, voice } = content
  if (typeof id !== 'string' && typeof link !== 'string') return undefined
  return {
    kind,
    voice: voice === true,
    ...(typeof id === 'string' && { id }),
    ...(typeof link === 'string' && { link }),
  }
}

const WITHOUT_MEDIA = new Set(['text', 'location', 'contacts', 'reaction'])

/**
 * Meta checks media only after it has accepted the message. Uploaded media is parsed here as well. A link is valid
 * unless a fault says otherwise, or it leads to this machine and fetching is on: the sandbox makes no requests to the
 * internet.
 */
export function mediaProblem(
  cloud: Cloud,
  message: Message,
): WebhookError | undefined | Promise<WebhookError | undefined> {
  if (WITHOUT_MEDIA.has(message.type)) return undefined
  const uses = mediaOf(message.type, message.content)
  for (const { link } of uses) {
    if (link === undefined) continue
    const fault = cloud.faults.take((f) => f.on === 'links' && (f.match?.link === undefined || f.match.link === link))
    if (fault) return brokenLink(fault.linkStatus ?? 404)
  }
  const opened = uses.filter(({ link }) => link === undefined || (cloud.pace.fetchLinks && isLocal(link)))
  return opened.length === 0 ? undefined : firstProblem(cloud, opened)
}

async function firstProblem(cloud: Cloud, uses: Use[]): Promise<WebhookError | undefined> {
  for (const use of uses) {
    const problem = use.link === undefined ? await uploadedProblem(cloud, use) : await linkProblem(use, use.link)
    if (problem) return problem
  }
  return undefined
}

async function uploadedProblem(cloud: Cloud, use: Use): Promise<WebhookError | undefined> {
  const media = cloud.world.media.get(use.id!)
  // The media was deleted while the message was on its way.
  if (!media) return undefined
  const problem = await formatProblem({ ...use, mimeType: media.mimeType, bytes: cloud.media.get(media.id) })
  return problem === undefined ? undefined : webhookError(131053, problem)
}

const REASONS: Record<number, string> = { 403: 'Forbidden', 404: 'Not Found', 500: 'Internal Server Error' }

const brokenLink = (status: number): WebhookError =>
  webhookError(
    131053,
    `Downloading media from weblink failed with http code ${status}, status message ${REASONS[status] ?? 'Error'}`,
  )

function isLocal(link: string): boolean {
  try {
    return ['localhost', '127.0.0.1', '[::1]'].includes(new URL(link).hostname)
  } catch {
    return false
  }
}

/** Limit of the largest media that is parsed: a video. */
const MOST_BYTES = 16 * 1_048_576

async function linkProblem(use: Use, link: string): Promise<WebhookError | undefined> {
  try {
    const question = { headers: { 'user-agent': 'facebookexternalua' }, timeoutMs: 5_000, mostBytes: MOST_BYTES }
    const { status, headers, bytes } = await ask(link, question)
    if (status !== 200) return brokenLink(status)
    const mimeType = headers['content-type']
    if (mimeType === undefined)
      return webhookError(131053, 'Unsupported media type: the link answered without a Content-Type')
    const problem = await formatProblem({ ...use, mimeType, bytes })
    return problem === undefined ? undefined : webhookError(131053, problem)
  } catch {
    return webhookError(131053, 'Downloading media from weblink failed')
  }
}
