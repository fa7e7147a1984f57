import assert from 'node:assert/strict'
import { test } from 'node:test'
import { accept, report } from '../../scripts/chinese/accept.ts'
import { differences } from '../../scripts/chinese/compare.ts'
import { PAIRS, read, type Pair } from '../../scripts/chinese/pages.ts'
import { hasNote, recorded, type InStep } from '../../scripts/chinese/record.ts'

const WHAT_TO_DO = `
A section of a Chinese page no longer says what the English one says. Translate it and run
  node scripts/chinese-in-step.ts --accept
or, if you do not know Chinese, run
  node scripts/chinese-in-step.ts --accept --untranslated
CONTRIBUTING.md has more.`

for (const pair of PAIRS)
  test(`${pair.chinese} is in step with ${pair.english}: headings, code, tables, links, and each section as recorded`, (t) => {
    const { problems, untranslated } = report([pair], recorded())
    assert.equal(problems.join('\n'), '', `${problems.join('\n')}\n${WHAT_TO_DO}`)
    for (const one of untranslated) t.diagnostic(`not translated: ${one}`)
  })

/* The checks themselves, on two small pages. */

const PAIR: Pair = { english: 'docs/quickstart.md', chinese: 'docs/zh/quickstart.md' }

const ENGLISH = `# Start

English | [简体中文](zh/quickstart.md)

You need Node 20, and [messages](messages.md#text). See http://127.0.0.1/docs, too.

## Send

Run \`npm start\`, see [settings](../README.md#start) and [receive](#receive):

\`\`\`sh
npm start # begins
\`\`\`

| Key | Rule |
| --- | --- |
| \`to\` | 7 to 15 digits |
| 404 | not found |

## Receive

It waits 10 seconds.
`

const CHINESE = `# 启动

[English](../quickstart.md) | 简体中文

需要 Node 20，见[消息](messages.md#text)。另见 <http://127.0.0.1/docs>。

## 发送

运行 \`npm start\`，见[设置](README.md#启动)和[接收](#接收)：

\`\`\`sh
npm start # begins
\`\`\`

| 键 | 规则 |
| --- | --- |
| \`to\` | 7 到 15 位数字 |
| 404 | 找不到 |

## 接收

等待 10 秒。
`

const pages =
  (english: string, chinese: string) =>
  (path: string): string =>
    path === PAIR.english ? english : path === PAIR.chinese ? chinese : read(path)

/** The text with one place changed, which is there once. */
function changed(text: string, from: string, to: string): string {
  assert.equal(text.split(from).length, 2, from)
  return text.replace(from, to)
}

test('two pages that say the same have no differences', () => {
  assert.deepEqual(differences(PAIR, hasNote, pages(ENGLISH, CHINESE)), [])
})

