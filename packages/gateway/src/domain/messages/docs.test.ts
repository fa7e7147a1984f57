import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { suite, test } from 'node:test'
import { problemsWith } from './test-bodies.ts'
import { MESSAGES } from './schema.ts'

/** The pages mark their examples with `json send`. Each is a body that a reader may paste. */
function examplesOf(page: string): string[] {
  const text = readFileSync(new URL(`../../../../../docs/${page}`, import.meta.url), 'utf8')
  return [...text.matchAll(/```json send\n([\s\S]*?)```/g)].map((match) => match[1]!)
}

suite('the examples of the docs are valid sends', () => {
  for (const page of ['messages.md', 'templates.md', 'contacts.md', 'guides/order-updates.md']) {
    examplesOf(page).forEach((example, i) => {
      test(`${page}, example ${i + 1}`, () => {
        assert.deepEqual(problemsWith(JSON.parse(example)), [])
      })
    })
  }

  test('every type and every interactive kind has an example', () => {
    const all = examplesOf('messages.md').map(
      (example) => JSON.parse(example) as { type: string; interactive?: { type: string } },
    )
    const types = new Set(all.map((body) => body.type))
    assert.deepEqual([...types].sort(), Object.keys(MESSAGES).sort())
    const kinds = new Set(all.flatMap((body) => (body.interactive ? [body.interactive.type] : [])))
    assert.equal(kinds.size, 15)
  })
})
