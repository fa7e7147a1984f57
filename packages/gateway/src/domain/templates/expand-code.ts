import type { TemplateComponent } from '../messages/message.ts'
import type { CatalogEntry } from './catalog-entry.ts'
import { finding } from './findings.ts'
import { refusalOf, type Finding, type Refusal } from './refusal.ts'
import { codePoints } from '../fields/text.ts'

/** Meta's limit for one-time codes, in characters. */
export const LONGEST_CODE = 15

const EMOJI = /\p{Extended_Pictographic}|\p{Regional_Indicator}|[#*0-9]\uFE0F?\u20E3/u
/** With a scheme, or without one: `www.x.example`, `x.example/a`. */
const WEB_ADDRESS = /:\/\/|^www\.|[a-z0-9]\.[a-z]{2,}(?:\/|$)/i

/** A one-time code consists of letters, digits and signs. WhatsApp refuses emoji and addresses in it. */
export function codeFindings(code: string, path: string): Finding[] {
  const found = EMOJI.test(code) ? 'emoji' : WEB_ADDRESS.test(code) ? 'a URL' : undefined
  if (found === undefined) return []
  return [
    finding(131009, 'body: code must not hold emoji or URLs', path, {
      rule: 'pattern',
      wants: 'a code without emoji and URLs',
      got: `text with ${found}`,
      message: `must not hold ${found}`,
    }),
  ]
}

export type Expanded = { ok: true; components: TemplateComponent[] } | ({ ok: false } & Refusal)

/**
 * Expands `template.code` into the components of an authentication template: the code is in the body and again in the
 * button, for copy code, one-tap and zero-tap buttons.
 */
export function expandCode(entry: CatalogEntry, code: string): Expanded {
  const refusal = refusalOf([...problemsWith(entry, code)])
  if (refusal) return { ok: false, ...refusal }
  const text = { type: 'text', text: code }
  const components: TemplateComponent[] = [{ type: 'body', parameters: [text] }]
  entry.wants.buttons.forEach((button, index) => {
    if (button.isOtp) components.push({ type: 'button', sub_type: 'url', index: String(index), parameters: [text] })
  })
  return { ok: true, components }
}

function* problemsWith(entry: CatalogEntry, code: string): Generator<Finding> {
  const path = 'template.code'
  if (entry.category !== 'AUTHENTICATION') {
    yield {
      code: 132012,
      details: `template (${entry.name}) is not an authentication template`,
      field: {
        path,
        rule: 'exclusive',
        wants: 'template.components',
        got: 'template.code',
        message: `code is for AUTHENTICATION templates; ${entry.name} is ${entry.category}: send its values in template.components`,
      },
    }
    return
  }
  const length = codePoints(code)
  if (length > LONGEST_CODE) {
    yield {
      code: 131009,
      details: `body: code length invalid. Max length: ${LONGEST_CODE}`,
      field: {
        path,
        rule: 'maxLength',
        limit: LONGEST_CODE,
        actual: length,
        wants: `1 to ${LONGEST_CODE} characters`,
        got: `${length} characters`,
        message: `at most ${LONGEST_CODE} characters, got ${length}`,
      },
    }
  }
  if (length === 0 || /\s/.test(code)) {
    yield {
      code: 131008,
      details: 'body: code must not be empty or hold spaces',
      field: {
        path,
        rule: length === 0 ? 'minLength' : 'pattern',
        wants: 'a code without spaces',
        got: length === 0 ? 'empty text' : 'text with spaces',
        message: 'must be a code without spaces or line breaks, and not empty',
      },
    }
  }
  yield* codeFindings(code, path)
}
