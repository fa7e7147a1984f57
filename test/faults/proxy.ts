import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * Behaviour of connections. pass: unchanged. refuse: closed at once. silent: accepted, and no byte moves. slow: each
 * chunk is delayed by `delayMs`. cut: closed when the other side's first bytes arrive, before they are passed on: the
 * work was done and its answer is lost.
 */
export type Weather = 'pass' | 'refuse' | 'silent' | 'slow' | 'cut'

export type Proxy = {
  readonly port: number
  weather: Weather
  delayMs: number
  /** Number of connections that were refused or cut. */
  readonly harmed: number
  /** Closes every open connection. */
  cutAll(): void
  close(): Promise<void>
}

/** A TCP proxy on 127.0.0.1 whose behaviour can change at any moment, also for open connections. */
export async function startProxy(targetPort: number): Promise<Proxy> {
  const open = new Set<Socket>()
  let harmed = 0

  const server = createServer((near) => {
    if (proxy.weather === 'refuse') {
      harmed++
      near.destroy()
      return
    }
    const far = connect(targetPort, '127.0.0.1')
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from)
      from.setNoDelay(true)
      from.on('error', () => {})
      from.on('close', () => {
        open.delete(from)
        to.destroy()
      })
      from.on('data', (chunk: Buffer) => move(from, to, chunk, from === far))
    }
  })

  function move(from: Socket, to: Socket, chunk: Buffer, isAnswer: boolean): void {
    if (proxy.weather === 'silent' || proxy.weather === 'refuse') return
    if (proxy.weather === 'cut' && isAnswer) {
      harmed++
      from.destroy()
      to.destroy()
      return
    }
    if (proxy.weather === 'slow') setTimeout(() => to.writable && to.write(chunk), proxy.delayMs)
    else to.write(chunk)
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const proxy: Proxy = {
    port: (server.address() as AddressInfo).port,
    weather: 'pass',
    delayMs: 100,
    get harmed() {
      return harmed
    },
    cutAll() {
      harmed += open.size / 2
      for (const socket of open) socket.destroy()
    },
    close() {
      for (const socket of open) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
  return proxy
}
