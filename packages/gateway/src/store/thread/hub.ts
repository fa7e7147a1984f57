import type { MessagePort } from 'node:worker_threads'
import { DIRECTORY_CHANGED } from '../directory-version.ts'
import type { Applied, News, Replay, Store } from '../store.ts'
import { type Asked, type Call, perform, type Told } from './calls.ts'
import { crossing } from './errors.ts'

/**
 * Serves a store to the threads of a machine, each over a port. What one thread does and others would like to know, it
 * tells the others, as nodes on one server tell each other.
 */
export type Hub = {
  connect(port: MessagePort): void
  /** Ends all ports, once what was asked has been answered. */
  close(): void
}

export function createHub(store: Store): Hub {
  const desks = new Map<MessagePort, Desk>()
  const spread = (news: News, from?: MessagePort): void => {
    for (const [port, desk] of desks) if (port !== from) desk.tell(news)
  }
  store.onNews?.((news) => spread(news))

  return {
    connect(port) {
      const desk = createDesk(store, port, (news) => spread(news, port))
      desks.set(port, desk)
      port.on('close', () => desks.delete(port))
    },
    close() {
      for (const port of desks.keys()) port.close()
    },
  }
}

/** One thread's calls. */
type Desk = { tell(news: News): void }

function createDesk(store: Store, port: MessagePort, spread: (news: News) => void): Desk {
  let told: Required<Told> | undefined

  function soon(): Required<Told> {
    if (told) return told
    // When everything that settles with this commit has settled, and before the next commit begins.
    process.nextTick(send)
    return (told = { done: [], failed: [], news: [] })
  }

  function send(): void {
    const { done, failed, news } = told!
    told = undefined
    port.postMessage({
      ...(done.length > 0 && { done }),
      ...(failed.length > 0 && { failed }),
      ...(news.length > 0 && { news }),
    } satisfies Told)
  }

  port.on('message', ({ first, calls }: Asked) => {
    for (const [i, call] of calls.entries()) {
      perform(store, call).then(
        (value) => {
          soon().done.push([first + i, value])
          const news = newsOf(call, value)
          if (news) spread(news)
        },
        (error: unknown) => void soon().failed.push([first + i, crossing(error)]),
      )
    }
  })

  return { tell: (news) => void soon().news.push(news) }
}

/** What the other threads hear of a call that was done. */
function newsOf(call: Call, value: unknown): News | undefined {
  switch (call.kind) {
    case 'tell':
      return call.news
    case 'facts': {
      const { nudge } = value as Applied
      return nudge.length > 0 ? { kind: 'lanes', endpointIds: nudge } : undefined
    }
    case 'replay':
      return (value as Replay).woken ? { kind: 'lanes', endpointIds: [call.endpointId] } : undefined
    case 'atomically':
      return call.statements.some(({ sql }) => sql === DIRECTORY_CHANGED.sql) ? { kind: 'directory' } : undefined
    default:
      return undefined
  }
}
