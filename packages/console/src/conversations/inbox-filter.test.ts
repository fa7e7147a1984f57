import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filterIn, queryOf, searchOf } from './inbox-filter.ts'

test('the filter of the list stands in the address', () => {
  const at = (search: string, channel?: string) => filterIn(new URLSearchParams(search), channel)
  assert.deepEqual(at(''), { channels: [], show: undefined })
  assert.deepEqual(at('', '3'), { channels: [3], show: undefined })
  assert.deepEqual(at('channels=1,2&show=unread', '3'), { channels: [1, 2], show: 'unread' })
  assert.deepEqual(at('channels=x,2&show=evil'), { channels: [2], show: undefined })
  assert.equal(searchOf(at('channels=1,2&show=mine')), '?channels=1,2&show=mine')
  assert.equal(searchOf(at('')), '')
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
