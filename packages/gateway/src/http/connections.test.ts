import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { connect, type AddressInfo, type Socket } from 'node:net'
import { test } from 'node:test'
import { limitConnections } from './connections.ts'

test('thousands of silent connections do not lock a client out', async () => {
  const server = createServer((_request, response) => response.end('here'))
  limitConnections(server, 20)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const sockets: Socket[] = []
  const open = (): Socket => {
    const socket = connect(port, '127.0.0.1')
    socket.on('error', () => {})
    sockets.push(socket)
    return socket
  }
  try {
    for (let i = 0; i < 60; i++) open()
    await new Promise<void>((resolve) => server.once('drop', () => resolve()))
    assert.equal(server.maxConnections, 20)
    // Further connections replace silent ones after a while.
    for (;;) {
      const answer = await fetch(`http://127.0.0.1:${port}/`).then(
        (response) => response.text(),
        () => '',
      )
      if (answer === 'here') break
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  } finally {
    for (const socket of sockets) socket.destroy()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
})
