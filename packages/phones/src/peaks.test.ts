import assert from 'node:assert/strict'
import { test } from 'node:test'
import { barsOf, waveOf } from './peaks.ts'

test('bars are the loudest samples of each part, beside the loudest of all', () => {
  const samples = new Float32Array([0, 0.1, -0.5, 0, 0.25, 0.25, 0, 0])
  assert.deepEqual(barsOf(samples, 4), [Math.fround(0.1) / 0.5, 1, 0.5, 0])
})

test('silence, nothing, and fewer samples than bars are bars without height', () => {
  assert.deepEqual(barsOf(new Float32Array(100), 2), [0, 0])
  assert.deepEqual(barsOf(new Float32Array(0), 3), [0, 0, 0])
  assert.equal(barsOf(new Float32Array([1]), 3).length, 3)
})

test('a long recording is looked at in a bounded number of places', () => {
  let looks = 0
  const samples = new Proxy(new Float32Array(7_200_000), {
    get: (target, key) => {
      if (typeof key === 'string' && /^\d/.test(key)) looks++
      return Reflect.get(target, key, target) as unknown
    },
  })
  barsOf(samples, 46)
  assert.ok(looks > 10_000 && looks < 60_000, `${looks} samples`)
})

test('files of other hosts, and longer ones than a quarter of an hour, are not read', async () => {
  assert.equal(await waveOf('https://files.example/voice.ogg', 3), undefined)
  assert.equal(await waveOf('/sandbox/media/1/bytes', 3_600), undefined)
})
