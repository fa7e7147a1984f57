import assert from 'node:assert/strict'
import { test } from 'node:test'
import { columnsOf, NO_HEAD, readWish } from './wish-rows.ts'

const NOW = Date.parse('2026-11-26T12:00:00Z')

test('columns are found by their names, in any order and case', () => {
  assert.deepEqual(columnsOf(['Name', 'Marketing', 'TO', 'since']), { contact: 2, marketing: 1, since: 3 })
  assert.deepEqual(columnsOf(['number']), { contact: 0, marketing: undefined, since: undefined })
  for (const first of ['85268411234', '+852 6841 1234', 'US.80412236671908854412'])
    assert.equal(columnsOf([first, 'x']), undefined, 'a file without a first line of names')
  for (const cells of [['name', 'city'], [''], []]) assert.match(columnsOf(cells) as string, /must name the columns/)
})

test('a row is a contact, a wish and a time', () => {
  const columns = { contact: 0, marketing: 1, since: 2 }
  const read = (...cells: string[]) => readWish(cells, columns, NOW)
  assert.deepEqual(read('+852 6841 1234', 'stopped', '2026-01-01T00:00:00Z'), {
    contact: { phone: '85268411234' },
    state: 'stopped',
    at: Date.parse('2026-01-01T00:00:00Z'),
  })
  assert.deepEqual(read('US.804', 'Allowed', '1767225600'), {
    contact: { userId: 'US.804' },
    state: 'allowed',
    at: 1_767_225_600_000,
  })
  assert.deepEqual(read('85268411234'), { contact: { phone: '85268411234' }, state: 'stopped', at: NOW })
  assert.deepEqual(read('85268411234', '', '2099-01-01T00:00:00Z'), {
    contact: { phone: '85268411234' },
    state: 'stopped',
    at: NOW,
  })
  assert.deepEqual(readWish(['85268411234', 'no'], NO_HEAD, NOW), {
    contact: { phone: '85268411234' },
    state: 'stopped',
    at: NOW,
  })
})

test('a wrong row says what is wrong, without the value', () => {
  const read = (...cells: string[]) => readWish(cells, { contact: 0, marketing: 1, since: 2 }, NOW)
  for (const [cells, says] of [
    [[''], /is missing/],
    [['12'], /must be a number with its country code/],
    [['=cmd()'], /must be a number with its country code/],
    [['85268411234', 'maybe'], /^marketing must be/],
    [['85268411234', 'constructor'], /^marketing must be/],
    [['85268411234', '', 'yesterday'], /^since must be/],
    [['85268411234', '', '2026-13-01T00:00:00Z'], /^since must be/],
    [['85268411234', '', '2026-12-01'], /^since must be/],
  ] as const) {
    const told = read(...cells) as string
    assert.match(told, says)
    assert(!told.includes('85268411234'))
  }
})
