import { phpText, requestCode } from '../list/request-code.ts'

/**
 * The same send in five languages, ready to copy. The snippets have a placeholder for the certification code, because
 * the page does not have the code.
 */
export type SnippetLanguage = 'curl' | 'TypeScript' | 'Python' | 'PHP' | 'Go'
export const SNIPPET_LANGUAGES: SnippetLanguage[] = ['curl', 'TypeScript', 'Python', 'PHP', 'Go']

const CODE = 'YOUR_CERTIFICATION_CODE'

export function snippet(language: SnippetLanguage, origin: string, body: unknown): string {
  const url = `${origin}/external/messages/whatsapp`
  const json = JSON.stringify(body, null, 2)
  switch (language) {
    case 'curl':
      return [
        `curl -sS ${url} \\`,
        `  -H 'content-type: application/json' \\`,
        `  -H 'certification-code: ${CODE}' \\`,
        `  --data-binary '${json.replaceAll(`'`, `'\\''`)}'`,
      ].join('\n')
    case 'TypeScript':
      return [
        `const response = await fetch('${url}', {`,
        `  method: 'POST',`,
        `  headers: { 'content-type': 'application/json', 'certification-code': '${CODE}' },`,
        `  body: JSON.stringify(${indented(json, '  ')}),`,
        `})`,
        `const { status, message, data } = await response.json()`,
        `if (status !== 'success') throw new Error(message)`,
        `console.log(data.msg_id)`,
      ].join('\n')
    case 'Python':
      return [
        'import json, urllib.request',
        '',
        `body = ${python(body, '')}`,
        'request = urllib.request.Request(',
        `    ${JSON.stringify(url)},`,
        '    data=json.dumps(body).encode(),',
        `    headers={"content-type": "application/json", "certification-code": "${CODE}"},`,
        ')',
        'with urllib.request.urlopen(request, timeout=30) as response:',
        '    print(json.load(response)["data"]["msg_id"])',
      ].join('\n')
    case 'PHP':
      return [
        '<?php',
        `$body = ${php(body, '')};`,
        `$curl = curl_init(${phpText(url)});`,
        'curl_setopt_array($curl, [',
        '    CURLOPT_POST => true,',
        '    CURLOPT_RETURNTRANSFER => true,',
        '    CURLOPT_TIMEOUT => 30,',
        `    CURLOPT_HTTPHEADER => ['content-type: application/json', 'certification-code: ${CODE}'],`,
        '    CURLOPT_POSTFIELDS => json_encode($body),',
        ']);',
        '$answer = json_decode(curl_exec($curl), true);',
        `echo $answer['data']['msg_id'] ?? $answer['message'];`,
      ].join('\n')
    case 'Go':
      return requestCode('Go', {
        method: 'POST',
        url,
        headers: [
          ['content-type', 'application/json'],
          ['certification-code', CODE],
        ],
        body: JSON.stringify(body),
      })
  }
}

const indented = (text: string, by: string): string => text.replaceAll('\n', `\n${by}`)

function python(value: unknown, pad: string): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (Array.isArray(value))
    return block(
      '[',
      ']',
      value.map((one) => python(one, `${pad}    `)),
      pad,
    )
  if (typeof value !== 'object') return JSON.stringify(value)
  const entries = Object.entries(value).map(([key, one]) => `${JSON.stringify(key)}: ${python(one, `${pad}    `)}`)
  return block('{', '}', entries, pad)
}

function php(value: unknown, pad: string): string {
  if (typeof value === 'string') return phpText(value)
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  if (Array.isArray(value))
    return block(
      '[',
      ']',
      value.map((one) => php(one, `${pad}    `)),
      pad,
    )
  const entries = Object.entries(value).map(([key, one]) => `${phpText(key)} => ${php(one, `${pad}    `)}`)
  return entries.length === 0 ? 'new stdClass()' : block('[', ']', entries, pad)
}

function block(open: string, close: string, lines: string[], pad: string): string {
  if (lines.length === 0) return open + close
  return `${open}\n${lines.map((line) => `${pad}    ${line},`).join('\n')}\n${pad}${close}`
}
