/** Any HTTP request in five languages, ready to run: standard libraries only. */
export type CodeLanguage = 'curl' | 'JavaScript' | 'Python' | 'PHP' | 'Go'
export const CODE_LANGUAGES: CodeLanguage[] = ['curl', 'JavaScript', 'Python', 'PHP', 'Go']

export type CodeRequest = {
  method: string
  url: string
  headers: readonly (readonly [name: string, value: string])[]
  /** Sent as it is, byte for byte. */
  body?: string | undefined
}

export function requestCode(language: CodeLanguage, request: CodeRequest): string {
  switch (language) {
    case 'curl':
      return curl(request)
    case 'JavaScript':
      return javascript(request)
    case 'Python':
      return python(request)
    case 'PHP':
      return php(request)
    case 'Go':
      return go(request)
  }
}

function curl({ method, url, headers, body }: CodeRequest): string {
  return [
    `curl -sS${method === 'GET' ? '' : ` -X ${method}`} ${shell(url)}`,
    ...headers.map(([name, value]) => `-H ${shell(`${name}: ${value}`)}`),
    ...(body === undefined ? [] : [`--data-raw ${shell(body)}`]),
  ].join(' \\\n  ')
}

const javascript = ({ method, url, headers, body }: CodeRequest): string =>
  [
    `const response = await fetch(${quoted(url)}, {`,
    `  method: ${quoted(method)},`,
    '  headers: {',
    ...headers.map(([name, value]) => `    ${quoted(name)}: ${quoted(value)},`),
    '  },',
    ...(body === undefined ? [] : [`  body: ${quoted(body)},`]),
    '})',
    'console.log(response.status, await response.text())',
  ].join('\n')

const python = ({ method, url, headers, body }: CodeRequest): string =>
  [
    'import urllib.error, urllib.request',
    '',
    'request = urllib.request.Request(',
    `    ${quoted(url)},`,
    `    method=${quoted(method)},`,
    ...(body === undefined ? [] : [`    data=${quoted(body)}.encode(),`]),
    '    headers={',
    ...headers.map(([name, value]) => `        ${quoted(name)}: ${quoted(value)},`),
    '    },',
    ')',
    'try:',
    '    response = urllib.request.urlopen(request, timeout=30)',
    'except urllib.error.HTTPError as error:',
    '    response = error',
    'print(response.status, response.read().decode())',
  ].join('\n')

const php = ({ method, url, headers, body }: CodeRequest): string =>
  [
    '<?php',
    "$context = stream_context_create(['http' => [",
    `    'method' => ${phpText(method)},`,
    "    'header' => [",
    ...headers.map(([name, value]) => `        ${phpText(`${name}: ${value}`)},`),
    '    ],',
    ...(body === undefined ? [] : [`    'content' => ${phpText(body)},`]),
    "    'ignore_errors' => true, // an error's body says what was wrong",
    ']]);',
    `echo file_get_contents(${phpText(url)}, false, $context), "\\n";`,
  ].join('\n')

const go = ({ method, url, headers, body }: CodeRequest): string =>
  [
    'package main',
    '',
    'import (',
    '\t"fmt"',
    '\t"io"',
    '\t"net/http"',
    ...(body === undefined ? [] : ['\t"strings"']),
    ')',
    '',
    'func main() {',
    `\trequest, err := http.NewRequest(${quoted(method)}, ${quoted(url)}, ${body === undefined ? 'nil' : `strings.NewReader(${quoted(body)})`})`,
    '\tif err != nil {',
    '\t\tpanic(err)',
    '\t}',
    ...headers.map(([name, value]) => `\trequest.Header.Set(${quoted(name)}, ${quoted(value)})`),
    '\tresponse, err := http.DefaultClient.Do(request)',
    '\tif err != nil {',
    '\t\tpanic(err)',
    '\t}',
    '\tdefer response.Body.Close()',
    '\ttext, _ := io.ReadAll(response.Body)',
    '\tfmt.Println(response.StatusCode, string(text))',
    '}',
  ].join('\n')

/** One word of a shell, whatever is in it. */
const shell = (text: string): string => `'${text.replaceAll(`'`, `'\\''`)}'`

/**
 * A text in double quotes that JavaScript, Python and Go read alike. A half of a character is no text, and the marks that
 * end a line or change the order of what stands beside them are written as numbers.
 */
const quoted = (text: string): string =>
  JSON.stringify(text.toWellFormed()).replace(
    /[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

export const phpText = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll(`'`, `\\'`)}'`
