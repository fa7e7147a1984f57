import type { Document, Parameter } from './document.ts'
import { markup, type Html } from './markup.ts'
import type { Place } from './page.ts'
import { inWords } from './schema.ts'

/** A form that calls the operation on this gateway, for routes of customers. The page's script sends it. */
export function tryItOf(document: Document, { method, path, operation, isWebhook }: Place): Html | undefined {
  const isCustomers = (operation.security ?? []).some((one) => 'certificationCode' in one)
  if (isWebhook || !isCustomers) return undefined
  const parameters = (operation.parameters ?? []).filter((one) => one.in === 'path' || one.in === 'query')
  const content = operation.requestBody?.content ?? {}
  const body = content['application/json']
  return markup`<details class="try scripted" hidden>
    <summary>Try it</summary>
    <form data-method="${method}" data-path="${path}" autocomplete="off">
      ${parameters.map((one) => fieldOf(document, one))}
      ${
        body &&
        markup`<label>Body <textarea name="body" spellcheck="false">${JSON.stringify(body.example ?? {}, null, 2)}</textarea></label>`
      }
      ${content['multipart/form-data'] && markup`<label>File <input type="file" name="file" /></label>`}
      <button>Call this gateway</button>
      <small>It is carried out: a send goes to WhatsApp, or to the phones of the sandbox when the gateway runs with it.</small>
      <output></output>
    </form>
  </details>`
}

function fieldOf(document: Document, { name, in: place, required, schema, example }: Parameter): Html {
  // What filters a list is empty at first: it would leave out what is there.
  const value = place === 'path' || required ? (example ?? '') : ''
  const says = required ? '' : ` · ${inWords(document, schema)}`
  return markup`<label
    ><span><code>${name}</code> <small>${place}${says}</small></span>
    <input name="${place}.${name}" value="${value}" spellcheck="false"
  /></label>`
}
