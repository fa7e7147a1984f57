import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { promisify } from 'node:util'
import { BLOCKS, blocksOf, ROOT } from './blocks.ts'

/** What stands around a piece of a page, in the program that the page speaks of. */
const AROUND: Record<string, string> = {
  'docs/callbacks.md': 'declare const rawBody: string\ndeclare const request: { headers: Record<string, string> }\n',
}

test('every piece of TypeScript in README, docs and the packages’ READMEs compiles', async () => {
  const pages = ['client', 'sandbox', 'cloud-api', 'runtime', 'gateway'].map((name) => `packages/${name}/README.md`)
  const pieces = [...BLOCKS, ...pages.flatMap(blocksOf)].filter(({ language }) => language === 'ts')
  assert.ok(pieces.some(({ page }) => page === 'docs/quickstart.md') && pieces.length >= 8, `${pieces.length} pieces`)
  const folder = mkdtempSync(join(ROOT, '.docs-'))
  try {
    for (const { page, line, code } of pieces)
      writeFileSync(
        join(folder, `${page.replaceAll(/\W/g, '-')}-${line}.ts`),
        `${AROUND[page] ?? ''}${code}\nexport {}\n`,
      )
    const compilerOptions = { noUnusedLocals: false, noUnusedParameters: false }
    const config = { extends: '../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] }
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config))
    const tsc = join(ROOT, 'node_modules/@typescript/native/bin/tsc')
    const run = promisify(execFile)
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error)
    assert.equal(stdout, '')
  } finally {
    rmSync(folder, { recursive: true })
  }
})
