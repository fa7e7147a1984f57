import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { startPostern } from 'postern/testing'

/*
 * The workflow for n8n. n8n itself is not run here: this holds the file's structure, and evaluates its expressions on
 * what an endpoint in Meta's format gets from a gateway.
 */

type Node = { id: string; name: string; type: string; typeVersion: number; position: number[]; parameters: Json }
type Json = Record<string, unknown>
const workflow = JSON.parse(
  readFileSync(new URL('../../examples/n8n-answer-messages.json', import.meta.url), 'utf8'),
) as {
  name: string
  nodes: Node[]
  connections: Record<string, { main: { node: string; type: string; index: number }[][] }>
}
const named = (name: string): Node => workflow.nodes.find((node) => node.name === name)!

/** The value of a parameter: `={{ … }}` is JavaScript with `$json` and `$env`. */
function valueOf(parameter: unknown, $json: Json, $env: Json): unknown {
  if (typeof parameter !== 'string' || !parameter.startsWith('=')) return parameter
  const parts = parameter.slice(1).split(/\{\{(.*?)\}\}(?!\})/s)
  const values = parts.map((part, i) =>
    i % 2 === 0 ? part : (new Function('$json', '$env', `return (${part})`)($json, $env) as unknown),
  )
  return values.length === 3 && values[0] === '' && values[2] === '' ? values[1] : values.join('')
}

test('n8n: every node is complete, and every connection leads to a node', () => {
  for (const key of ['id', 'name'] as const)
    assert.equal(new Set(workflow.nodes.map((node) => node[key])).size, workflow.nodes.length, key)
  for (const { type, typeVersion, position } of workflow.nodes) {
    assert.match(type, /^n8n-nodes-base\.(webhook|if|respondToWebhook|crypto|httpRequest)$/)
    assert.ok(typeVersion >= 1 && position.length === 2)
  }
  const reached = new Set(workflow.nodes.filter(({ type }) => type.endsWith('.webhook')).map(({ name }) => name))
  for (const [from, { main }] of Object.entries(workflow.connections)) {
    assert.ok(named(from), from)
    for (const to of main.flat()) {
      assert.ok(named(to.node) && to.type === 'main' && to.index === 0, to.node)
      reached.add(to.node)
    }
  }
  assert.deepEqual([...reached].sort(), workflow.nodes.map(({ name }) => name).sort())
})

type Condition = { leftValue: string; rightValue: string }
const conditionsOf = (name: string): Condition[] =>
  (named(name).parameters['conditions'] as { conditions: Condition[] }).conditions

test('n8n: its expressions shake hands, verify and answer what an endpoint in Meta’s format gets', async () => {
  await using postern = await startPostern()
  const $env = {
    POSTERN_SECRET: 'the-secret-of-the-workflow',
    POSTERN_URL: postern.url,
    CERTIFICATION_CODE: postern.certificationCode,
  }
  const holds = (name: string, $json: Json): boolean =>
    conditionsOf(name).every((one) => valueOf(one.leftValue, $json, $env) === valueOf(one.rightValue, $json, $env))

  // As n8n walks through the nodes.
  const server = createServer((request, response) => {
    void (async () => {
      const raw = Buffer.concat(await request.toArray())
      const query = Object.fromEntries(new URL(request.url!, postern.url).searchParams)
      if (request.method === 'GET') {
        const right = holds('Verify token is right', { query })
        return response.end(
          right ? valueOf(named('Answer challenge').parameters['responseBody'], { query }, $env) : 'no',
        )
      }
      const secret = String(valueOf(named('Sign body').parameters['secret'], {}, $env))
      const signature = createHmac('sha256', secret).update(raw).digest('hex')
      const $json = { headers: request.headers, body: JSON.parse(raw.toString()) as Json, signature }
      if (holds('Genuine text message', $json)) {
        const { url, method, headerParameters, jsonBody } = named('Answer').parameters as Record<string, string>
        const { parameters } = headerParameters as unknown as { parameters: { name: string; value: string }[] }
        const headers = parameters.map(({ name, value }) => [name, String(valueOf(value, $json, $env))])
        const body = String(valueOf(jsonBody, $json, $env))
        const answer = await fetch(String(valueOf(url, $json, $env)), {
          method: method!,
          headers: { 'content-type': 'application/json', ...Object.fromEntries(headers) },
          body,
        })
        assert.equal(answer.status, 200, await answer.text())
      }
      return response.end()
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/webhook/postern`
    const added = await fetch(`${postern.url}/admin/channels/${postern.channelId}/endpoints`, {
      method: 'POST',
      headers: { authorization: `Bearer ${postern.adminToken}`, 'content-type': 'application/json' },
      body: JSON.stringify({ name: 'n8n', url, format: 'meta', secret: $env.POSTERN_SECRET }),
    })
    assert.equal(added.status, 201, await added.text())
    const phone = postern.phone('85268411234')
    await phone.says('Is my table ready?')
    await phone.sees('We have your message: Is my table ready?')
    await postern.settled()
    assert.equal(phone.messages().length, 2, 'statuses are not answered')
  } finally {
    server.closeAllConnections()
    server.close()
  }
})
