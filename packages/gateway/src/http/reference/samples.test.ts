import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { stripTypeScriptTypes } from 'node:module'
import { test } from 'node:test'
import type { Operation } from './document.ts'
import { LANGUAGES, sampleOf } from './samples.ts'

const OPERATION: Operation = {
  security: [{ certificationCode: [] }],
  parameters: [
    { name: 'to', in: 'path', required: true, schema: {}, example: 'a b' },
    { name: 'link', in: 'query', required: true, schema: {}, example: 'x&y' },
    { name: 'count', in: 'query', schema: {} },
  ],
  requestBody: {
    content: { 'application/json': { schema: {}, example: { text: "it's `here`", tags: [null, true], more: {} } } },
  },
  responses: { '200': { description: '', content: { 'application/json': { schema: {} } } } },
}
const UPLOAD: Operation = {
  security: [{ adminToken: [] }],
  requestBody: { content: { 'multipart/form-data': { schema: {} } } },
  responses: { '200': { description: '', content: { '*/*': { schema: {} } } } },
}
const printed = (operation: Operation, method = 'post'): Record<string, string> =>
  Object.fromEntries(
    LANGUAGES.map(({ name, print }) => [name, print(sampleOf(method, '/external/things/{to}', operation))]),
  )

test('a sample has the path, the query that is required, the credentials and the body', () => {
  const { curl, typescript, python, php, go } = printed(OPERATION)
  assert.equal(
    curl,
    `curl -sS -X POST "$POSTERN/external/things/a%20b?link=x%26y" \\
  -H "certification-code: $CODE" \\
  -H 'content-type: application/json' \\
  -d '{
  "text": "it'\\''s \`here\`",
  "tags": [
    null,
    true
  ],
  "more": {}
}'`,
  )
  assert.match(typescript!, /client\.request\('POST \/external\/things\/\{to\}', \{\n {2}"ids": \[\n {4}"a b"/)
  assert.match(python!, /"tags": \[\n {12}None,\n {12}True,\n {8}\],\n {8}"more": \{\},\n {4}\},/)
  assert.match(php!, /<<<'JSON'\n {4}\{\n {6}"text": "it's `here`"/)
  assert.match(go!, /strings\.NewReader\(`\{\n {2}"text": "it's ` \+ "`" \+ `here` \+ "`" \+ `"/)
})

test('the sample for curl says to the shell what it shows', () => {
  const line = printed(OPERATION).curl!.replace('curl', 'printf "%s\\n"')
  const said = execFileSync('sh', ['-c', line], { env: { POSTERN: 'http://x', CODE: 'secret' }, encoding: 'utf8' })
  assert.match(
    said,
    /^-sS\n-X\nPOST\nhttp:\/\/x\/external\/things\/a%20b\?link=x%26y\n-H\ncertification-code: secret\n/,
  )
  assert.ok(said.includes(`"text": "it's \`here\`"`))
})

test('samples of uploads and downloads', () => {
  const { curl, typescript, python, php, go } = printed(UPLOAD)
  assert.match(curl!, /-H "authorization: Bearer \$ADMIN_TOKEN" \\\n {2}-F 'file=@customers\.csv' \\\n {2}-o answer$/)
  for (const code of [typescript!, printed(OPERATION).typescript!]) assert.ok(stripTypeScriptTypes(code).length > 0)
  assert.match(python!, /files=\{"file": open\("customers\.csv", "rb"\)\}/)
  assert.match(php!, /new CURLFile\('customers\.csv'\)/)
  assert.match(go!, /form\.CreateFormFile\("file", "customers\.csv"\)/)
  assert.ok(!curl!.includes('content-type'))
  assert.match(printed(UPLOAD, 'get').curl!, /^curl -sS "\$POSTERN/)
})
