import { createHash } from 'node:crypto'
import type { Document, Operation } from './document.ts'
import { markup, type Html } from './markup.ts'
import { inWords, resolve, schemaOf } from './schema.ts'
import { STYLE } from './style.ts'

/** The page runs no script and fetches nothing. */
export const REFERENCE_POLICY = [
  `default-src 'none'`,
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  `img-src data:`,
  `base-uri 'none'`,
  `form-action 'none'`,
  `frame-ancestors 'none'`,
].join('; ')

type Place = { method: string; path: string; operation: Operation; isWebhook?: boolean }

/** The OpenAPI document as a readable page. */
export function referencePage(document: Document): string {
  const places: Place[] = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation })),
  )
  const callbacks: Place[] = Object.entries(document.webhooks ?? {}).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => ({ method, path, operation, isWebhook: true })),
  )
  const groups = (document.tags ?? []).map((tag) => ({
    ...tag,
    places: [...places, ...callbacks].filter((place) => place.operation.tags?.includes(tag.name)),
  }))
  const { title, version, description } = document.info
  const body = markup`<body>
    <nav aria-label="Routes">
      <a class="top" href="#top">${title} ${version}</a>
      ${groups.map(
        (group) =>
          markup`<h2><a href="#${group.name}">${group.name}</a></h2>
            <ul>
              ${group.places.map(
                (place) => markup`<li><a href="#${idOf(place)}">${signOf(place)} ${place.path}</a></li>`,
              )}
            </ul>`,
      )}
    </nav>
    <main id="top">
      <h1>${title} ${version}</h1>
      <p>${description} For machines: <a href="/openapi.json">openapi.json</a>.</p>
      ${groups.map(
        (group) =>
          markup`<section aria-labelledby="${group.name}">
            <h2 id="${group.name}">${group.name}</h2>
            <p>${group.description}</p>
            ${group.places.map((place) => placeOf(document, place))}
          </section>`,
      )}
    </main>
  </body>`
  return markup`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} API</title>
        <link rel="icon" href="data:," />
        <style>${{ html: STYLE }}</style>
      </head>
      ${body}
    </html> `.html
}

const idOf = ({ operation, method, path }: Place): string => operation.operationId ?? `${method} ${path}`
const signOf = ({ method, isWebhook }: Place): Html =>
  markup`<b class="method ${isWebhook ? 'event' : method}">${isWebhook ? 'event' : method.toUpperCase()}</b>`

function placeOf(document: Document, place: Place): Html {
  const { path, operation } = place
  const [body] = Object.entries(operation.requestBody?.content ?? {})
  const responses = Object.entries(operation.responses ?? {})
  return markup`<article id="${idOf(place)}">
    <h3>${signOf(place)} <code>${path}</code></h3>
    <p><strong>${operation.summary}.</strong> ${operation.description}</p>
    ${!place.isWebhook && markup`<p class="auth">${authOf(operation)}</p>`} ${parametersOf(document, operation)}
    ${
      body &&
      markup`<h4>${place.isWebhook ? 'What is posted' : 'Body'} <small>${body[0]}</small></h4>
        ${exampleOf(document, place)} ${schemaOf(document, body[1].schema)}`
    }
    <h4>${place.isWebhook ? 'What to answer' : 'Answers'}</h4>
    <ul class="answers">
      ${responses.map(([status, response]) => markup`<li><b>${status}</b> ${response.description}</li>`)}
    </ul>
    ${dataOf(document, operation)}
  </article>`
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

/** The first example of the body's schema, or of its first branch that has one. */
function exampleOf(document: Document, { operation, path, isWebhook }: Place): Html | undefined {
  const [body] = Object.values(operation.requestBody?.content ?? {})
  if (!body) return undefined
  const seen = resolve(document, body.schema)
  const example = [seen, ...(seen.anyOf ?? []).map((one) => resolve(document, one))].find((one) => one.examples?.length)
    ?.examples?.[0]
  if (example === undefined) return undefined
  const json = JSON.stringify(example, null, 2)
  if (isWebhook) return markup`<pre>${json}</pre>`
  const auth = authOf(operation).replace('Header ', '').replace('<admin token>', '$ADMIN_TOKEN')
  const curl = [
    `curl -sS $POSTERN${path}`,
    `-H 'content-type: application/json'`,
    `-H "${auth.replace(/<[^<>]*>/, '$CODE')}"`,
    `-d '${json}'`,
  ].join(' \\\n  ')
  return markup`<pre>${curl}</pre>`
}

/** The `data` of a successful answer. */
function dataOf(document: Document, operation: Operation): Html | undefined {
  const success = Object.entries(operation.responses ?? {}).find(([status]) => status.startsWith('2'))?.[1]
  const data = success?.content?.['application/json']?.schema.properties?.data
  if (!data) return undefined
  return markup`<details>
    <summary><code>data</code> of a success</summary>
    ${schemaOf(document, data)}
  </details>`
}
