import { accountMethods } from './account.ts'
import { broadcastMethods } from './broadcasts.ts'
import { contactMethods } from './contacts.ts'
import { createEvents, createStream } from './events.ts'
import { mediaMethods } from './media.ts'
import { messageMethods } from './messages.ts'
import { createRequester, DEFAULT_TIMEOUT_MS, type ClientOptions } from './request.ts'
import { createMethods } from './routes.ts'
import { templateMethods } from './templates.ts'

/** Creates a client of one channel. Every method throws a `PosternError` when the call fails. */
export function createClient(given: ClientOptions) {
  if (!given.certificationCode)
    throw new Error('The certificationCode is missing: give the code that was printed when the channel was added.')
  const requester = createRequester(given, { 'certification-code': given.certificationCode })
  const methods = createMethods(requester)
  return {
    ...messageMethods(methods),
    ...contactMethods(methods),
    ...accountMethods(methods),
    templates: templateMethods(methods),
    broadcasts: broadcastMethods(methods),
    media: mediaMethods(methods),
    /**
     * `events` yields the events that callbacks carry, oldest first, and waits for new ones; `stream` does so over one
     * connection. Both go on after an outage of the gateway. Store the last id and continue from it.
     */
    events: createEvents(requester, given.timeoutMs ?? DEFAULT_TIMEOUT_MS),
    stream: createStream(requester),
    /** Any route by its name: `request('GET /external/messages/{msg_id}', { ids: [id] })`. */
    request: methods.request,
  }
}

export type Client = ReturnType<typeof createClient>
