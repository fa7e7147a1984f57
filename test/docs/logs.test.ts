import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { logEventsOfSource } from '../support/log-events.ts'

const PAGE = readFileSync(resolve(import.meta.dirname, '../../docs/logs.md'), 'utf8')

/** Events whose name ends with a word of the state, and these words. */
const FAMILIES: Readonly<Record<string, readonly string[]>> = { 'endpoint.': ['resting', 'paused'] }

const rows = [...PAGE.matchAll(/^\| `([a-z]+\.[a-z_]+)` \| ([a-z, ]+) \| (.*?) \| (.+) \|$/gm)].map(
  ([, name, levels, fields, meaning]) => ({
    name: name!,
    levels: levels!.split(', ').sort(),
    fields: new Set([...fields!.matchAll(/`(\w+)`/g)].map(([, field]) => field!)),
    meaning: meaning!,
  }),
)

const events = new Map(
  [...logEventsOfSource()].flatMap(([name, event]) =>
    (FAMILIES[name] ?? ['']).map((word) => [`${name}${word}`, event] as const),
  ),
)

test('docs/logs.md has every event of the code, and no other', () => {
  assert.ok(events.size > 80, `${events.size} events were found`)
  assert.deepEqual(
    rows.map(({ name }) => name),
    [...events.keys()].sort(),
  )
})

test('docs/logs.md has the levels and all fields of each event', () => {
  for (const { name, levels, fields } of rows) {
    const event = events.get(name)!
    assert.deepEqual(levels, [...event.levels].sort(), name)
    assert.deepEqual(
      [...event.fields].filter((field) => !fields.has(field)),
      [],
      name,
    )
  }
})
