import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Document, Operation } from './document.ts'
import { markup, type Html } from './markup.ts'
import { LANGUAGES, sampleOf } from './samples.ts'
import { inWords, schemaOf, type Told, toldOnce } from './schema.ts'
import { SCRIPT } from './script.ts'
import { STYLE } from './style.ts'
import { tryItOf } from './try-it.ts'

const hashOf = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** The page runs its own script and nothing else, and calls this gateway alone. */
export const REFERENCE_POLICY = [
  `default-src 'none'`,
  `script-src ${hashOf(SCRIPT)}`,
  `style-src ${hashOf(STYLE)}`,
  `connect-src 'self'`,
  `img-src data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

export type Place = { method: string; path: string; operation: Operation; isWebhook?: boolean }

type Group = { name: string; description?: string; places: Place[] }

/** Tags are parts of addresses: `/docs/messages`. */
export const referenceAddress = (tag: string | undefined): string => (tag === undefined ? '/docs' : `/docs/${tag}`)

/**
 * The OpenAPI document as readable pages: a list of all operations, and a page for each tag. Other requests have their
 * turns between the parts of a page. Undefined: no such tag.
 */
export async function referencePage(document: Document, tag: string | undefined): Promise<string | undefined> {
  const groups = groupsOf(document)
  if (tag === undefined) return whole(document, groups, undefined, listOf(document, groups))
  const group = groups.find(({ name }) => name === tag)
  if (!group) return undefined
  const same = sameBodies(groups.flatMap(({ places }) => places))
  const articles: Html[] = []
  for (const place of group.places) {
    articles.push(placeOf(document, place, same.get(place)))
    await nextTurn()
  }
  const main = markup`<main id="top">
    <h1>${group.name}</h1>
    <p>${group.description}</p>
    ${articles}
  </main>`
  return whole(document, groups, tag, main)
}

function groupsOf(document: Document): Group[] {
  const places: Place[] = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  const callbacks: Place[] = Object.entries(document.webhooks ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation, isWebhook: true })),
  )
  return (document.tags ?? []).map((tag) => ({
    ...tag,
    places: [...places, ...callbacks].filter((place) => place.operation.tags?.includes(tag.name)),
  }))
}

/** The first page. An operation has its own line, so that `/docs#sendMessage` leads somewhere without a script, too. */
function listOf(document: Document, groups: readonly Group[]): Html {
  const { title, version, description } = document.info
  return markup`<main id="top">
    <h1>${title} ${version}</h1>
    <p>
      ${description} <a href="/docs/guide/">The guide</a> explains it. For machines:
      <a href="/openapi.json">openapi.json</a>.
    </p>
    ${groups.map(
      (group) =>
        markup`<section aria-labelledby="${group.name}">
          <h2 id="${group.name}"><a href="${referenceAddress(group.name)}">${group.name}</a></h2>
          <p>${group.description}</p>
          <ul class="operations">
            ${group.places.map(
              (place) =>
                markup`<li id="${idOf(place)}">
                  <a href="${linkOf(place)}">${signOf(place)} <code>${place.path}</code></a> ${place.operation.summary}
                </li>`,
            )}
          </ul>
        </section>`,
    )}
  </main>`
}

function whole(document: Document, groups: readonly Group[], tag: string | undefined, main: Html): string {
  const { title, version } = document.info
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${tag === undefined ? '' : `${tag} · `}${title} API</title>
        <link rel="icon" href="data:," />
        <style>${{ html: STYLE }}</style>
      </head>
      <body>
        <nav aria-label="Routes">
          <a class="top" href="${referenceAddress(undefined)}">${title} ${version}</a>
          ${toolsOf()}
          ${groups.map(
            (group) =>
              markup`<h2><a href="${referenceAddress(group.name)}"${group.name === tag && markup` aria-current="page"`}>${group.name}</a></h2>
                <ul>
                  ${group.places.map(
                    (place) =>
                      markup`<li data-words="${wordsOf(place)}"><a href="${linkOf(place)}">${signOf(place)} ${place.path}</a></li>`,
                  )}
                </ul>`,
          )}
        </nav>
        ${main}
      </body>
      <script>${{ html: SCRIPT }}</script>
    </html> `.html
}

const toolsOf = (): Html =>
  markup`<div class="scripted tools" hidden>
    <label for="search">Search <kbd>/</kbd></label>
    <input id="search" type="search" autocomplete="off" spellcheck="false" placeholder="send, broadcast, /contacts …" />
    <p id="found" role="status"></p>
    <label for="language">Samples in</label>
    <select id="language">
      ${LANGUAGES.map(({ name, label }) => markup`<option value="${name}">${label}</option>`)}
    </select>
    <label for="code">Certification code, for “Try it”</label>
    <input id="code" type="password" autocomplete="off" spellcheck="false" />
  </div>`

const linkOf = (place: Place): string => `${referenceAddress(place.operation.tags?.[0])}#${idOf(place)}`
const wordsOf = (place: Place): string =>
  `${place.method} ${place.path} ${place.operation.summary ?? ''} ${(place.operation.tags ?? []).join(' ')} ${idOf(place)}`
const idOf = ({ operation, method, path }: Place): string => operation.operationId ?? `${method} ${path}`
const signOf = ({ method, isWebhook }: Place): Html =>
  markup`<b class="method ${isWebhook ? 'event' : method}">${isWebhook ? 'event' : method.toUpperCase()}</b>`

/** `same`: the operation before it whose body is the same. */
function placeOf(document: Document, place: Place, same: Place | undefined): Html {
  const { path, operation } = place
  const [body] = Object.entries(operation.requestBody?.content ?? {})
  const responses = Object.entries(operation.responses ?? {})
  const told = toldOnce(document, idOf(place))
  return markup`<article id="${idOf(place)}">
    <h3>${signOf(place)} <code>${path}</code></h3>
    <p><strong>${operation.summary}.</strong> ${withCode(operation.description ?? '')}</p>
    ${!place.isWebhook && markup`<p class="auth">${authOf(operation)}</p>`} ${parametersOf(document, operation)}
    ${!place.isWebhook && samplesOf(place)}
    ${
      body &&
      markup`<h4>${place.isWebhook ? 'What is posted' : 'Body'} <small>${body[0]}</small></h4>
        ${place.isWebhook && body[1].example !== undefined && markup`<pre>${json(body[1].example)}</pre>`}
        ${
          same
            ? markup`<p>The same as of <a href="${linkOf(same)}">${idOf(same)}</a>.</p>`
            : schemaOf(told, body[1].schema)
        }`
    }
    <h4>${place.isWebhook ? 'What to answer' : 'Answers'}</h4>
    <ul class="answers">
      ${responses.map(([status, response]) => markup`<li><b>${status}</b> ${response.description}</li>`)}
    </ul>
    ${dataOf(told, operation)} ${tryItOf(document, place)}
  </article>`
}

/** A text whose names of fields stand in backticks. */
const withCode = (text: string): Html[] =>
  text.split('`').map((piece, i) => (i % 2 === 0 ? markup`${piece}` : markup`<code>${piece}</code>`))

/** Operations whose body was described before: a send of the administrator is that of a customer. */
function sameBodies(places: readonly Place[]): Map<Place, Place> {
  const first = new Map<string, Place>()
  const same = new Map<Place, Place>()
  for (const place of places) {
    const schema = place.operation.requestBody?.content['application/json']?.schema
    if (!schema) continue
    const text = JSON.stringify(schema)
    const before = first.get(text)
    if (before) same.set(place, before)
    else first.set(text, place)
  }
  return same
}

function authOf(operation: Operation): string {
  const names = (operation.security ?? []).flatMap((one) => Object.keys(one))
  if (names.includes('adminToken')) return 'Header authorization: Bearer <admin token>'
  return names.includes('certificationCode') ? 'Header certification-code: <code of the channel>' : ''
}

function parametersOf(document: Document, operation: Operation): Html | undefined {
  const parameters = operation.parameters ?? []
  if (parameters.length === 0) return undefined
  return markup`<h4>Parameters</h4>
    <dl>
      ${parameters.map(
        (one) =>
          markup`<dt>
              <code>${one.name}</code> <small>${one.in}</small>${one.required && markup` <b>required</b>`}
              <i>${inWords(document, one.schema)}</i>
            </dt>
            <dd>${one.description}</dd>`,
      )}
    </dl>`
}

const json = (value: unknown): string => JSON.stringify(value, null, 2)

/** The same call in each language. Without a script, the first is shown. */
function samplesOf({ method, path, operation }: Place): Html {
  const sample = sampleOf(method, path, operation)
  return markup`<div class="samples">
    <h4>Sample</h4>
    ${LANGUAGES.map(
      ({ name, print }, i) => markup`<pre data-language="${name}"${i > 0 && markup` hidden`}>${print(sample)}</pre>`,
    )}
  </div>`
}

/** The `data` of a successful answer, and an example of the answer. */
function dataOf(told: Told, operation: Operation): Html | undefined {
  const success = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith('2'))?.[1]
  const answer = success?.content?.['application/json']
  const data = answer?.schema.properties?.data
  if (!data) return undefined
  return markup`${
    answer.example !== undefined &&
    markup`<details>
      <summary>Example of an answer</summary>
      <pre>${json(answer.example)}</pre>
    </details>`
  }
    <details>
      <summary><code>data</code> of a success</summary>
      ${schemaOf(told, data)}
    </details>`
}
