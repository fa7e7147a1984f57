// Your end of the line: an HTTP server that Postern calls when somebody answers, and when a message moves on.
//   1. npx node examples/receiver.ts
//   2. npm run postern -- channel webhook 1 http://127.0.0.1:3000/     prints a secret: stop 1, and start it again as
//   3. WEBHOOK_SECRET=whsec_… npx node examples/receiver.ts
import { createServer } from 'node:http'
import { createMemoryStore, receiver } from '@postern/client/node'

const secret = process.env.WEBHOOK_SECRET
const port = Number(process.env.RECEIVER_PORT ?? 3000)

// An event may come twice; its id stays the same. Yours would keep the ids in a database.
const receive = receiver({ secret, seen: createMemoryStore() }, (event) => {
  // Postern gets its 200 when this is done; when it throws, Postern sends the event again.
  console.log(JSON.stringify(event))
})

createServer(receive).listen(port, '127.0.0.1', () => {
  console.log(`Waiting for events at http://127.0.0.1:${port}/`)
  if (secret === undefined)
    console.log(`First its secret: npm run postern -- channel webhook 1 http://127.0.0.1:${port}/ prints it.`)
})
