import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { startWorld, type World } from '../support/world.ts'
import { buildPages, startBrowser } from './browser.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const STYLES = join(ROOT, 'node_modules/@mantine/core/styles')

let world: World

before(async () => {
  buildPages()
  world = await startWorld({ webhook: false })
})
after(() => world?.stop())

for (const page of ['console', 'phones'] as const)
  test(`the ${page} show words in the typeface that the server serves, and load only the letters that they need`, async () => {
    await using browser = await startBrowser()
    const origin = page === 'console' ? world.gateway.url : world.sandbox.url
    const opened = await browser.open('about:blank')
    const fonts: string[] = []
    opened.on('request', (request) => {
      if (request.resourceType() === 'font') fonts.push(request.url())
    })
    await opened.goto(origin)
    await opened.getByRole('button', { name: page === 'console' ? 'Sign in' : 'Add a phone' }).waitFor()
    await opened.evaluate('document.fonts.ready')
    const loaded = `[...document.fonts].filter((one) => one.status === 'loaded').map((one) => one.family)`
    assert.deepEqual([...new Set((await opened.evaluate(loaded)) as string[])], ['Inter Variable'])
    assert.deepEqual([...new Set(fonts.map((url) => new URL(url).origin))], [origin])
    assert.deepEqual(
      fonts.filter((url) => !/\/inter-latin-wght-normal-[^/]+\.woff2$/.test(url)),
      [],
    )
    const answer = await fetch(fonts[0]!)
    assert.equal(answer.headers.get('content-type'), 'font/woff2')
    assert.match(answer.headers.get('cache-control')!, /immutable/)
    assert.deepEqual(opened.wrongs, [], 'the policy allows it')
  })

for (const [list, folders] of [
  ['library.css', ['console', 'phones', 'ui']],
  ['library-phones.css', ['phones', 'ui']],
] as const)
  test(`every component that a page imports from the library has its styles in ${list}`, () => {
    // The legend of a chart is made of swatches.
    const imported = new Set<string>(list === 'library.css' ? ['ColorSwatch'] : [])
    for (const folder of folders)
      for (const name of readdirSync(join(ROOT, 'packages', folder, 'src'), { recursive: true, encoding: 'utf8' })) {
        if (!name.endsWith('.tsx')) continue
        const source = readFileSync(join(ROOT, 'packages', folder, 'src', name), 'utf8')
        for (const [, names] of source.matchAll(/import \{([^}]*)\} from '@mantine\/core'/g))
          for (const one of names!.split(',')) imported.add(one.trim())
      }
    const stylesIn = (name: string): string[] =>
      [...readFileSync(join(ROOT, 'packages/ui/src', name), 'utf8').matchAll(/\/styles\/(\w+)\.css'/g)].map(
        ([, one]) => one!,
      )
    const listed = stylesIn(list)
    const styled = [...imported].filter((name) => existsSync(join(STYLES, `${name}.css`)))
    assert.ok(styled.length > 10, 'components were found')
    assert.deepEqual(
      styled.filter((name) => !listed.includes(name)),
      [],
      `add them to packages/ui/src/${list}`,
    )
    assert.deepEqual(
      listed,
      stylesIn('library.css').filter((name) => listed.includes(name)),
      'the order is the library’s',
    )
  })
