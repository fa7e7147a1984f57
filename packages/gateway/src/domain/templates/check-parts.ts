import type { TemplateComponent } from '../messages/message.ts'
import type { ButtonWants, HeaderWants, TextWants } from './catalog-entry.ts'
import { checkButtons, type SentButton } from './check-buttons.ts'
import { BODY_TEXT, checkHeader, checkText } from './check-text.ts'
import { finding } from './findings.ts'
import { firstOf, parametersOf, placeOf } from './parts.ts'
import type { Finding } from './refusal.ts'

const NO_TEXT: TextWants = { text: '', variables: [], fixedLength: 0 }

export type Parts = {
  header?: HeaderWants
  body?: TextWants
  buttons: ButtonWants[]
  longestBody: number
  isNamed: boolean
}

/** Header, body and buttons: the common parts of a template and a card. */
export function checkParts(parts: Parts, components: readonly TemplateComponent[], path: string): Finding[] {
  const findings: Finding[] = []
  const at = (type: string) => firstOf(components, type)
  const header = at('header')
  findings.push(...checkHeader(parts.header, parametersOf(components[header]), placeOf(header, path), parts.isNamed))
  const body = at('body')
  const place = { part: 'body', takes: BODY_TEXT, longest: parts.longestBody, isNamed: parts.isNamed }
  findings.push(...checkText(parts.body ?? NO_TEXT, parametersOf(components[body]), placeOf(body, path), place))
  const buttons: SentButton[] = []
  components.forEach((component, i) => {
    if ('sub_type' in component) buttons.push({ component, path: `${path}.${i}` })
    else if (at(component.type.toLowerCase()) !== i)
      findings.push(repeated(component.type.toLowerCase(), `${path}.${i}`))
  })
  findings.push(...checkButtons(parts.buttons, buttons, path))
  return findings
}

function repeated(type: string, path: string): Finding {
  return finding(132000, `${type}: component is given twice`, path, {
    rule: 'unique',
    wants: `one ${type} component`,
    got: 'another one',
  })
}
