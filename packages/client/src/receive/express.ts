/**
 * A handler of callbacks for Express. It reads the body itself: put it before `express.json()`.
 *
 * ```ts
 * app.post('/whatsapp', receiver({ secret: process.env.WEBHOOK_SECRET }, async (event) => { … }))
 * ```
 */
export { receiver, type NodeRequest } from './node.ts'
export { createMemoryStore, type Details, type Handler, type ReceiverOptions, type SeenStore } from './receiver.ts'
