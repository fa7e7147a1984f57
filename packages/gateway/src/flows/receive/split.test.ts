import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { test } from 'node:test'
import { toldStatusBody } from '../../domain/events/bodies.ts'
import { readWebhook } from './read.ts'
import type { Reading } from './reading.ts'
import { splitWebhook } from './split.ts'
import { piecesOf, Unsplittable } from './splitter.ts'

type Json = Record<string, unknown>

const channel = { id: 1, businessPhone: '16505550000' }
const routes = { byPhoneNumberId: (id: string) => (id === '9' ? undefined : channel), byWaba: () => [channel] }
const NOW = 1_800_000_000_000
const FIXTURES = new URL('../../../../../test/fixtures/cloud-api/webhooks/', import.meta.url)

/** The facts of the texts, with the bodies of statuses built. */
function told(...texts: string[]): unknown[] {
  return texts
    .map((text): Reading => readWebhook(text, routes, NOW))
    .flatMap(({ facts }) =>
      facts.map((fact) =>
        fact.kind === 'status'
          ? { ...fact, body: toldStatusBody(fact.body, { reference: 'msg_1', callbackData: 'x' }) }
          : fact,
      ),
    )
}

const split = (text: string): string[] => [...splitWebhook(text)].map((piece) => piece.text)

test('every webhook of the fixtures gives the same facts in pieces', () => {
  for (const name of readdirSync(FIXTURES)) {
    const text = readFileSync(new URL(name, FIXTURES), 'utf8')
    assert.deepEqual(told(...split(text)), told(text), name)
  }
})

const contact = (i: number): string => String(16_500_000_000 + i)
function batch(count: number): string {
  const value = {
    messaging_product: 'whatsapp',
    metadata: { display_phone_number: '1', phone_number_id: '1' },
    contacts: Array.from({ length: count }, (_, i) => ({
      wa_id: contact(i),
      user_id: `US.${i}`,
      profile: { name: `P${i}` },
    })),
    messages: Array.from({ length: count }, (_, i) => ({
      from: contact(i),
      from_user_id: `US.${i}`,
      id: `wamid.${i}`,
      timestamp: '1700000000',
      type: 'text',
      text: { body: `hello ${i}` },
      big: 12345678901234567890n,
    })),
    statuses: Array.from({ length: count }, (_, i) => ({
      id: `wamid.s${i}`,
      status: 'read',
      timestamp: '1700000000',
      recipient_id: contact(i),
    })),
  }
  const text = JSON.stringify(
    { object: 'w', entry: [{ id: '1', time: 1, changes: [{ field: 'messages', value }] }] },
    (_k, v: unknown) =>
      typeof v === 'bigint' ? (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(String(v)) : v,
  )
  return text
}

test('a batch of messages, statuses and contacts gives the same facts in small pieces', () => {
  const text = batch(700)
  const pieces = split(text)
  assert.ok(pieces.length > 5 && pieces.every((piece) => piece.length <= 40_000), String(pieces.map((p) => p.length)))
  assert.deepEqual(told(...pieces), told(text))
  assert.ok(
    pieces.every((piece) => !piece.includes('"big"') || piece.includes('12345678901234567890')),
    'no digit is lost',
  )
})

test('the thread returns the same pieces for several webhooks at once', async () => {
  const read = async (text: string): Promise<string[]> => {
    const pieces: string[] = []
    for await (const piece of piecesOf(Buffer.from(text))) pieces.push(piece.text)
    return pieces
  }
  const texts = [batch(300), batch(100), batch(200)]
  assert.deepEqual(await Promise.all(texts.map(read)), texts.map(split))
})

test('a webhook that cannot be divided is reported, and the next one is read', async () => {
  for (const text of ['{"entry":', '[]', '['.repeat(200_000)]) {
    await assert.rejects(async () => {
      for await (const _ of piecesOf(Buffer.from(text)));
    }, Unsplittable)
  }
  let count = 0
  for await (const _ of piecesOf(Buffer.from(batch(100)))) count++
  assert.ok(count > 0)
})

test('a large part has the number of its values and the size of its events', () => {
  const change = (value: Json): string => JSON.stringify({ entry: [{ id: '1', changes: [{ field: 'x', value }] }] })
  const [one] = [
    ...splitWebhook(change({ extra: 'x'.repeat(200_000), list: Array.from({ length: 500 }, () => ({ a: 1 })) })),
  ]
  assert.ok(one!.large!.weight > 500 * 200_000)
  assert.ok(one!.large!.values >= 500)
})
