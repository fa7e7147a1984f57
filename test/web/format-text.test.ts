import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatText, type Inline } from '../../packages/ui/src/format-text.ts'

/** The tree in a short form, for a readable table. */
function short(words: Inline[]): string {
  return words
    .map((word) => {
      if (word.kind === 'text') return word.text
      if (word.kind === 'code') return `<code ${word.text}>`
      if (word.kind === 'link') return `<link ${word.href}>`
      return `<${word.kind} ${short(word.children)}>`
    })
    .join('')
}

const shortOf = (text: string): string[] =>
  formatText(text).map((block) => {
    if (block.kind === 'pre') return `pre ${block.text}`
    const lines = 'lines' in block ? block.lines : block.items
    return `${block.kind} ${lines.map(short).join(' / ')}`
  })

const CASES: [string, string[]][] = [
  ['plain', ['lines plain']],
  ['*bold* and _italic_ and ~gone~', ['lines <bold bold> and <italic italic> and <strike gone>']],
  ['*_both_*', ['lines <bold <italic both>>']],
  ['2 * 3 * 4', ['lines 2 * 3 * 4']],
  ['snake_case_name', ['lines snake_case_name']],
  ['* not bold*', ['bullets not bold*']],
  ['`a *b*`', ['lines <code a *b*>']],
  ['```x *y*\nz```', ['pre x *y*\nz']],
  ['```open', ['lines ```open']],
  ['> said\nanswered', ['quote said', 'lines answered']],
  ['- one\n- two', ['bullets one / two']],
  ['3. three\n4. four', ['numbers three / four']],
  ['see https://a.example/x_y_z?q=*1*.', ['lines see <link https://a.example/x_y_z?q=*1>*.']],
  ['https://a.example and https://b.example', ['lines <link https://a.example> and <link https://b.example>']],
  ['javascript:alert(1)', ['lines javascript:alert(1)']],
  ['<b>markup</b>', ['lines <b>markup</b>']],
  ['*粗体*，再见', ['lines <bold 粗体>，再见']],
]

for (const [text, blocks] of CASES) {
  test(`written ${JSON.stringify(text)}`, () => assert.deepEqual(shortOf(text), blocks))
}

test('ten thousand marks are parsed fast and without deep recursion', () => {
  const started = performance.now()
  formatText('*_~'.repeat(3_000))
  formatText('*a '.repeat(3_000))
  assert.ok(performance.now() - started < 2_000)
})
