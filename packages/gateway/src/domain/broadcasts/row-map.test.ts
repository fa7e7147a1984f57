import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readNumber } from './number.ts'
import { readMap, type GivenMap } from './row-map.ts'

const COLUMNS = ['Telefon', 'First Name', 'Order', 'lang']
const CELLS = ['+852 6841 1234', ' Ana ', '', 'de']

function values(given: GivenMap | undefined, columns = COLUMNS, cells = CELLS) {
  const read = readMap(given, columns)
  if (!read.ok) return read.problems.map(({ path }) => path)
  const { to, name, language, body, buttons } = read.map
  return {
    to: to(cells),
    name: name?.(cells),
    language: language?.(cells),
    body: Object.fromEntries([...body].map(([key, value]) => [key, value(cells)])),
    buttons: Object.fromEntries([...buttons].map(([key, value]) => [key, value(cells)])),
  }
}

test('the long and the short form of a map are the same', () => {
  const wanted = {
    to: '+852 6841 1234',
    name: 'Ana',
    language: 'de',
    body: { 1: 'Ana', 2: 'your order' },
    buttons: { 1: 'A-1' },
  }
  const order = { column: 'Order', default: 'your order' }
  assert.deepEqual(
    values({
      to: 'Telefon',
      name: 'First Name',
      language: 'lang',
      body: ['First Name', order],
      buttons: [null, { value: 'A-1' }],
    }),
    wanted,
  )
  assert.deepEqual(
    values({
      phone: 'telefon',
      name: 'first name',
      lang: 'lang',
      'body.1': 'First Name',
      'body.2': order,
      'button.2': { value: 'A-1' },
    }),
    wanted,
  )
})

test('the column of numbers is found by its heading, and alone it needs none', () => {
  assert.equal((values({ 'body.1': 'Order' }) as { to: string }).to, '+852 6841 1234')
  assert.equal((values(undefined, ['Kunde'], ['85268411234']) as { to: string }).to, '85268411234')
  assert.deepEqual(values({ body: ['b'] }, ['a', 'b'], ['', '']), ['map.to'])
})

test('without a map, columns with the names of the short form are taken', () => {
  const found = values(undefined, ['phone', 'body.1', 'language', 'Remarks'], ['1', 'Ana', 'de', 'x'])
  assert.deepEqual(found, { to: '1', name: undefined, language: 'de', body: { 1: 'Ana' }, buttons: {} })
})

test('unknown keys, unknown columns, and columns of the same name are problems', () => {
  assert.deepEqual(values({ to: 'Telefon', 'body.1': 'Nome', footer: 'Order' }), ['map.footer', 'map.body.1'])
  assert.deepEqual(values({ to: 'phone', name: 'x' }, ['phone', 'x', 'x'], []), ['map.name'])
})

const NUMBERS: [cell: string, read: string | RegExp][] = [
  ['85268411234', '85268411234'],
  ['+852 6841-1234', '85268411234'],
  ['0085268411234', '85268411234'],
  ['="85268411234"', '85268411234'],
  ["'+85268411234", '85268411234'],
  ['\u202A+85268411234\u202C', '85268411234'],
  ['US.80412236671908854412', 'US.80412236671908854412'],
  ['8.52684E+10', /rounded/],
  ['068411234', /begins with 0/],
  ['12345', /5 digits/],
  ['=cmd()', /not a number/],
  ['', /no number/],
]
for (const [cell, wanted] of NUMBERS)
  test(`a number written as ${JSON.stringify(cell)}`, () => {
    const read = readNumber(cell)
    if (typeof wanted === 'string') assert.equal('to' in read ? read.to : 'recipient' in read && read.recipient, wanted)
    else assert.match('problem' in read ? read.problem : '', wanted)
  })
