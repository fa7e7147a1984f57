import type { Operation } from './document.ts'

/** One call of an operation, with the values of its examples. */
export type Sample = {
  method: string
  /** As in the document: `/external/messages/{msg_id}`. */
  route: string
  /** With the values of its parameters and the query that is required. */
  path: string
  /** Values of the path, in their order. */
  ids: readonly string[]
  query: Readonly<Record<string, string>>
  isAdmin: boolean
  body?: unknown
  /** True when the body is a file in a form. */
  isUpload: boolean
  /** True when the answer is no JSON. */
  isDownload: boolean
}

type Language = { name: string; label: string; print: (sample: Sample) => string }

/** The languages of samples, in the order in which a reader can choose. */
export const LANGUAGES: readonly Language[] = [
  { name: 'curl', label: 'curl', print: curl },
  { name: 'typescript', label: 'TypeScript', print: typescript },
  { name: 'python', label: 'Python', print: python },
  { name: 'php', label: 'PHP', print: php },
  { name: 'go', label: 'Go', print: go },
]

const FILE = 'customers.csv'

export function sampleOf(method: string, route: string, operation: Operation): Sample {
  const { parameters = [], requestBody, responses = {}, security = [] } = operation
  const named = (place: string, name: string): string =>
    String(parameters.find((one) => one.in === place && one.name === name)?.example ?? '1')
  const ids: string[] = []
  const path = route.replace(/\{(\w+)\}/g, (_, name: string) => {
    ids.push(named('path', name))
    return encodeURIComponent(ids.at(-1)!)
  })
  const required = parameters.filter((one) => one.in === 'query' && one.required)
  const query = Object.fromEntries(required.map(({ name }) => [name, named('query', name)]))
  const json = requestBody?.content['application/json']
  const answer = Object.entries(responses).find(([status]) => status.startsWith('2'))?.[1]
  return {
    method: method.toUpperCase(),
    route,
    path: required.length === 0 ? path : `${path}?${new URLSearchParams(query)}`,
    ids,
    query,
    isAdmin: security.some((one) => 'adminToken' in one),
    isUpload: requestBody?.content['multipart/form-data'] !== undefined,
    isDownload: answer?.content !== undefined && answer.content['application/json'] === undefined,
    ...(json && { body: json.example }),
  }
}

/** The header with the credentials: its name, what stands before them, and the variable that has them. */
const authOf = ({ isAdmin }: Sample): [name: string, before: string, variable: string] =>
  isAdmin ? ['authorization', 'Bearer ', 'ADMIN_TOKEN'] : ['certification-code', '', 'CODE']

const json = (value: unknown): string => JSON.stringify(value, null, 2)

