import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { createAdmin } from './admin/index.ts'
import { createClient } from './index.ts'

const GATEWAY = { url: 'http://127.0.0.1:1', retries: 0 }
/** Whatever a method takes: an id in a path, a file, a body, or options. */
const ANYTHING = Object.assign(new Blob(['x']), { toString: () => '1', ids: ['1'], name: '1' })

const ROUTES = [
  ...readFileSync(join(import.meta.dirname, 'generated/routes.ts'), 'utf8').matchAll(/^"([A-Z]+ \/\S+)": \{$/gm),
].map((match) => match[1]!)

/** The routes that the methods of a client call. */
async function calledBy(t: TestContext, client: object): Promise<Set<string>> {
  const called = new Set<string>()
  t.mock.method(globalThis, 'fetch', (url: URL, { method }: RequestInit) => {
    const path = `${method} ${url.pathname}`
    called.add(ROUTES.find((route) => route.replace(/\{\w+\}/g, '1') === path) ?? path)
    return Promise.resolve(Response.json({ code: 404, message: '', error: {} }, { status: 404 }))
  })
  async function callAll(methods: object): Promise<void> {
    for (const [name, method] of Object.entries(methods)) {
      if (name === 'request') continue
      if (typeof method !== 'function') {
        await callAll(method as object)
        continue
      }
      const result = (method as (...given: unknown[]) => object)(ANYTHING, ANYTHING, ANYTHING, ANYTHING)
      const work = 'next' in result ? (result as AsyncGenerator).next() : (result as Promise<unknown>)
      await work.then(
        () => assert.fail(`${name} did not fail`),
        () => {},
      )
    }
  }
  await callAll(client)
  return called
}

const routesOf = (prefix: string): string[] => ROUTES.filter((route) => route.includes(` ${prefix}/`)).sort()

test('a customer’s client has a method for each route, with its path', async (t) => {
  const called = await calledBy(t, createClient({ ...GATEWAY, certificationCode: 'x' }))
  assert.ok(ROUTES.length > 100)
  assert.deepEqual([...called].sort(), routesOf('/external'))
})

test('an administrator’s client has a method for each route, with its path', async (t) => {
  const called = await calledBy(t, createAdmin({ ...GATEWAY, adminToken: 'x' }))
  assert.deepEqual([...called].sort(), routesOf('/admin'))
})
