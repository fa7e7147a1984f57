import { setTimeout as sleep } from 'node:timers/promises'
import { type Broadcast, progressLine } from './broadcast-line.ts'
import { Failed, type Call } from './command.ts'
import type { Connection } from './connect.ts'

const LOOK_EVERY_MS = 1_000

/**
 * Shows the progress until the broadcast is over, paused or cancelled. Ctrl-C ends only the command: the gateway goes on
 * with the broadcast.
 */
export async function watchBroadcast(gateway: Connection, first: Broadcast, call: Call): Promise<Broadcast> {
  const again = `postern broadcast show ${first.id} --watch`
  let now = first
  if (now.state !== 'running') return now
  call.note(`${first.id} continues without this command. See the progress with: ${again}`)
  const left = leaving()
  let shown = ''
  try {
    while (now.state === 'running' && !left.signal.aborted) {
      const line = progressLine(now, call.terminal?.columns())
      if (call.terminal) call.terminal.redraw(line)
      else if (line !== shown) call.note(line)
      shown = line
      await sleep(LOOK_EVERY_MS, undefined, { signal: left.signal }).catch(() => {})
      if (!left.signal.aborted) now = (await gateway.ask('GET', `/external/broadcasts/${first.id}`)) as Broadcast
    }
    call.terminal?.redraw(`${progressLine(now, call.terminal.columns())}\n`)
  } catch (error) {
    if (!(error instanceof Failed)) throw error
    throw new Failed(`${error.message} See the progress with: ${again}`, { ...error.data, broadcast: first.id })
  } finally {
    left.end()
  }
  if (left.signal.aborted) call.note(`The broadcast goes on. Look again with: ${again}`)
  return now
}

/** Aborted by Ctrl-C. */
function leaving(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController()
  const leave = (): void => controller.abort()
  process.once('SIGINT', leave)
  return { signal: controller.signal, end: () => void process.off('SIGINT', leave) }
}
