import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { chinese as consoleWords } from '../../packages/console/src/words-zh.ts'
import { chinese as phoneWords } from '../../packages/phones/src/words-zh.ts'
import { GLOSSARY } from '../../packages/ui/src/glossary.ts'

const PACKAGES = fileURLToPath(new URL('../../packages/', import.meta.url))

/** Every literal that a page passes to `t` or marks with `word`. */
function wordsIn(folder: string): string[] {
  const found = new Set<string>()
  for (const name of readdirSync(join(PACKAGES, folder, 'src'), { recursive: true, encoding: 'utf8' })) {
    if (!/\.tsx?$/.test(name) || name.endsWith('words-zh.ts')) continue
    const source = readFileSync(join(PACKAGES, folder, 'src', name), 'utf8')
    for (const match of source.matchAll(/\b(?:t|word)\(\s*'((?:[^'\\]|\\.)*)'/g))
      found.add(match[1]!.replaceAll(`\\'`, `'`))
  }
  return [...found].sort()
}

for (const [page, words] of [
  ['console', consoleWords],
  ['phones', phoneWords],
] as const) {
  test(`every word of the ${page} has Chinese text, with the same gaps`, () => {
    const asked = [...new Set([...wordsIn(page), ...wordsIn('ui')])]
    assert.ok(asked.length > 50, 'the words were found')
    assert.deepEqual(
      asked.filter((text) => !(text in words)),
      [],
    )
    const gaps = (text: string): string[] => [...text.matchAll(/\{\w+\}/g)].map((match) => match[0]).sort()
    for (const [english, other] of Object.entries(words as Record<string, string>))
      assert.deepEqual(gaps(other), gaps(english), english)
  })
}

test('the glossary, which the console’s tooltips show, has Chinese text', () => {
  const asked = Object.values(GLOSSARY).flatMap((row) => [
    row.meaning,
    ...(row.synonym === row.word ? [] : [row.synonym]),
  ])
  assert.deepEqual(
    asked.filter((text) => !(text in consoleWords)),
    [],
  )
})
