import { asList, asObject, asText } from '../../ui/src/shown.ts'
import type { Callback, Received, SentWebhook } from './control.ts'

/** One line of the drawer. A callback follows the webhook that caused it. */
export type WireStep =
  | { kind: 'call'; at: number; call: Received }
  | { kind: 'webhook'; at: number; webhook: SentWebhook }
  | { kind: 'callback'; callback: Callback }

/** Returns the steps, oldest first. */
export function stepsOf(calls: Received[], webhooks: SentWebhook[], callbacks: Callback[]): WireStep[] {
  const onTheWire = [
    ...calls.map((call) => ({ kind: 'call' as const, at: call.at, call })),
    ...webhooks.map((webhook) => ({ kind: 'webhook' as const, at: webhook.at, webhook })),
  ].sort((a, b) => a.at - b.at)
  const open = new Set(callbacks)
  const steps: WireStep[] = []
  for (const step of onTheWire) {
    steps.push(step)
    if (step.kind !== 'webhook') continue
    const news = newsIn(step.webhook.body)
    for (const callback of open) {
      if (!news.has(newsOf(callback))) continue
      open.delete(callback)
      steps.push({ kind: 'callback', callback })
    }
  }
  // Callbacks whose webhook the sandbox no longer keeps.
  return [...steps, ...[...open].map((callback) => ({ kind: 'callback' as const, callback }))]
}

/** The ids of the messages in these webhooks, including answers and reactions. */
export function messagesIn(webhooks: SentWebhook[]): string[] {
  return webhooks.flatMap(({ body }) =>
    changesIn(body).flatMap((change) => asList(asObject(change.value).messages).map((one) => asText(one.id) ?? '')),
  )
}

/** The title of a webhook in one line: its field, and the statuses or types in it. */
export function titleOf(webhook: SentWebhook): string {
  return changesIn(webhook.body)
    .map((change) => {
      const { statuses, messages } = asObject(change.value)
      const words = [...asList(statuses).map((one) => one.status), ...asList(messages).map((one) => one.type)]
      return [change.field, ...words].map((word) => asText(word) ?? '').join(' · ')
    })
    .join(', ')
}

function newsIn(body: string): Set<string> {
  const news = new Set<string>()
  for (const change of changesIn(body)) {
    const { statuses, messages } = asObject(change.value)
    for (const one of asList(statuses)) news.add(`${asText(one.id)} ${asText(one.status)}`)
    for (const one of asList(messages)) news.add(`${asText(one.id)} written`)
  }
  return news
}

function newsOf(callback: Callback): string {
  const body = asObject(callback.body)
  const status = asText(body.message_status)
  if (status !== undefined) return `${asText(body.message_id)} ${status}`
  return `${asText(asList(asObject(body.message).messages)[0]?.id)} written`
}

function changesIn(body: string): Record<string, unknown>[] {
  return asList(asObject(parsed(body)).entry).flatMap((entry) => asList(entry.changes))
}

export function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
