import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startWorld } from '../../../../test/support/world.ts'
import { STORY_PROBLEMS, STORY_STEPS } from '../domain/story.ts'
import { run } from './run.ts'

test('postern story says each step of the day and what came of it, or why it does not begin', async () => {
  await using world = await startWorld({ webhook: false })
  const cli = async (...args: string[]): Promise<{ exit: number; out: string; err: string }> => {
    let [out, err] = ['', '']
    const env = { SANDBOX_PORT: new URL(world.sandbox.url).port, DATA_DIR: world.dataDir }
    const exit = await run(['story', ...args], env, { out: (text) => (out += text), err: (text) => (err += text) })
    return { exit, out, err }
  }
  const { exit, out, err } = await cli('--fast')
  assert.equal(exit, 0, err)
  // A fast step may be over before it is looked at; the last one is not.
  assert.ok(err.includes(`7/7 ${STORY_STEPS.at(-1)!.says}`), err)
  assert.match(out, /^That was the shop’s day\. .*Messages sent: 9\. Events heard: \d+\. .*Heard twice: 0\.\n$/)

  const fault = world.sandbox.fault({ on: 'messages', code: 130429, times: null })
  const refused = await cli('--fast')
  assert.deepEqual([refused.exit, refused.err.includes(STORY_PROBLEMS.faults.says)], [1, true])
  fault.remove()
})
