import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { CODE_LANGUAGES, type CodeLanguage, requestCode } from './request-code.ts'

const run = promisify(execFile)
/** What would leave its quotes, or be read as something else, in one language or the other. */
const BODY = JSON.stringify({
  text: `it's "quoted" \\ $HOME \`id\` $(id) %s ! <?php ?> </script> {{1}} #{x} \u2028 هل 你好 🙏`,
  path: 'C:\\new\\table',
  lines: 'one\ntwo\ttab',
})
const PATH = `/a'b?words=${encodeURIComponent(`O'Neil & "co"`)}&to=%2B852`

type Got = { method: string; url: string; headers: IncomingHttpHeaders; body: string }
const got: Got[] = []
const server = createServer((request, response) => {
  let body = ''
  request.setEncoding('utf8')
  request.on('data', (text: string) => (body += text))
  request.on('end', () => {
    got.push({ method: request.method!, url: request.url!, headers: request.headers, body })
    response.end('heard')
  })
})
let origin = ''
let folder = ''
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'code-'))
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
after(async () => {
  server.close()
  await rm(folder, { recursive: true })
})

const RUN: Record<CodeLanguage, { file: string; with: string[] }> = {
  curl: { file: 'run.sh', with: ['bash'] },
  JavaScript: { file: 'run.mjs', with: [process.execPath] },
  Python: { file: 'run.py', with: ['python3'] },
  PHP: { file: 'run.php', with: ['php'] },
  Go: { file: 'main.go', with: ['go', 'run'] },
}

for (const language of CODE_LANGUAGES) {
  test(`${language}: the code sends the very request`, async (t) => {
    const {
      file,
      with: [program, ...given],
    } = RUN[language]
    for (const { method, body } of [
      { method: 'POST', body: BODY },
      { method: 'GET', body: undefined },
    ]) {
      const headers = [
        ['content-type', 'application/json'],
        ['x-mark', `it's "a" \\ $HOME`],
      ] as const
      const code = requestCode(language, { method, url: origin + PATH, headers, body })
      await writeFile(join(folder, file), code)
      got.length = 0
      try {
        const { stdout } = await run(program!, [...given, join(folder, file)])
        assert.match(stdout, /heard/)
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error
        t.skip(`${program} is not installed`)
        return
      }
      const [one] = got
      assert.equal(one!.method, method)
      assert.equal(decodeURIComponent(one!.url), decodeURIComponent(PATH))
      assert.equal(one!.headers['x-mark'], headers[1][1])
      assert.equal(one!.body, body ?? '')
    }
  })
}
