import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type EndpointFilter, EVERYTHING, type FilteredEvent, kindOf, wants } from './endpoint.ts'

const MESSAGE = { event: 'new_message', type: 'text' }
const STATUS = { event: 'message_status_update', status: 'read' }
const TEMPLATE = { event: 'template_status_update' }

const CASES: [title: string, filter: Partial<EndpointFilter>, event: FilteredEvent, wanted: boolean][] = [
  ['no filter takes a message', {}, MESSAGE, true],
  ['no filter accepts unknown events', {}, { event: 'brand_new_field' }, true],
  ['a name that is listed', { events: ['message_status_update', 'new_message'] }, MESSAGE, true],
  ['a name that is not listed', { events: ['message_status_update'] }, MESSAGE, false],
  ['an empty list takes nothing', { events: [] }, MESSAGE, false],
  ['a type that is listed', { types: ['image', 'text'] }, MESSAGE, true],
  ['a type that is not listed', { types: ['image'] }, MESSAGE, false],
  ['types leave statuses alone', { types: ['image'] }, STATUS, true],
  ['types leave other events alone', { types: ['image'] }, TEMPLATE, true],
  ['a message of no type is not narrowed by types', { types: ['image'] }, { event: 'new_message' }, true],
  ['a status that is listed', { statuses: ['read', 'failed'] }, STATUS, true],
  ['a status that is not listed', { statuses: ['failed'] }, STATUS, false],
  ['statuses leave messages alone', { statuses: ['failed'] }, MESSAGE, true],
  ['a status without a word is not narrowed', { statuses: ['read'] }, { event: 'message_status_update' }, true],
  ['the name counts before the type', { events: ['message_status_update'], types: ['text'] }, MESSAGE, false],
  ['all parts at once', { events: ['new_message'], types: ['text'], statuses: [] }, MESSAGE, true],
  ['names are compared as they stand', { events: ['NEW_MESSAGE'] }, MESSAGE, false],
]

for (const [title, filter, event, wanted] of CASES) {
  test(`filter: ${title}`, () => assert.equal(wants({ ...EVERYTHING, ...filter }, event), wanted))
}

test('the scheme of a URL is the kind of its endpoint', () => {
  assert.equal(kindOf('https://customer.example/hook'), 'http')
  assert.equal(kindOf('HTTP://customer.example/'), 'http')
  assert.equal(kindOf('postgres://u@db.example/crm'), 'postgres')
  assert.equal(kindOf('postgresql://db.example/crm'), 'postgres')
  assert.equal(kindOf('redis://streams.example/0'), 'stream')
  assert.equal(kindOf('nats://streams.example'), 'stream')
})
