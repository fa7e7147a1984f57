import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CatalogEntry } from '../templates/catalog-entry.ts'
import { finishedReport } from './finished-report.ts'
import { judgeRow, type GoodRow } from './judge-row.ts'
import { type ContactFacts, createTally, NOTHING_KNOWN, type Terms } from './report.ts'

const HOUR = 3_600_000
const AT = Date.parse('2026-11-26T22:00+08:00')
const MORNING = Date.parse('2026-11-27T08:00+08:00')
const TERMS: Terms = {
  at: AT,
  quietHours: null,
  enforcesWindow: true,
  channelCreatedAt: 0,
  marketing: 'cloud',
}

function row(contact: string, category: string): GoodRow {
  const entry = {
    ...{ id: '1', name: 'offer', language: 'en_US', status: 'APPROVED', category, quality: '' },
    components: [{ type: 'BODY', text: 'Hello' }],
    wants: { isNamed: false, body: { text: 'Hello', variables: [], fixedLength: 5 }, buttons: [] },
  } as unknown as CatalogEntry
  const message = { type: 'template', template: { name: 'offer' } }
  const judged = judgeRow(
    { message, defaultLanguage: null, entriesOf: () => [entry] },
    { contact: { to: contact }, name: null },
  )
  assert(judged.ok, JSON.stringify(judged))
  return judged
}

/** The forecast for one person. */
function forecast(category: string, facts: Partial<ContactFacts>, terms: Partial<Terms> = {}) {
  const tally = createTally({ ...TERMS, ...terms })
  const shown = tally.good(2, row('85268411234', category), { ...NOTHING_KNOWN, ...facts })
  const report = finishedReport(tally.result(), {
    ...{ terms: { ...TERMS, ...terms }, skipBad: false, isFile: true, prices: undefined, now: AT },
    facts: { messagesPerSecond: 80, messagingLimit: undefined, freeServiceUsed: 0 },
  })
  return { reason: shown?.reason, ...report.forecast }
}

const NIGHT = { from: '21:00', to: '08:00' }
const CASES: [string, string, Partial<ContactFacts>, Partial<Terms>, string | undefined][] = [
  ['nothing is known', 'MARKETING', {}, {}, undefined],
  ['limited by WhatsApp', 'MARKETING', { limitedUntil: AT + 1 }, {}, 'marketing_limited'],
  ['the limit ends at the start', 'MARKETING', { limitedUntil: AT }, {}, undefined],
  ['limited, and it is no marketing', 'UTILITY', { limitedUntil: AT + HOUR }, {}, undefined],
  ['stopped and limited: as the send says', 'MARKETING', { stopped: true, limitedUntil: AT + HOUR }, {}, 'opted_out'],
  ['a limit that ends in quiet hours', 'MARKETING', { limitedUntil: MORNING }, { quietHours: NIGHT }, undefined],
  ['a longer one', 'MARKETING', { limitedUntil: MORNING + 1 }, { quietHours: NIGHT }, 'marketing_limited'],
]
for (const [title, category, facts, terms, reason] of CASES)
  test(`forecast: ${title}`, () => {
    const found = forecast(category, facts, terms)
    assert.deepEqual(
      [found.reason, found.total, found.accepted, found.failed, found.failed_by_reason],
      [reason, 1, reason ? 0 : 1, reason ? 1 : 0, reason ? { [reason]: 1 } : {}],
    )
  })
