import assert from 'node:assert/strict'
import { test } from 'node:test'
import { kindOfFile } from './kind-of-file.ts'

test('a file becomes the message that WhatsApp takes it as', () => {
  const cases = [
    ['image/jpeg', 'image'],
    ['image/png', 'image'],
    ['image/webp', 'sticker'],
    ['image/gif', 'document'],
    ['video/mp4', 'video'],
    ['audio/ogg', 'audio'],
    ['application/pdf', 'document'],
    ['', 'document'],
  ] as const
  for (const [mime, kind] of cases) assert.equal(kindOfFile(mime), kind, mime)
})
