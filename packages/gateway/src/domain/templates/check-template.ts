import type { Envelope, TemplateComponent, TemplateSend } from '../messages/message.ts'
import type { CatalogEntry, Wants } from './catalog-entry.ts'
import { checkCarousel } from './check-carousel.ts'
import { checkOffer } from './check-offer.ts'
import { checkParts, type Parts } from './check-parts.ts'
import { LONGEST_BODY, LONGEST_LONE_BODY } from './check-text.ts'
import { isApproved, refuseStatus } from './choose-template.ts'
import { codeFindings, expandCode, LONGEST_CODE } from './expand-code.ts'
import { finding, lengthFindings, wrongKind } from './findings.ts'
import { parametersOf } from './parts.ts'
import { refusalOf, type Finding, type Refusal } from './refusal.ts'

/** When valid, the components to send: the customer's own, or the expansion of a code. */
export type Checked = { ok: true; components: TemplateComponent[] } | ({ ok: false } & Refusal)

/** The recipient. Authentication templates cannot go to every recipient. */
export type Addressee = Pick<Envelope, 'to' | 'recipient'>

/**
 * Tells whether WhatsApp would accept this send of this template, and otherwise lists all problems. Paths are those of
 * the customer's body, so `components` must be in their original order.
 */
export function checkTemplate(
  entry: CatalogEntry,
  sent: Pick<TemplateSend, 'components' | 'code'>,
  addressee: Addressee = {},
): Checked {
  if (!isApproved(entry)) return { ok: false, ...refuseStatus([entry], { name: entry.name, language: entry.language }) }
  const findings = checkAddressee(entry, addressee)
  if (sent.code !== undefined) {
    if (sent.components !== undefined) findings.push(codeAndComponents())
    const expanded = expandCode(entry, sent.code)
    return findings.length === 0 ? expanded : { ok: false, ...refusalOf(findings)! }
  }
  const components = sent.components ?? []
  if (needsCode(entry, components)) findings.push(codeMissing(entry))
  else findings.push(...checkComponents(entry.wants, components, PATH), ...checkCode(entry, components))
  const refusal = refusalOf(findings)
  return refusal ? { ok: false, ...refusal } : { ok: true, components }
}

const PATH = 'template.components'

function checkComponents(wants: Wants, components: readonly TemplateComponent[], path: string): Finding[] {
  const isLoneBody = !wants.header && !wants.footer && wants.buttons.length === 0 && !wants.cards && !wants.offer
  const parts: Parts = { ...wants, longestBody: isLoneBody ? LONGEST_LONE_BODY : LONGEST_BODY }
  const findings = checkParts(parts, components, path)
  findings.push(...checkOffer(wants, components, path))
  findings.push(...checkCarousel(wants, components, path))
  return findings
}

const isAuthentication = (entry: CatalogEntry) => entry.category === 'AUTHENTICATION'

function needsCode(entry: CatalogEntry, components: readonly TemplateComponent[]): boolean {
  return isAuthentication(entry) && components.length === 0
}

function codeMissing(entry: CatalogEntry): Finding {
  const expected = entry.wants.body?.variables.length ?? 0
  const details = `body: number of localizable_params (0) does not match the expected number of params (${expected})`
  return finding(132000, details, 'template.code', {
    rule: 'required',
    wants: 'the one-time code in template.code',
    got: 'none',
  })
}

function codeAndComponents(): Finding {
  return finding(132012, 'code and components exclude each other', 'template.code', {
    rule: 'exclusive',
    wants: 'template.code or template.components',
    got: 'both',
    message: 'goes without components: the code fills the body and the button by itself',
  })
}

/** WhatsApp sends codes only to phone numbers. */
function checkAddressee(entry: CatalogEntry, { to, recipient }: Addressee): Finding[] {
  if (!isAuthentication(entry) || recipient === undefined || to !== undefined) return []
  const details = 'authentication templates cannot be sent to a business-scoped user id'
  return [
    finding(131062, details, 'recipient', {
      rule: 'exclusive',
      wants: 'a phone number in to',
      got: 'a user id in recipient',
      message: 'an AUTHENTICATION template goes to a phone number only: use to',
    }),
  ]
}

/** An authentication send in Meta's own form: the same short code in the body and in the button. */
function checkCode(entry: CatalogEntry, components: readonly TemplateComponent[]): Finding[] {
  if (!isAuthentication(entry)) return []
  const findings: Finding[] = []
  let first: string | undefined
  components.forEach((component, i) => {
    const parameter = parametersOf(component)[0]
    if (!parameter) return
    if (!('text' in parameter)) {
      // The check of the buttons reports buttons.
      const isBody = component.type.toLowerCase() === 'body'
      if (isBody) findings.push(wrongKind('body', `${PATH}.${i}.parameters.0`, 'text', parameter.type.toLowerCase()))
      return
    }
    const path = `${PATH}.${i}.parameters.0.text`
    findings.push(...lengthFindings(parameter.text, LONGEST_CODE, path, 'code'), ...codeFindings(parameter.text, path))
    if (first !== undefined && parameter.text !== first) {
      findings.push(
        finding(132012, 'buttons: the code differs from the code in the body', path, {
          rule: 'consistent',
          wants: 'the same code in the body and in the button',
          got: 'two different ones',
        }),
      )
    }
    first ??= parameter.text
  })
  return findings
}
