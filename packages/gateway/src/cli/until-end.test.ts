import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'

/** A process that waits for the end of stdin, and does this beside. */
function waiting(beside: string) {
  const script = `
    import { untilEnd } from ${JSON.stringify(import.meta.resolve('./until-end.ts'))}
    const ended = untilEnd({ values: { 'until-eof': true } })
    ${beside}`
  return spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['pipe', 'pipe', 'inherit'] })
}

test('an open stdin does not keep a process alive that has nothing else to do', async () => {
  const child = waiting('')
  assert.deepEqual(await once(child, 'exit'), [0, null])
  child.stdin.destroy()
})

test('a process that serves ends with its stdin', async () => {
  const child = waiting(`
    const serving = setInterval(() => {}, 1_000)
    process.stdout.write('serves')
    await ended
    clearInterval(serving)`)
  await once(child.stdout, 'data')
  assert.equal(child.exitCode, null)
  child.stdin.end()
  assert.deepEqual(await once(child, 'exit'), [0, null])
})
