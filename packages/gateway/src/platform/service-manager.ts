import { spawn } from 'node:child_process'

/** Tells the service manager how far this process is. */
export type ServiceManager = { ready(): void; stopping(): void }

/**
 * systemd's protocol of `Type=notify`, when NOTIFY_SOCKET says that systemd waits for it. Its socket takes datagrams, which
 * Node cannot send on a Unix socket, so systemd's own program `systemd-notify` sends them. With WatchdogSec=, a process
 * whose event loop stands still is restarted.
 */
export function createServiceManager(env: NodeJS.ProcessEnv, onError: (error: Error) => void): ServiceManager {
  if (!env.NOTIFY_SOCKET) return { ready() {}, stopping() {} }
  const tell = (state: string): void => {
    const program = spawn('systemd-notify', [state], { env, stdio: 'ignore' })
    program.on('error', onError)
    program.on('exit', (code) => code !== 0 && onError(new Error(`systemd-notify ${state} ended with ${code}`)))
    program.unref()
  }
  const everyMs = watchdogMs(env)
  let timer: NodeJS.Timeout | undefined
  return {
    ready() {
      tell('READY=1')
      if (everyMs !== undefined) timer = setInterval(() => tell('WATCHDOG=1'), everyMs).unref()
    },
    stopping() {
      clearInterval(timer)
      tell('STOPPING=1')
    },
  }
}

/** Half of the time after which systemd misses us. Undefined: it does not watch this process. */
function watchdogMs({ WATCHDOG_USEC, WATCHDOG_PID }: NodeJS.ProcessEnv): number | undefined {
  const usec = Number(WATCHDOG_USEC)
  const isOurs = !WATCHDOG_PID || WATCHDOG_PID === String(process.pid)
  return isOurs && Number.isInteger(usec) && usec > 0 ? Math.max(usec / 2000, 1) : undefined
}
