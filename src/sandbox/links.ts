import type { WebhookError } from '../cloud-api/wire.ts'
import { ask } from './ask.ts'
import type { Cloud } from './cloud.ts'
import { isObject } from './checker.ts'
import { webhookError } from './graph-error.ts'
import type { Message } from './world.ts'

/** Every `link` of a message, wherever it stands, except where a button leads: those are never fetched. */
export function linksOf(content: unknown, found: string[] = []): string[] {
  if (Array.isArray(content)) for (const item of content) linksOf(item, found)
  else if (isObject(content)) {
    for (const [key, value] of Object.entries(content)) {
      if (key === 'link' && typeof value === 'string') found.push(value)
      else if (typeof value === 'object') linksOf(value, found)
    }
  }
  return found
}

/**
 * Meta fetches the media of a link only after it has accepted the message. The stand-in has no business on the
 * internet: a link is good unless a fault says otherwise, or it points to this machine and fetching is on.
 */
export function linkProblem(
  cloud: Cloud,
  message: Message,
): WebhookError | undefined | Promise<WebhookError | undefined> {
  if (message.type === 'text' || message.type === 'location' || message.type === 'contacts') return undefined
  if (!cloud.pace.fetchLinks && cloud.faults.list().length === 0) return undefined
  const links = linksOf(message.content)
  for (const link of links) {
    const fault = cloud.faults.take((f) => f.on === 'links' && (f.match?.link === undefined || f.match.link === link))
    if (fault) return brokenLink(fault.linkStatus ?? 404)
  }
  const local = cloud.pace.fetchLinks ? links.filter(isLocal) : []
  return local.length === 0 ? undefined : fetchAll(local)
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

async function fetchAll(links: string[]): Promise<WebhookError | undefined> {
  for (const link of links) {
    try {
      const { status, headers } = await ask(link, { headers: { 'user-agent': 'facebookexternalua' }, timeoutMs: 5_000 })
      if (status !== 200) return brokenLink(status)
      if (headers['content-type'] === undefined)
        return webhookError(131053, 'Unsupported media type: the link answered without a Content-Type')
    } catch {
      return webhookError(131053, 'Downloading media from weblink failed')
    }
  }
  return undefined
}
