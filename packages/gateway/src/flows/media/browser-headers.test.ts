import assert from 'node:assert/strict'
import { test } from 'node:test'
import { browserHeaders } from './browser-headers.ts'

test('listed pictures, sounds and videos are shown under their plain type', () => {
  for (const [given, named] of [
    ['image/png', 'image/png'],
    ['IMAGE/JPEG', 'image/jpeg'],
    ['image/webp', 'image/webp'],
    ['audio/ogg; codecs=opus', 'audio/ogg'],
    ['video/mp4', 'video/mp4'],
  ] as const) {
    const headers = browserHeaders(given)
    assert.equal(headers['content-type'], named)
    assert.equal(headers['content-disposition'], 'inline')
  }
})

test('every other type is downloaded and never rendered', () => {
  for (const type of [
    'image/svg+xml',
    'text/html',
    'text/html; x=image/png',
    'application/xhtml+xml',
    'application/pdf',
    'text/plain',
    'image/png, text/html',
    '',
    undefined,
  ]) {
    const headers = browserHeaders(type)
    assert.equal(headers['content-type'], 'application/octet-stream', String(type))
    assert.equal(headers['content-disposition'], 'attachment', String(type))
    assert.equal(headers['x-content-type-options'], 'nosniff')
    assert.match(headers['content-security-policy']!, /sandbox/)
  }
})