for (const [what, from, to, told] of [
  ['a heading is gone', '## 接收\n\n', '', /has 2 headings and .* has 3/],
  ['a heading has another level', '## 接收', '### 接收', /"接收" stands for "Receive"/],
  ['a comment of a sample is translated', '# begins', '# 开始', /code block 1 is not the English one.*begins/s],
  ['a sample is gone', '```sh\nnpm start # begins\n```', '', /0 code blocks in place of 1/],
  ['a row is gone', '| 404 | 找不到 |\n', '', /a table has 3 rows in place of 4/],
  ['a cell is gone', '| 404 | 找不到 |', '| 404 |', /row 4 of a table has 1 cells in place of 2/],
  ['a table is gone', /\| 键[^]*\|\n/.exec(CHINESE)![0], '', /0 tables in place of 1/],
  ['a number of a cell is another', '7 到 15', '7 到 16', /the number 15 is missing/],
  ['a cell of numbers is another', '| 404 |', '| 405 |', /the cell "404" has become "405"/],
  ['an identifier of a cell is another', '`to`', '`too`', /the code `to` is missing/],
  ['an identifier of a sentence is translated', '运行 `npm start`', '运行', /the code `npm start` is missing/],
  ['a number of a sentence is another', '10 秒', '十秒', /the number 10 is missing/],
  ['an address is another', '127.0.0.1/docs', '127.0.0.1/doc', /the address http:\/\/127.0.0.1\/docs is missing/],
  ['a link is gone', '[消息](messages.md#text)', '消息', /the link docs\/zh\/messages.md#text is missing/],
  [
    'a link leads to the English page',
    '(messages.md#text)',
    '(../messages.md#text)',
    /docs\/messages.md#text is too much/,
  ],
  ['a link leads to another heading', '(#接收)', '(#发送)', /the link docs\/zh\/quickstart.md#接收 is missing/],
  ['a link to the other language is gone', '[English](../quickstart.md) | 简体中文\n\n', '', /the third line must be/],
] as const)
  test(`it is told when ${what}`, () => {
    assert.match(differences(PAIR, hasNote, pages(ENGLISH, changed(CHINESE, from, to))).join('\n'), told)
  })

const RECORD = accept([PAIR], {}, {}, pages(ENGLISH, CHINESE)).record

/** What is said of two pages after they were recorded as above. */
const said = (english: string, chinese: string, record: InStep = RECORD): string =>
  report([PAIR], record, pages(english, chinese)).problems.join('\n')

const LATER = changed(ENGLISH, 'It waits 10 seconds.', 'It waits 10 seconds and ends.')
const TRANSLATED = changed(CHINESE, '等待 10 秒。', '等待 10 秒后结束。')

test('a change of either page names the section, until it is accepted', () => {
  assert.equal(said(ENGLISH, CHINESE), '')
  assert.match(said(LATER, CHINESE), /^docs\/zh\/quickstart.md: "Receive": the English has changed/)
  assert.match(said(ENGLISH, TRANSLATED), /"Receive": the Chinese has changed$/)
  assert.match(said(LATER, TRANSLATED), /"Receive": both have changed$/)
  const { record, problems } = accept([PAIR], RECORD, {}, pages(LATER, TRANSLATED))
  assert.deepEqual(problems, [])
  assert.equal(said(LATER, TRANSLATED, record), '')
})

test('an English change is not accepted without a Chinese one, unless it means the same', () => {
  const refused = accept([PAIR], RECORD, {}, pages(LATER, CHINESE))
  assert.match(refused.problems.join(), /"Receive": the English has changed, the Chinese has not/)
  assert.deepEqual(refused.record, RECORD)
  const { record, problems } = accept([PAIR], RECORD, { sameMeaning: true }, pages(LATER, CHINESE))
  assert.deepEqual(problems, [])
  assert.equal(said(LATER, CHINESE, record), '')
})

test('pages that differ in more than language are not accepted', () => {
  const broken = changed(TRANSLATED, '| 404 |', '| 405 |')
  const { record, problems } = accept([PAIR], RECORD, { sameMeaning: true }, pages(LATER, broken))
  assert.match(problems.join(), /the cell "404"/)
  assert.deepEqual(record, RECORD)
})

test('without Chinese: a note stands at the section, the test passes, and lists it until it is translated', () => {
  const later = changed(LATER, '| 404 | not found |\n', '| 404 | not found |\n| 409 | taken |\n')
  const marked = accept([PAIR], RECORD, { untranslated: true }, pages(later, CHINESE))
  assert.deepEqual(marked.problems, [])
  const page = marked.pages.get(PAIR.chinese)!
  assert.match(
    page,
    /^## 接收\n\n> \*\*尚未更新\*\*：\[英文版的这一节\]\(\.\.\/quickstart\.md#receive\).*\n\n等待 10 秒。\n$/m,
  )
  assert.match(page, /^## 发送\n\n> \*\*尚未更新\*\*/m)
  assert.ok(page.startsWith(CHINESE.split('## 发送')[0]!))

  const told = report([PAIR], marked.record, pages(later, page))
  assert.deepEqual(told.problems, [])
  assert.deepEqual(told.untranslated, ['docs/zh/quickstart.md: "Send"', 'docs/zh/quickstart.md: "Receive"'])
  // A second time, nothing is left to mark.
  assert.equal(accept([PAIR], marked.record, { untranslated: true }, pages(later, page)).pages.size, 0)

  const without = page.replaceAll(/> \*\*尚未.*\n\n/g, '')
  assert.equal(without, CHINESE)
  assert.match(said(later, without, marked.record), /a table has 4 rows in place of 5[^]*the note that/)
  const translated = changed(
    changed(without, '| 404 | 找不到 |\n', '| 404 | 找不到 |\n| 409 | 已占用 |\n'),
    '10 秒。',
    '10 秒后结束。',
  )
  const done = accept([PAIR], marked.record, {}, pages(later, translated))
  assert.deepEqual(done.problems, [])
  assert.deepEqual(report([PAIR], done.record, pages(later, translated)), { problems: [], untranslated: [] })
})

test('without Chinese: new, renamed and deleted sections, and generated parts', () => {
  const generated = '\n<!-- begin x -->\n\n### A\n\nText\n\n<!-- end x -->\n'
  const [english, chinese] = [ENGLISH + generated, CHINESE + generated.replace('Text', '文本')]
  const { record } = accept([PAIR], {}, {}, pages(english, chinese))
  assert.deepEqual(
    record[PAIR.chinese]!.map(({ section }) => section),
    ['Start', 'Send', 'Receive'],
  )
  assert.equal(said(english.replace('### A', '### B'), chinese, record), '', 'generated parts have a test of their own')

  const more = changed(english, '## Receive\n', '### Ask\n\nWho?\n\n## Receive\n')
  assert.match(said(more, chinese, record), /has 4 headings and .* has 5/)
  const added = accept([PAIR], record, { untranslated: true }, pages(more, chinese))
  const page = added.pages.get(PAIR.chinese)!
  assert.equal(
    page,
    changed(
      chinese,
      '## 接收\n',
      '### Ask\n\n> **尚未翻译**：这一节目前只有[英文版](../quickstart.md#ask)。\n\n## 接收\n',
    ),
  )
  assert.deepEqual(report([PAIR], added.record, pages(more, page)), {
    problems: [],
    untranslated: ['docs/zh/quickstart.md: "Ask"'],
  })

  const fewer = accept([PAIR], added.record, { untranslated: true }, pages(english, page))
  assert.equal(fewer.pages.get(PAIR.chinese), chinese)
  assert.deepEqual(fewer.problems, [])

  const renamed = english.replace('## Receive', '## Wait')
  const noted = accept([PAIR], record, { untranslated: true }, pages(renamed.replace('(#receive)', '(#wait)'), chinese))
  assert.match(
    noted.pages.get(PAIR.chinese)!,
    /^## 接收\n\n> \*\*尚未更新\*\*：\[英文版的这一节\]\(\.\.\/quickstart\.md#wait\)/m,
  )
})