function curl(sample: Sample): string {
  const { method, path, body, isUpload, isDownload } = sample
  const [name, before, variable] = authOf(sample)
  return [
    `curl -sS${method === 'GET' ? '' : ` -X ${method}`} "$POSTERN${path}"`,
    `-H "${name}: ${before}$${variable}"`,
    ...(body === undefined
      ? []
      : [`-H 'content-type: application/json'`, `-d '${json(body).replaceAll("'", `'\\''`)}'`]),
    ...(isUpload ? [`-F 'file=@${FILE}'`] : []),
    ...(isDownload ? ['-o answer'] : []),
  ].join(' \\\n  ')
}

function typescript(sample: Sample): string {
  const { method, route, path, ids, query, body, isAdmin, isUpload, isDownload } = sample
  const [name, before, variable] = authOf(sample)
  if (isUpload || isDownload)
    return [
      ...(isUpload ? [`import { openAsBlob } from 'node:fs'`, ''] : []),
      ...(isUpload ? [`const body = new FormData()`, `body.set('file', await openAsBlob('${FILE}'), '${FILE}')`] : []),
      `const answer = await fetch(process.env.POSTERN + '${path}', {`,
      `  method: '${method}',`,
      `  headers: { '${name}': \`${before}\${process.env.${variable}}\` },`,
      ...(isUpload ? ['  body,'] : []),
      '})',
      isUpload ? 'console.log(await answer.json())' : 'console.log(await answer.text())',
    ].join('\n')
  const input = {
    ...(ids.length > 0 && { ids }),
    ...(Object.keys(query).length > 0 && { query }),
    ...(body !== undefined && { body }),
  }
  const [create, from, key] = isAdmin
    ? ['createAdmin', '@postern/client/admin', 'adminToken']
    : ['createClient', '@postern/client', 'certificationCode']
  return `import { ${create} } from '${from}'

const client = ${create}({ url: process.env.POSTERN!, ${key}: process.env.${variable}! })
console.log(await client.request('${method} ${route}', ${json(input)}))`
}

function python(sample: Sample): string {
  const { method, path, body, isUpload, isDownload } = sample
  const [name, before, variable] = authOf(sample)
  return [
    'import os',
    'import requests',
    '',
    'answer = requests.request(',
    `    "${method}",`,
    `    os.environ["POSTERN"] + "${path}",`,
    `    headers={"${name}": "${before}" + os.environ["${variable}"]},`,
    ...(body === undefined ? [] : [`    json=${pythonOf(body, '    ')},`]),
    ...(isUpload ? [`    files={"file": open("${FILE}", "rb")},`] : []),
    '    timeout=60,',
    ')',
    isDownload ? 'print(answer.text)' : 'print(answer.json())',
  ].join('\n')
}

function pythonOf(value: unknown, indent: string): string {
  const inner = `${indent}    `
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value))
    return value.length === 0 ? '[]' : `[\n${value.map((one) => inner + pythonOf(one, inner)).join(',\n')},\n${indent}]`
  const entries = Object.entries(value)
  if (entries.length === 0) return '{}'
  return `{\n${entries.map(([key, one]) => `${inner}${JSON.stringify(key)}: ${pythonOf(one, inner)}`).join(',\n')},\n${indent}}`
}

function php(sample: Sample): string {
  const { method, path, body, isUpload } = sample
  const [name, before, variable] = authOf(sample)
  const type = body === undefined ? '' : `, 'content-type: application/json'`
  return [
    '<?php',
    `$request = curl_init(getenv('POSTERN') . '${path}');`,
    'curl_setopt_array($request, [',
    `    CURLOPT_CUSTOMREQUEST => '${method}',`,
    `    CURLOPT_HTTPHEADER => ['${name}: ${before}' . getenv('${variable}')${type}],`,
    ...(body === undefined ? [] : [`    CURLOPT_POSTFIELDS => <<<'JSON'`, indented(json(body)), '    JSON,']),
    ...(isUpload ? [`    CURLOPT_POSTFIELDS => ['file' => new CURLFile('${FILE}')],`] : []),
    '    CURLOPT_RETURNTRANSFER => true,',
    ']);',
    'echo curl_exec($request);',
  ].join('\n')
}

/** A closing mark that is indented takes as much from every line. */
const indented = (text: string): string => text.replaceAll(/^/gm, '    ')

function go(sample: Sample): string {
  const { method, path, body, isUpload } = sample
  const [name, before, variable] = authOf(sample)
  const hasBody = body !== undefined
  const imports = [
    ...(isUpload ? ['bytes'] : []),
    'fmt',
    'io',
    ...(isUpload ? ['mime/multipart'] : []),
    'net/http',
    'os',
    ...(hasBody ? ['strings'] : []),
  ]
  const checked = '\tif err != nil {\n\t\tpanic(err)\n\t}'
  return [
    `package main\n\nimport (\n${imports.map((one) => `\t"${one}"`).join('\n')}\n)\n\nfunc main() {`,
    ...(hasBody ? [`\tbody := strings.NewReader(\`${json(body).replaceAll('`', '` + "`" + `')}\`)`] : []),
    ...(isUpload
      ? [
          `\tfile, err := os.Open("${FILE}")\n${checked}\n\tdefer file.Close()\n\tvar body bytes.Buffer`,
          `\tform := multipart.NewWriter(&body)\n\tpart, err := form.CreateFormFile("file", "${FILE}")\n${checked}`,
          `\tif _, err := io.Copy(part, file); err != nil {\n\t\tpanic(err)\n\t}\n\tform.Close()`,
        ]
      : []),
    `\trequest, err := http.NewRequest("${method}", os.Getenv("POSTERN")+"${path}", ${isUpload ? '&body' : hasBody ? 'body' : 'nil'})`,
    checked,
    `\trequest.Header.Set("${name}", ${before === '' ? '' : `"${before}"+`}os.Getenv("${variable}"))`,
    ...(hasBody ? ['\trequest.Header.Set("content-type", "application/json")'] : []),
    ...(isUpload ? ['\trequest.Header.Set("content-type", form.FormDataContentType())'] : []),
    `\tresponse, err := http.DefaultClient.Do(request)\n${checked}\n\tdefer response.Body.Close()`,
    `\tanswer, err := io.ReadAll(response.Body)\n${checked}`,
    '\tfmt.Println(response.Status, string(answer))\n}',
  ].join('\n')
}
