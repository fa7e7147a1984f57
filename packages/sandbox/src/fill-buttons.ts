import type { WireTemplateDefinition } from '@postern/cloud-api'
import { isObject, lengthOf, wordOf, type Json } from './checker.ts'
import { GraphError } from './graph-error.ts'
import { VARIABLE, mismatch, parametersOf, same, textOf, variablesOf, wrongCount } from './template-parts.ts'
import type { FaceButton, Template } from './world.ts'

/** The names in a send of the button kinds that can have a parameter. */
const SUB_TYPES: Record<string, string> = {
  QUICK_REPLY: 'quick_reply',
  URL: 'url',
  COPY_CODE: 'copy_code',
  FLOW: 'flow',
  CATALOG: 'catalog',
  MPM: 'mpm',
  SPM: 'spm',
  VOICE_CALL: 'voice_call',
  ORDER_DETAILS: 'order_details',
}
const NAMES: Record<string, string> = {
  URL: 'Url',
  COPY_CODE: 'CopyCode',
  MPM: 'Mpm',
  ORDER_DETAILS: 'OrderDetails',
}

export function fillButtons(
  template: Template,
  buttons: NonNullable<WireTemplateDefinition['buttons']>,
  sent: readonly Json[],
): FaceButton[] {
  const byIndex = new Map<number, Json>()
  for (const component of sent) {
    const index = Number(component['index'])
    const button = buttons[index]
    if (!button)
      throw new GraphError(132018, { details: `buttons: Button at index ${index} does not exist in the template` })
    if (byIndex.has(index))
      throw new GraphError(132018, { details: `buttons: Button at index ${index} is given twice` })
    const expected = SUB_TYPES[button.type.toUpperCase()]
    if (!expected || !same(component['sub_type'], expected)) {
      mismatch(
        `buttons: Button at index ${index}`,
        button.type.toUpperCase(),
        String(component['sub_type']).toUpperCase(),
      )
    }
    byIndex.set(index, component)
  }
  return buttons.map((button, index) => {
    const kind = button.type.toUpperCase()
    const parameters = parametersOf(byIndex.get(index))
    const most = kind === 'VOICE_CALL' ? 2 : 1
    if (parameters.length > most) wrongCount(`buttons: Button at index ${index}`, parameters.length, most)
    const parameter = parameters[0]
    const face: FaceButton = { type: kind.toLowerCase(), text: button.text ?? defaultText(kind) }
    const missing = (): never => {
      throw new GraphError(131008, {
        details: `buttons: Button at index ${index} of type ${NAMES[kind] ?? kind} requires a parameter`,
      })
    }
    const expect = (type: string): void => {
      if (parameter && !same(parameter['type'], type)) {
        mismatch(`buttons: Button at index ${index}`, type.toUpperCase(), wordOf(parameter['type']).toUpperCase())
      }
    }
    switch (kind) {
      case 'URL': {
        const variable = variablesOf(button.url).length > 0
        if (variable && !parameter) missing()
        if (!variable && parameter) wrongCount('buttons', 1, 0)
        expect('text')
        face.url = (button.url ?? '').replace(VARIABLE, () => (parameter ? textOf(parameter) : ''))
        if (template.category === 'AUTHENTICATION' && parameter && lengthOf(textOf(parameter)) > 15) {
          throw new GraphError(131009, { details: 'buttons: the code must be at most 15 characters long' })
        }
        break
      }
      case 'QUICK_REPLY':
        expect('payload')
        face.payload = parameter ? String(parameter['payload']) : face.text
        break
      case 'COPY_CODE': {
        if (!parameter) missing()
        expect('coupon_code')
        const code = String(parameter!['coupon_code'])
        // 20 since December 2025. One page of Meta's still says 15.
        if (lengthOf(code) > 20)
          throw new GraphError(131009, { details: 'buttons: coupon_code must be at most 20 characters long' })
        face['coupon_code'] = code
        break
      }
      case 'MPM':
      case 'ORDER_DETAILS': {
        if (!parameter) missing()
        expect('action')
        const needed = kind === 'MPM' ? 'sections' : 'order_details'
        const action = parameter!['action']
        if (!isObject(action) || action[needed] === undefined) {
          throw new GraphError(131008, {
            details: `buttons: Button at index ${index} of type ${NAMES[kind]} requires ${needed}`,
          })
        }
        if (kind === 'MPM') checkProducts(index, action['sections'])
        face['action'] = action
        break
      }
      case 'VOICE_CALL':
        for (const given of parameters) {
          if (!same(given['type'], 'ttl_minutes') && !same(given['type'], 'payload')) {
            mismatch(`buttons: Button at index ${index}`, 'TTL_MINUTES', String(given['type']).toUpperCase())
          }
        }
        break
      case 'FLOW':
      case 'SPM':
      case 'CATALOG': {
        expect('action')
        const action = parameter?.['action']
        if (isObject(action)) face['action'] = action
        if (
          kind === 'FLOW' &&
          isObject(action) &&
          isObject(action['flow_action_data']) &&
          Object.keys(action['flow_action_data']).length === 0
        ) {
          throw new GraphError(131009, { details: 'buttons: flow_action_data must not be empty' })
        }
        break
      }
    }
    return face
  })
}

/** The limits of an interactive product list: 1 to 10 sections, 30 products together. */
function checkProducts(index: number, given: unknown): void {
  const sections = Array.isArray(given) ? given.filter(isObject) : []
  const items = sections.flatMap((s) => (Array.isArray(s['product_items']) ? (s['product_items'] as unknown[]) : []))
  const problem = (details: string): never => {
    throw new GraphError(131009, { details: `buttons: Button at index ${index}: ${details}` })
  }
  if (sections.length < 1 || sections.length > 10)
    problem('Invalid sections count. Min allowed sections: 1, Max allowed sections: 10')
  if (items.length < 1 || items.length > 30) problem('Invalid products count. Min: 1, Max: 30')
}

function defaultText(kind: string): string {
  const texts: Record<string, string> = {
    COPY_CODE: 'Copy offer code',
    CATALOG: 'View catalog',
    MPM: 'View items',
    SPM: 'View',
    VOICE_CALL: 'Call now',
    ORDER_DETAILS: 'Review and Pay',
    REQUEST_CONTACT_INFO: 'Share contact info',
  }
  return texts[kind] ?? ''
}
