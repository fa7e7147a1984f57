import { z } from 'zod'
import type { Clock } from '@postern/runtime/clock'
import { matching } from '../../domain/fields/schema.ts'
import type { FeedNews } from '../../flows/feed/news.ts'
import { type FeedPage, type FeedQuestion, readFeed } from '../../flows/feed/read.ts'
import { awaitEvents } from '../../flows/feed/wait.ts'
import { deliveryStates, eventIdOf } from '../../store/events.ts'
import type { Store } from '../../store/store.ts'
import { route, type Route } from '../route.ts'
import { count, eventOf, eventShape } from '../shapes.ts'
import { afterQuery, CURSOR, filterOf, filterQuery, placeOf } from './feed-query.ts'

/** An answer ends with the event that exceeds this: events of 1 MiB are possible. */
const MOST_BYTES = 4 * 1024 * 1024

const query = z.strictObject({
  last_id: afterQuery,
  count,
  ...filterQuery,
  wait: matching(/^(\d|[12]\d|30)$/, 'must be a whole number of seconds from 0 to 30')
    .transform(Number)
    .default(0)
    .describe('How long to wait for an event when there is none: 0 to 30 seconds. Default: 0.'),
})

export function eventRoutes({ store, clock, news }: { store: Store; clock: Clock; news: FeedNews }): Route[] {
  /** Waits as one of the limited number of readers, until the caller disconnects or the gateway shuts down. */
  async function wait(question: FeedQuestion, seconds: number, answer: NodeJS.EventEmitter): Promise<FeedPage> {
    const reader = news.open(question.channelId, 'call')
    answer.once('close', () => reader.close())
    try {
      return await awaitEvents({ sql: store.sql, clock, reader }, question, seconds * 1000)
    } finally {
      reader.close()
    }
  }

  return [
    route({
      method: 'GET',
      path: '/external/events',
      tag: 'events',
      summary: 'The events that callbacks carry, oldest first',
      description:
        'For polling, and to catch up after an outage of your server. With wait, the answer comes as soon as there is an event. ' +
        `Continue from the header ${CURSOR}: it also moves over events that a filter leaves out.`,
      auth: 'code',
      readsConversation: true,
      query,
      data: z.array(eventShape),
      answerHeaders: { [CURSOR]: 'Give it as last_id to continue.' },
      fails: ['too_many_readers', 'overloaded', 'shutting_down'],
      async handle({ channel, reply, query: { last_id, count: most, wait: seconds, ...filter } }) {
        const after = await placeOf(store, last_id, 'last_id')
        const question = {
          ...{ channelId: channel.id, after, filter: filterOf(filter) },
          ...{ count: most, mostBytes: MOST_BYTES },
        }
        let page = await readFeed(store.sql, clock, question)
        if (page.events.length === 0 && seconds > 0)
          page = await wait({ ...question, after: page.cursor }, seconds, reply.raw)
        const states = await deliveryStates(
          store.sql,
          page.events.map(({ seq }) => seq),
        )
        reply.header(CURSOR, eventIdOf(store.installation, page.cursor))
        return page.events.map((event) => eventOf(store.installation, event, states.get(event.seq) ?? 'none'))
      },
    }),
  ]
}
