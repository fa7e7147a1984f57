import type { TemplateComponent, TemplateParameter } from '../messages/message.ts'
import type { ButtonWants } from './catalog-entry.ts'
import { article, finding, lengthFindings, textFindings } from './findings.ts'
import type { Finding } from './refusal.ts'

export type SentButton = { component: Extract<TemplateComponent, { sub_type: string }>; path: string }

/** Raised from 15 in December 2025. One of Meta's pages still says 15; the looser limit is used. */
export const LONGEST_COUPON = 20

type Takes = { parameter: readonly string[]; needed: boolean; most: number }

/** The parameter of each kind of button in a send. Other kinds have none. */
const TAKES: Record<string, Takes> = {
  quick_reply: { parameter: ['payload'], needed: false, most: 1 },
  url: { parameter: ['text'], needed: true, most: 1 },
  copy_code: { parameter: ['coupon_code'], needed: true, most: 1 },
  flow: { parameter: ['action'], needed: false, most: 1 },
  catalog: { parameter: ['action'], needed: false, most: 1 },
  mpm: { parameter: ['action'], needed: true, most: 1 },
  spm: { parameter: ['action'], needed: false, most: 1 },
  voice_call: { parameter: ['ttl_minutes', 'payload'], needed: false, most: 2 },
  order_details: { parameter: ['action'], needed: true, most: 1 },
}

const NOTHING: Takes = { parameter: [], needed: false, most: 0 }

/** Meta's spelling in its details: QuickReply, Url, CopyCode. */
function metaName(kind: string): string {
  return kind.replace(/(?:^|_)([a-z])/g, (_, letter: string) => letter.toUpperCase())
}

/** Checks the buttons of a template or of one card. `path` is the list of components, for missing buttons. */
export function checkButtons(wants: readonly ButtonWants[], sent: readonly SentButton[], path: string): Finding[] {
  const findings: Finding[] = []
  const given = new Map<number, SentButton>()
  for (const button of sent) {
    const index = Number(button.component.index)
    const want = wants[index]
    if (!want) findings.push(noSuchButton(wants, button, index))
    else if (given.has(index)) findings.push(givenTwice(button, index))
    else {
      given.set(index, button)
      findings.push(...checkButton(want, button, index))
    }
  }
  wants.forEach((want, index) => {
    if (isNeeded(want) && !given.has(index)) findings.push(missing(want, index, path))
  })
  return findings
}

function takesOf(want: ButtonWants): Takes {
  if (want.kind === 'url' && !want.hasVariable) return NOTHING
  return TAKES[want.kind] ?? NOTHING
}

const isNeeded = (want: ButtonWants) => takesOf(want).needed

function checkButton(want: ButtonWants, { component, path }: SentButton, index: number): Finding[] {
  const subType = component.sub_type.toLowerCase()
  if (subType !== want.kind) {
    const details = `buttons: Format mismatch at index ${index}, expected ${want.kind.toUpperCase()}, received ${subType.toUpperCase()}`
    return [
      finding(132012, details, `${path}.sub_type`, {
        rule: 'enum',
        wants: `sub_type "${want.kind}" for button ${index}${want.text ? ` (${want.text})` : ''}`,
        got: `"${subType}"`,
      }),
    ]
  }
  const takes = takesOf(want)
  const parameters = component.parameters ?? []
  const at = `${path}.parameters`
  if (parameters.length === 0 && takes.needed) return [missing(want, index, at)]
  if (parameters.length > takes.most) return [tooMany(want, index, at, parameters.length, takes)]
  return parameters.flatMap((parameter, i) => checkParameter(want, parameter, `${at}.${i}`, index, takes))
}

function checkParameter(
  want: ButtonWants,
  parameter: TemplateParameter,
  path: string,
  index: number,
  takes: Takes,
): Finding[] {
  const kind = parameter.type.toLowerCase()
  if (!takes.parameter.includes(kind)) {
    const wanted = takes.parameter.map(article).join(' or ')
    const details = `buttons: Format mismatch at index ${index}, expected ${takes.parameter.join(' or ').toUpperCase()}, received ${kind.toUpperCase()}`
    return [
      finding(132012, details, `${path}.type`, { rule: 'type', wants: `${wanted} parameter`, got: article(kind) }),
    ]
  }
  if ('text' in parameter) return textFindings(parameter.text, `${path}.text`)
  if ('coupon_code' in parameter) {
    return [
      ...textFindings(parameter.coupon_code, `${path}.coupon_code`),
      ...lengthFindings(parameter.coupon_code, LONGEST_COUPON, `${path}.coupon_code`, 'coupon code'),
    ]
  }
  return 'action' in parameter ? checkAction(want, parameter.action, `${path}.action`, index) : []
}

type Action = Extract<TemplateParameter, { action: unknown }>['action']

function checkAction(want: ButtonWants, action: Action, path: string, index: number): Finding[] {
  const part = want.kind === 'mpm' ? 'sections' : want.kind === 'order_details' ? 'order_details' : undefined
  if (part !== undefined && action[part] === undefined) {
    const details = `buttons: Button at index ${index} of type ${metaName(want.kind)} requires ${part}`
    return [finding(131008, details, `${path}.${part}`, { rule: 'required', wants: part, got: 'none' })]
  }
  if (want.kind === 'flow' && action.flow_action_data && Object.keys(action.flow_action_data).length === 0) {
    return [
      finding(131009, 'buttons: flow_action_data must not be empty', `${path}.flow_action_data`, {
        rule: 'minItems',
        limit: 1,
        actual: 0,
        wants: 'flow_action_data with something in it, or none at all',
        got: 'an empty object',
      }),
    ]
  }
  return []
}

function missing(want: ButtonWants, index: number, path: string): Finding {
  const wanted = TAKES[want.kind]!.parameter[0]!
  const details = `buttons: Button at index ${index} of type ${metaName(want.kind)} requires a parameter`
  const label = want.text ? ` (${want.text})` : ''
  return finding(131008, details, path, {
    rule: 'required',
    wants: `a button component with sub_type "${want.kind}", index "${index}" and ${article(wanted)} parameter${label}`,
    got: 'none',
  })
}

function tooMany(want: ButtonWants, index: number, path: string, got: number, takes: Takes): Finding {
  const type = metaName(want.kind)
  const details = `buttons: Button at index ${index} of type ${type}: number of params (${got}) does not match the expected number of params (${takes.most})`
  const fixed = want.kind === 'url' ? ' (its URL is fixed)' : ''
  return finding(132000, details, path, {
    rule: 'maxItems',
    limit: takes.most,
    actual: got,
    wants: takes.most === 0 ? `no parameter for button ${index}${fixed}` : `at most ${takes.most} for button ${index}`,
    got: String(got),
  })
}

function noSuchButton(wants: readonly ButtonWants[], { path }: SentButton, index: number): Finding {
  const had = wants.map((want, i) => `${i} ${want.kind}`).join(', ')
  return finding(132018, `buttons: Button at index ${index} does not exist`, `${path}.index`, {
    rule: 'enum',
    wants: wants.length === 0 ? 'no button components: it has no buttons' : `the index of one of its buttons: ${had}`,
    got: String(index),
  })
}

function givenTwice({ path }: SentButton, index: number): Finding {
  return finding(132018, `buttons: Button at index ${index} is given twice`, `${path}.index`, {
    rule: 'unique',
    wants: 'one component for each button',
    got: `button ${index} twice`,
  })
}
