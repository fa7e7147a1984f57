import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterIn, isSearchable, placeIn, queryOf, searchOf } from './inbox-filter.ts'

test('the filter of the list stands in the address', () => {
  const at = (search: string, channel?: string) => filterIn(new URLSearchParams(search), channel)
  assert.deepEqual(at(''), { channels: [], show: undefined, words: '' })
  assert.deepEqual(at('', '3'), { channels: [3], show: undefined, words: '' })
  assert.deepEqual(at('channels=1,2&show=unread', '3'), { channels: [1, 2], show: 'unread', words: '' })
  assert.deepEqual(at('channels=x,2&show=evil'), { channels: [2], show: undefined, words: '' })
  assert.equal(searchOf(at('channels=1,2&show=mine')), '?channels=1,2&show=mine')
  assert.equal(searchOf(at('')), '')
  assert.equal(searchOf(at('q=发票 a')), '?q=%E5%8F%91%E7%A5%A8+a')
})

test('the filter becomes the query of the API', () => {
  const of = (show: Parameters<typeof queryOf>[0]['show'], channels: number[] = []) =>
    queryOf({ show, channels }, 'usr_1')
  assert.deepEqual(of(undefined, [4]), { channel_id: 4 })
  assert.deepEqual(of('mine', [4, 5]), { channels: '4,5', assignee: 'usr_1' })
  assert.deepEqual(of('open'), { window: 'open' })
  assert.deepEqual(of('unassigned'), { assignee: 'none' })
  assert.deepEqual(of('opted_out'), { opted_out: 'true' })
})

test('a place in a thread stands in the address, and one letter is searched only where it is a word', () => {
  const id = `msg_${'0'.repeat(26)}`
  assert.equal(searchOf({ channels: [], show: undefined, words: '' }, id), `?at=${id}`)
  assert.equal(placeIn(new URLSearchParams({ at: id })), id)
  assert.equal(placeIn(new URLSearchParams({ at: 'evil' })), undefined)
  assert.deepEqual(['', 'a', 'é', 'ab', '票', '🙏'].map(isSearchable), [false, false, false, true, true, true])
})
