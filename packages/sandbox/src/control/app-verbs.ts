import type { HistoryChunk, HistoryMessage } from '../app-history.ts'
import type { BookEntry } from '../business-app.ts'
import { isObject, type Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import type { InboundContent } from '../inbound.ts'
import type { Sandbox } from '../index.ts'
import { SetupError } from '../setup.ts'

const text = (body: Json, key: string): string => {
  const value = body[key]
  if (typeof value !== 'string' || value === '') throw new SetupError(`"${key}" must be a text.`)
  return value
}
const list = (body: Json, key: string): Json[] => {
  const value = body[key]
  if (!Array.isArray(value) || !value.every(isObject)) throw new SetupError(`"${key}" must be a list of objects.`)
  return value
}
const words = (body: Json, key: string): string[] => {
  const value = body[key]
  if (!Array.isArray(value) || !value.every((one) => typeof one === 'string'))
    throw new SetupError(`"${key}" must be a list of texts.`)
  return value
}
function content(body: Json): string | InboundContent {
  if (typeof body['text'] === 'string') return body['text']
  const { does: _does, phone: _phone, to: _to, ...said } = body
  if (typeof said['type'] !== 'string') throw new SetupError('Give "text", or "type" and its content.')
  return said as InboundContent
}

/** `POST /sandbox/numbers/{id}/app {does, …}`: an action of the business in its WhatsApp Business app. */
export async function businessAppVerb(sandbox: Sandbox, cloud: Cloud, id: string, body: Json): Promise<Json> {
  if (!cloud.world.numbers.has(id)) throw new SetupError(`There is no business number ${id}.`)
  const app = sandbox.businessApp(id)
  switch (body['does']) {
    case 'says':
      return { id: await app.says(text(body, 'phone'), content(body)) }
    case 'edits':
      return { id: await app.edits(text(body, 'phone'), text(body, 'to'), content(body)) }
    case 'revokes':
      return { id: await app.revokes(text(body, 'phone'), text(body, 'to')) }
    case 'saves':
      await app.saves(list(body, 'entries') as BookEntry[])
      break
    case 'removes':
      await app.removes(list(body, 'entries').map((entry) => text(entry, 'phone')))
      break
    case 'shares': {
      for (const thread of list(body, 'threads')) {
        text(thread, 'phone')
        list(thread, 'messages')
      }
      await app.shares(body as HistoryChunk)
      break
    }
    case 'sharesMedia': {
      const { does: _does, phone: _phone, ...message } = body
      await app.sharesMedia(text(body, 'phone'), message as HistoryMessage)
      break
    }
    case 'sharesAll':
      return app.sharesAll({
        ...(body['messages'] !== undefined && { messages: body['messages'] as number }),
        ...(body['phones'] !== undefined && { phones: words(body, 'phones') }),
      })
    case 'declines':
      await app.declines()
      break
    case 'disconnects':
      await app.disconnects({
        ...(body['reason'] !== undefined && { reason: text(body, 'reason') }),
        ...(body['by'] !== undefined && { by: text(body, 'by') }),
      })
      break
    case 'isOffboarded':
      await app.isOffboarded()
      break
    case 'reconnects':
      await app.reconnects()
      break
    case 'onboards':
      app.onboards()
      break
    default:
      throw new SetupError(
        '"does" must be says, edits, revokes, saves, removes, shares, sharesAll, sharesMedia, declines, disconnects, ' +
          'isOffboarded, reconnects or onboards.',
      )
  }
  return { done: true }
}
