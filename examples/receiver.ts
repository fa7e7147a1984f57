// Your end of the line: an HTTP server that Postern calls when somebody answers, and when a message moves on.
//   1. npx node examples/receiver.ts
//   2. npm run postern -- channel webhook 1 http://127.0.0.1:3000/     prints a secret: stop 1, and start it again as
//   3. WEBHOOK_SECRET=whsec_… npx node examples/receiver.ts
import { createServer } from 'node:http'
import { buffer } from 'node:stream/consumers'
import { CallbackRefused, verifyCallback } from '@postern/client'

const secret = process.env.WEBHOOK_SECRET ?? ''
const port = Number(process.env.RECEIVER_PORT ?? 3000)
const seen = new Set<string>()

const server = createServer(async (request, response) => {
  const body = await buffer(request)
  if (secret === '') {
    // Nothing can be verified yet, so nothing is taken: Postern keeps the event and sends it again.
    response.writeHead(503).end()
    return console.error('An event waits. Start this again with WEBHOOK_SECRET=whsec_…, as step 2 printed it.')
  }
  try {
    const { id, event } = await verifyCallback(body, request.headers, secret)
    // An event may come twice; its id stays the same. Yours would keep ids in a database.
    if (!seen.has(id)) console.log(JSON.stringify(event))
    seen.add(id)
    response.writeHead(204).end()
  } catch (error) {
    console.error((error as Error).message)
    response.writeHead(error instanceof CallbackRefused ? 401 : 500).end()
  }
})
server.listen(port, '127.0.0.1', () => {
  console.log(`Waiting for events at http://127.0.0.1:${port}/`)
  if (secret === '')
    console.log(`First its secret: npm run postern -- channel webhook 1 http://127.0.0.1:${port}/ prints it.`)
})
