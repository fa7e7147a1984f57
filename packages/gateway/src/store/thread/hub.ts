import type { MessagePort } from 'node:worker_threads'
import { relieveGcPressure } from '../../platform/gc-pressure.ts'
import { DIRECTORY_CHANGED } from '../directory-version.ts'
import type { Applied, Notification, Replay, Store } from '../store.ts'
import { type CallBatch, type Call, largeBytes, perform, type ReplyBatch } from './calls.ts'
import { crossing } from './errors.ts'

/**
 * Serves a store to the threads of a machine, each over a port. Notifies each thread of the others' changes, as nodes
 * on one server do.
 */
export type Hub = {
  connect(port: MessagePort): void
  /** Ends all ports, once every call has been answered. */
  close(): void
}

export function createHub(store: Store): Hub {
  const ports = new Map<MessagePort, ServedPort>()
  const spread = (notification: Notification, from?: MessagePort): void => {
    for (const [port, served] of ports) if (port !== from) served.notify(notification)
  }
  store.onNotification?.((notification) => spread(notification))

  return {
    connect(port) {
      const served = servePort(store, port, (notification) => spread(notification, port))
      ports.set(port, served)
      port.on('close', () => ports.delete(port))
    },
    close() {
      for (const port of ports.keys()) port.close()
    },
  }
}

/** One thread's calls. */
type ServedPort = { notify(notification: Notification): void }

function servePort(store: Store, port: MessagePort, spread: (notification: Notification) => void): ServedPort {
  let reply: Required<ReplyBatch> | undefined
  const relieve = relieveGcPressure()

  function soon(): Required<ReplyBatch> {
    if (reply) return reply
    // After all promises of this commit have settled, and before the next commit begins.
    process.nextTick(send)
    return (reply = { done: [], failed: [], notifications: [] })
  }

  function send(): void {
    const { done, failed, notifications } = reply!
    reply = undefined
    port.postMessage({
      ...(done.length > 0 && { done }),
      ...(failed.length > 0 && { failed }),
      ...(notifications.length > 0 && { notifications }),
    } satisfies ReplyBatch)
  }

  port.on('message', ({ first, calls }: CallBatch) => {
    for (const [i, call] of calls.entries()) {
      perform(store, call).then(
        (value) => {
          soon().done.push([first + i, value])
          relieve(largeBytes(call, value))
          const notification = notificationOf(call, value)
          if (notification) spread(notification)
        },
        (error: unknown) => void soon().failed.push([first + i, crossing(error)]),
      )
    }
  })

  return { notify: (notification) => void soon().notifications.push(notification) }
}

/** The notification for the other threads about a finished call. */
function notificationOf(call: Call, value: unknown): Notification | undefined {
  switch (call.kind) {
    case 'notify':
      return call.notification
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
