import { createLinkCheck } from '../packages/gateway/src/flows/media/link-check.ts'
import { parseMessage } from '../packages/gateway/src/domain/messages/parse.ts'
import { createOutbound } from '../packages/gateway/src/platform/outbound/guard.ts'
import { createMediaPreparation } from '../packages/gateway/src/flows/send/check-media.ts'
import { createTemplateResolver } from '../packages/gateway/src/flows/send/resolve-template.ts'
import type { Channel } from '../packages/gateway/src/domain/channels/channel.ts'
import type { WireTemplateEntry } from '../packages/cloud-api/src/wire.ts'
import { readTemplate } from '../packages/gateway/src/domain/templates/read-template.ts'
import { checkTemplate } from '../packages/gateway/src/domain/templates/check-template.ts'

/**
 * The cost of the checks of a send: microseconds, and the ratio to `JSON.parse` of the same body. Exit code 1 when a
 * figure exceeds its limit: 20 µs for a template, 5 µs for a cached link.
 */
const ROUNDS = 7
const EACH = 20_000

/** The median round, in microseconds a call. */
async function measure(work: () => unknown): Promise<number> {
  const rounds: number[] = []
  for (let round = 0; round <= ROUNDS; round++) {
    const started = performance.now()
    for (let i = 0; i < EACH; i++) {
      const result = work()
      if (result instanceof Promise) await result
    }
    // The first round warms up the compiler.
    if (round > 0) rounds.push(((performance.now() - started) / EACH) * 1000)
  }
  return rounds.sort((a, b) => a - b)[Math.floor(ROUNDS / 2)]!
}

const LINK = 'http://127.0.0.1:9/picture.png'
const body = {
  to: '85268411234',
  type: 'template',
  template: {
    name: 'offer',
    language: 'en_US',
    components: [
      { type: 'header', parameters: [{ type: 'image', image: { link: LINK } }] },
      { type: 'body', parameters: ['Ann', '25OFF', 'the end of May'].map((text) => ({ type: 'text', text })) },
      { type: 'button', sub_type: 'url', index: '0', parameters: [{ type: 'text', text: 'o/8812' }] },
      { type: 'button', sub_type: 'quick_reply', index: '1', parameters: [{ type: 'payload', payload: 'stop' }] },
    ],
  },
}
const wire: WireTemplateEntry = {
  id: '1478820956612233',
  name: 'offer',
  language: 'en_US',
  status: 'APPROVED',
  category: 'MARKETING',
  components: [
    { type: 'HEADER', format: 'IMAGE' },
    { type: 'BODY', text: 'Dear {{1}}, take 25% off with {{2}} until {{3}}, in every shop of ours.' },
    { type: 'FOOTER', text: 'Harbour shop' },
    {
      type: 'BUTTONS',
      buttons: [
        { type: 'URL', text: 'Shop', url: 'https://shop.example/{{1}}' },
        { type: 'QUICK_REPLY', text: 'Stop' },
      ],
    },
  ],
}

const text = JSON.stringify(body)
const parsed = parseMessage(body)
if (!parsed.ok || parsed.message.type !== 'template') throw new Error('the message of this bench is not one')
const { message } = parsed
const entry = readTemplate(wire)!
const { template } = parsed.message
const channel = { mediaCheck: 'probe', mediaMode: 'link', defaultLanguage: null } as Channel

const outbound = createOutbound({ allow: ['127.0.0.0/8'] })
const links = createLinkCheck({ outbound })
const resolver = {
  check: links.check,
  idFor: () => Promise.resolve({ kind: 'none' } as const),
  forget: () => Promise.resolve(),
  knownOf: () => Promise.resolve(undefined),
}
const prepare = createMediaPreparation(resolver)
// No server listens there: checked once, and cached as no evidence.
await prepare(channel, message)
const byName = new Map([[entry.name, [entry]]])
const resolve = createTemplateResolver({
  entries: () => Promise.resolve({ byName }),
  refresh: () => Promise.resolve(false),
})
if (!checkTemplate(entry, template, message).ok) throw new Error('the send of this bench is not right')

const parse = await measure(() => JSON.parse(text) as unknown)
const rows: [what: string, micros: number, limit?: number][] = [
  ['JSON.parse of the body', parse],
  ['the body by its schema', await measure(() => parseMessage(body))],
  ['a template send by its catalog entry', await measure(() => checkTemplate(entry, template, message)), 20],
  ['choosing the translation, and that', await measure(() => resolve(channel, template, message)), 20],
  ['a link that is remembered', await measure(() => links.check(LINK, 'image', 'probe')), 5],
  ['all media of a message, remembered', await measure(() => prepare(channel, message)), 5],
]
let isOver = false
process.stdout.write('check                                      µs   × JSON.parse   limit µs\n')
for (const [what, micros, limit] of rows) {
  if (limit !== undefined && micros > limit) isOver = true
  const cells = [
    micros.toFixed(2).padStart(8),
    (micros / parse).toFixed(2).padStart(14),
    String(limit ?? '').padStart(10),
  ]
  process.stdout.write(
    `${what.padEnd(38)} ${cells.join(' ')}${limit !== undefined && micros > limit ? '  OVER' : ''}\n`,
  )
}
await outbound.close()
process.exitCode = isOver ? 1 : 0
