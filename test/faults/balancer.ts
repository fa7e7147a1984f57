import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

/** A load balancer: each connection goes to the next node that takes it. It knows nothing of what passes. */
export type Balancer = { origin: string; close(): Promise<void> }

export async function startBalancer(origins: readonly string[]): Promise<Balancer> {
  const ports = origins.map((origin) => Number(new URL(origin).port))
  const sockets = new Set<Socket>()
  let turn = 0

  function join(client: Socket, [port, ...others]: readonly number[]): void {
    const node = connect({ host: '127.0.0.1', port: port!, noDelay: true })
    sockets.add(node)
    let open = false
    node.once('connect', () => {
      open = true
      client.pipe(node)
      node.pipe(client)
    })
    node.on('error', () => {
      // Nothing was sent, so another node may have it.
      if (!open && others.length > 0) join(client, others)
      else client.destroy()
    })
    node.once('close', () => {
      sockets.delete(node)
      // Not at once: the end of an answer may still be on its way.
      if (open) client.end()
    })
    client.once('close', () => node.destroy())
  }

  const server = createServer({ noDelay: true }, (client) => {
    sockets.add(client)
    client.on('error', () => {})
    client.once('close', () => sockets.delete(client))
    const first = ++turn % ports.length
    join(client, [...ports.slice(first), ...ports.slice(0, first)])
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close() {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
