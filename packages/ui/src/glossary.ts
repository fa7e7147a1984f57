/**
 * A term of Postern: its synonym in the field, and one sentence. `docs/architecture.md` and the console show these
 * rows.
 */
export type Term = { readonly word: string; readonly synonym: string; readonly meaning: string }

const term = (word: string, synonym: string, meaning: string): Term => ({ word, synonym, meaning })

/** Terms of the API come first, then internal terms. `scripts/generate-docs.ts` writes the table of the docs. */
export const GLOSSARY = {
  channel: term(
    'channel',
    'sender, phone number',
    'A WhatsApp phone number of the business, with its access token and its endpoint.',
  ),
  certificationCode: term('certification code', 'API key', 'The secret that names a channel in a call of the API.'),
  contact: term(
    'contact',
    'customer, WhatsApp user',
    'A person on WhatsApp, known by a phone number, a business-scoped id, or both.',
  ),
  message: term('message', 'message', 'One message to or from a contact on a channel, with its status.'),
  wamid: term('wamid', 'WhatsApp message id', 'The id that Meta gives to a message.'),
  window: term(
    'window',
    'customer service window',
    'The 24 hours after a contact’s last message: free-form messages may be sent.',
  ),
  template: term(
    'template',
    'message template',
    'A text with variables that Meta has approved: it may be sent outside the window too.',
  ),
  broadcast: term(
    'broadcast',
    'bulk send, campaign',
    'One message to many contacts, sent at the channel’s rate limit.',
  ),
  pace: term('pace', 'rate limit', 'The most messages a second that a channel sends.'),
  outcome: term(
    'outcome',
    'result of a send',
    'The result of one call of the Cloud API: accepted, refused, throttled, unavailable or unknown.',
  ),
  unknown: term(
    'unknown',
    'in doubt',
    'The call got no answer, so WhatsApp may have taken the message: a status webhook settles it.',
  ),
  idempotencyKey: term(
    'idempotency key',
    'idempotency key',
    'A key of the caller’s: a repeated request with the same key is not sent again.',
  ),
  event: term(
    'event',
    'webhook event',
    'Something that happened, such as a new message, stored for your software as JSON.',
  ),
  endpoint: term('endpoint', 'webhook URL, callback URL', 'The URL of your server that gets the events of a channel.'),
  callback: term('callback', 'outgoing webhook', 'The signed HTTP request that carries one event to an endpoint.'),
  delivery: term(
    'delivery',
    'webhook delivery, job',
    'One event for one endpoint, from the first attempt to the last.',
  ),
  attempt: term('attempt', 'try', 'One HTTP request of a delivery, and its result.'),
  lane: term(
    'lane',
    'partition, ordered queue',
    'The deliveries of one contact to one endpoint: they go out one at a time, in order.',
  ),
  resting: term(
    'resting',
    'open circuit (circuit breaker)',
    'The endpoint fails for many contacts: deliveries wait, and one attempt now and then tests it.',
  ),
  dead: term('dead', 'dead letter', 'The delivery has no retries left: it is kept and can be replayed.'),
  replay: term('replay', 'redelivery', 'Sends a stored event to its endpoint again, with the same id.'),
  quarantine: term(
    'quarantine',
    'dead-letter queue for input',
    'Webhooks of Meta’s that could not be read or applied, stored with their bytes.',
  ),
  sandbox: term('sandbox', 'emulator, test double', 'The stand-in for the Cloud API, with phones, for tests.'),
  core: term('core', 'functional core', 'The pure function that decides what a batch of writes changes.'),
  engine: term('engine', 'database adapter', 'Loads and writes batches on one database: SQLite or PostgreSQL.'),
  batcher: term('batcher', 'group commit', 'Collects writes while a commit runs and commits them together.'),
  cursor: term('cursor', 'offset', 'The place in the stored events up to which a lane has been delivered.'),
  lease: term('lease', 'lock with an expiry', 'The right of one node to work on a lane or broadcast until a time.'),
  node: term('node', 'instance, process', 'One running gateway: several nodes share one PostgreSQL.'),
  flow: term(
    'flow',
    'use case, application service',
    'One thing that the gateway does, such as sending or delivering.',
  ),
  floor: term('floor', 'layer', 'A folder of the gateway’s source whose files import only what is below it.'),
} as const satisfies Record<string, Term>

export type TermKey = keyof typeof GLOSSARY
