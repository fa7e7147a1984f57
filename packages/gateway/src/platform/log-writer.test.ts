import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'

const LOG = new URL('./log.ts', import.meta.url).href

/** A process that logs as the gateway does. `say` sends a message to its parent. */
function start(code: string, stdout: 'pipe' | number = 'pipe', readable = false): ChildProcess {
  const program = `const { createLog, flushLog } = await import(${JSON.stringify(LOG)})
    const log = createLog('info', ${readable})
    const say = (word) => process.send(word)
    ${code}`
  const args = ['--input-type=module', '-e', program]
  return spawn(process.execPath, args, { stdio: ['ignore', stdout, 'pipe', 'ipc'] })
}

const ended = (child: ChildProcess): Promise<number | null> => new Promise((resolve) => child.once('exit', resolve))
const word = (child: ChildProcess): Promise<unknown> => new Promise((resolve) => child.once('message', resolve))

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream.setEncoding('utf8')) text += chunk
  return text
}

type Line = { msg: string; n?: number; lines?: number }
const linesOf = (text: string): Line[] => {
  assert.ok(text.endsWith('\n'), 'the last line is whole')
  return text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
}

// Far more than a pipe and its reader hold, over several turns of the event loop.
const FLOOD = `
  const words = 'w'.repeat(1000)
  let longest = 0
  for (let n = 0; n < 10_000; n++) {
    const began = performance.now()
    n % 10 === 0 ? log.warn({ n, words }, 'flood') : log.info({ n, words }, 'flood')
    longest = Math.max(longest, performance.now() - began)
    if (n % 100 === 0) await new Promise(setImmediate)
  }`

test('a reader that does not read delays nothing; excess lines are counted, and the count is logged once it reads', async () => {
  const child = start(`${FLOOD}
    const memory = process.memoryUsage.rss()
    say({ longest, memory })
    process.once('message', () => {
      const later = setInterval(() => {
        log.info('afterwards')
        say('logged')
      }, 50)
      process.once('message', () => { clearInterval(later); process.disconnect() })
    })`)
  const { longest } = (await word(child)) as { longest: number }
  assert.ok(longest < 1000, `a line took ${longest} ms`)
  const text = textOf(child.stdout!)
  child.send('go on')
  // The reader has caught up when a later line has arrived.
  let seen = ''
  child.stdout!.on('data', (chunk: string) => (seen = (seen + chunk).slice(-2000)))
  while (!seen.includes('"afterwards"')) await word(child)
  child.send('end')
  assert.equal(await ended(child), 0)
  const lines = linesOf(await text)
  const kept = lines.filter(({ msg }) => msg === 'flood')
  const told = lines.filter(({ msg }) => msg === 'log.lines_dropped')
  assert.equal(told.length, 1)
  assert.equal(kept.length + told[0]!.lines!, 10_000)
  assert.ok(kept.length > 900 && kept.length < 2_500, `${kept.length} lines of a kilobyte were kept`)
  assert.deepEqual(
    kept.map(({ n }) => n),
    kept.map((_, i) => i),
  )
  assert.equal(lines.at(-1)!.msg, 'afterwards')
})

test('readable lines do not wait for a reader either, and look as on a terminal', async () => {
  const child = start(`${FLOOD}; say({ longest }); process.once('message', () => process.disconnect())`, 'pipe', true)
  const { longest } = (await word(child)) as { longest: number }
  assert.ok(longest < 1000, `a line took ${longest} ms`)
  const text = textOf(child.stdout!)
  child.send('end')
  assert.equal(await ended(child), 0)
  assert.match(
    await text,
    /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: flood\n {4}n: 0\n[^]*ERROR: log\.lines_dropped\n {4}lines: \d{4}\n$/,
  )
})

test('a process ends although nothing reads the rest of its log', async () => {
  const child = start(`${FLOOD}
    flushLog(log)
    process.disconnect()`)
  assert.equal(await ended(child), 0)
  child.stdout!.destroy()
})

test('the last lines are written at an exit and after an uncaught error, in order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'log-'))
  try {
    for (const [how, code, exit] of [
      ['an end', 'flushLog(log); process.exit(0)', 0],
      ['an end of its own', 'process.disconnect()', 0],
      ['an uncaught error', "setTimeout(() => { throw new Error('ours') })", 1],
      ['a rejection', "void Promise.reject(new Error('ours'))", 1],
    ] as const) {
      const many = `for (let n = 0; n < 500; n++) log.info({ n, words: 'ä'.repeat(200) }, 'line'); ${code}`
      const numbers = Array.from({ length: 500 }, (_, n) => n)
      const piped = start(many)
      const text = textOf(piped.stdout!)
      assert.equal(await ended(piped), exit, how)
      const ofPipe = linesOf(await text).map(({ n }) => n)
      assert.deepEqual(ofPipe, numbers, `${how}, a pipe`)

      const path = join(folder, how)
      const file = openSync(path, 'a')
      const filed = start(many, file)
      closeSync(file)
      assert.equal(await ended(filed), exit, how)
      const ofFile = linesOf(readFileSync(path, 'utf8')).map(({ n }) => n)
      assert.deepEqual(ofFile, numbers, `${how}, a file`)
    }
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test(
  'a full disk loses lines and nothing else',
  { skip: process.platform !== 'linux' && 'needs /dev/full' },
  async () => {
    const full = openSync('/dev/full', 'a')
    const child = start(`${FLOOD}; say({ longest }); process.disconnect()`, full)
    closeSync(full)
    const said = word(child)
    assert.equal(await ended(child), 0)
    assert.ok(await said)
  },
)
