import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/**
 * How a connection fares. pass: as it is. refuse: closed as soon as it comes. silent: taken, and nothing ever moves.
 * slow: each piece late by `delayMs`. cut: cut after the other side's first bytes came in, before
 * they are handed on: the work was done and nobody hears of it.
 */
export type Weather = 'pass' | 'refuse' | 'silent' | 'slow' | 'cut'

export type Proxy = {
  readonly port: number
  weather: Weather
  delayMs: number
  /** How many connections were refused or cut. */
  readonly harmed: number
  /** Cuts every connection that stands. */
  cutAll(): void
  close(): Promise<void>
}

/** A TCP proxy of 127.0.0.1 whose line can be made bad at any moment, for connections that stand as well. */
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
