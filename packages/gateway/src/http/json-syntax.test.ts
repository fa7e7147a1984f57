import assert from 'node:assert/strict'
import { test } from 'node:test'
import { syntaxProblem } from './json-syntax.ts'

const problemOf = (text: string): string => {
  try {
    JSON.parse(text)
  } catch (error) {
    return syntaxProblem(text, error as Error)
  }
  throw new Error(`it is JSON: ${text}`)
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

for (const [text, says] of [
  ['{"a":1', "expected ',' or '}' after property value at position 6"],
  ['{"a" 1}', "expected ':' after property name at position 5"],
  ['nope', 'unexpected text at position 0'],
  ['{"a":"x\ny"}', 'bad control character in string literal at position 7'],
  ['[', 'it ends too early, at position 1'],
  ['{"to":"8526","text":}', 'unexpected text at position 20'],
  ['  {"a": [1, 2,, 3]}', 'unexpected text at position 14'],
  ['{"a":{}} {"b":1}', 'unexpected text at position 9'],
  ['{"a":tru}', 'unexpected text at position 5'],
  ["{'a':1}", "expected property name or '}' at position 1"],
  ['[{"a":[]},{"b":{"c":[1,"2",null]}},]', 'unexpected text at position 35'],
] as const) {
  test(`the problem of ${JSON.stringify(text)} is reported once, with its position`, () => {
    const problem = problemOf(text)
    assert.equal(problem, says)
    assert.equal(problem.match(/position/g)?.length, 1)
  })
}

test('the position is right for every text that is cut or has a wrong character, and nothing is quoted', () => {
  const whole =
    '{"to":"85268411234","list":[1,-2.5e3,true,null,{"name":"Baker Street \\u00e9\\n"}],"empty":{},"none":[]}'
  for (let i = 1; i < whole.length; i++) {
    const position = Number(/at position (\d+)$/.exec(problemOf(whole.slice(0, i)))?.[1])
    assert.ok(position <= i, `${whole.slice(0, i)}: ${position}`)
    const marked = `${whole.slice(0, i)}§${whole.slice(i)}`
    if (isJson(marked)) continue // inside a string it is valid
    const problem = problemOf(marked)
    assert.match(problem, /at position \d+$/)
    assert.ok(!problem.includes('Baker') && !problem.includes('8526'), problem)
  }
})

test('a text of the maximum size takes little time', () => {
  for (const text of [
    '['.repeat(260_000),
    `"${'a'.repeat(260_000)}`,
    `[${'1,'.repeat(130_000)}]`,
    `{"a":${' '.repeat(260_000)}`,
  ]) {
    // The CPU time of this thread only: other programs on the machine do not count.
    const before = process.threadCpuUsage()
    problemOf(text)
    const { user, system } = process.threadCpuUsage(before)
    assert.ok(user + system < 1_000_000, `${user + system} µs for ${text.slice(0, 10)}`)
  }
})
