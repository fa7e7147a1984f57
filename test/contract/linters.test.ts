import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createConfig, lintFromString } from '@redocly/openapi-core'
import { Document, Spectral, type Ruleset } from '@stoplight/spectral-core'
import parsers from '@stoplight/spectral-parsers'
import { oas } from '@stoplight/spectral-rulesets'
import { startWorld, type World } from '../support/world.ts'

let world: World
let source: string

before(async () => {
  world = await startWorld({ webhook: false })
  source = await (await fetch(`${world.gateway.url}/openapi.json`)).text()
})
after(() => world?.stop())

/** Breaks the document, so that the silence of a linter proves something. */
function broken(): string {
  const document = JSON.parse(source) as {
    paths: Record<string, Record<string, { description?: string; security?: unknown }>>
  }
  const operation = document.paths['/external/messages/whatsapp']!.post!
  delete operation.description
  delete operation.security
  return JSON.stringify(document)
}

test("Redocly's recommended rules find nothing in the API document", async () => {
  const config = await createConfig({ extends: ['recommended'] })
  const lint = async (text: string): Promise<string[]> =>
    (await lintFromString({ source: text, absoluteRef: 'openapi.json', config })).map(
      ({ ruleId, message, location }) => `${ruleId}: ${message} ${location[0]?.pointer ?? ''}`,
    )
  assert.deepEqual(await lint(source), [])
  assert.match((await lint(broken())).join('\n'), /security-defined/)
})

test("Spectral's rules for OpenAPI find nothing in the API document", async () => {
  const spectral = new Spectral()
  spectral.setRuleset({ extends: [oas] } as unknown as Ruleset)
  const lint = async (text: string): Promise<string[]> =>
    (await spectral.run(new Document(text, parsers.Json, 'openapi.json'))).map(
      ({ code, message, path }) => `${code}: ${message} ${path.join('/')}`,
    )
  assert.deepEqual(await lint(source), [])
  assert.match((await lint(broken())).join('\n'), /operation-description/)
})
