import { createMemoryStore, receiver as expressReceiver } from '@postern/client/express'
import { receiver as fastifyReceiver } from '@postern/client/fastify'
import { receiver as fetchReceiver } from '@postern/client/fetch'
import { receiver as honoReceiver } from '@postern/client/hono'
import { receiver as nodeReceiver } from '@postern/client/node'

/* Type tests of the receivers, read by the compiler only: see client.ts. */

const secret: string | undefined = 'whsec_…'

fetchReceiver({ secret }, (event, { id, context }) => [event.event, id, context.url])
fetchReceiver({ secret, seen: createMemoryStore() }, { new_message: ({ message }) => message.messages?.[0]?.type })
nodeReceiver({ secret: async () => [secret ?? ''] }, () => {})
expressReceiver({ secret }, { other: (event) => event.event })
fastifyReceiver('/whatsapp', { secret }, { message_status_update: (event) => event.message_status })
honoReceiver({ secret: (c: { env: { S: string }; req: { raw: Request } }) => c.env.S }, () => {})
// @ts-expect-error no secret, not even one that is missing in the environment
fetchReceiver({}, () => {})
// @ts-expect-error no handler
fetchReceiver({ secret })
// @ts-expect-error a misspelt event
fetchReceiver({ secret }, { new_mesage() {} })
// @ts-expect-error a store that cannot remember
fetchReceiver({ secret, seen: { has: () => false } }, () => {})
// @ts-expect-error the key of another event
fetchReceiver({ secret }, { new_message: (event) => event.message_status })
// @ts-expect-error a plugin of Fastify has a path
fastifyReceiver({ secret }, () => {})
