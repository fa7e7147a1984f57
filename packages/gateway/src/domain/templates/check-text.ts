import type { TemplateParameter } from '../messages/message.ts'
import { codePoints } from '../fields/text.ts'
import type { HeaderWants, TextWants } from './catalog-entry.ts'
import { article, finding, textFindings, tooLong, wrongCount, wrongKind } from './findings.ts'
import type { Finding } from './refusal.ts'
import { timesUsed } from './variables.ts'

/** A text with variables: its kinds of parameters, and its maximum length. */
export type TextPlace = { part: string; takes: ReadonlySet<string>; longest: number; isNamed: boolean }

export const HEADER_TEXT = new Set(['text'])
export const BODY_TEXT = new Set(['text', 'currency', 'date_time'])
export const LONGEST_HEADER = 60
export const LONGEST_BODY = 1024
/** Meta's older documentation allows this length for templates with only a body. */
export const LONGEST_LONE_BODY = 32_768
export const LONGEST_CARD_BODY = 160

/** The printed text of a parameter. */
export function printed(parameter: TemplateParameter): string {
  if ('text' in parameter) return parameter.text
  if ('currency' in parameter) return parameter.currency.fallback_value
  if ('date_time' in parameter) return parameter.date_time.fallback_value
  return ''
}

/** Checks the parameters of one text. `path` is their place, or the place where they are missing. */
export function checkText(
  wants: TextWants,
  parameters: readonly TemplateParameter[],
  path: string,
  place: TextPlace,
): Finding[] {
  const findings: Finding[] = []
  if (parameters.length !== wants.variables.length) {
    findings.push(wrongCount(place.part, path, wants.variables, parameters.length))
  }
  let length = wants.fixedLength
  parameters.forEach((parameter, i) => {
    const at = `${path}.${i}`
    const kind = parameter.type.toLowerCase()
    if (!place.takes.has(kind)) {
      findings.push(wrongKind(place.part, at, 'text', kind))
      return
    }
    const text = printed(parameter)
    findings.push(...textFindings(text, kind === 'text' ? `${at}.text` : `${at}.${kind}.fallback_value`))
    const name = place.isNamed ? nameOf(parameter) : wants.variables[i]
    if (name !== undefined) length += codePoints(text) * timesUsed(wants.text, name)
  })
  findings.push(...nameFindings(wants, parameters, path, place))
  if (length > place.longest && findings.length === 0) {
    findings.push(
      tooLong(
        132005,
        `${place.part}: translated text too long`,
        path,
        place.longest,
        length,
        `the ${place.part} with its values filled in`,
      ),
    )
  }
  return findings
}

export function nameOf(parameter: TemplateParameter): string | undefined {
  return 'parameter_name' in parameter ? parameter.parameter_name : undefined
}

function nameFindings(
  wants: TextWants,
  parameters: readonly TemplateParameter[],
  path: string,
  place: TextPlace,
): Finding[] {
  const findings: Finding[] = []
  const seen = new Set<string>()
  parameters.forEach((parameter, i) => {
    const name = nameOf(parameter)
    const at = `${path}.${i}.parameter_name`
    if (!place.isNamed) {
      if (name === undefined) return
      findings.push(
        finding(132012, `${place.part}: parameter_name is not expected`, at, {
          rule: 'unknownKey',
          wants: 'parameters in the order of {{1}}, {{2}}, without names',
          got: `the name ${name}`,
          message: 'the template’s variables are numbered: leave parameter_name out and keep their order',
        }),
      )
      return
    }
    const open = wants.variables.filter((variable) => !seen.has(variable))
    if (name === undefined) {
      findings.push(
        finding(132012, `${place.part}: parameter_name is missing`, at, {
          rule: 'required',
          wants: `a parameter_name: one of ${wants.variables.join(', ')}`,
          got: 'none',
        }),
      )
    } else if (!wants.variables.includes(name)) {
      findings.push(
        finding(132012, `${place.part}: parameter ${name} is not in the template`, at, {
          rule: 'enum',
          wants: wants.variables.length > 0 ? `one of ${wants.variables.join(', ')}` : 'no variables',
          got: name,
        }),
      )
    } else if (seen.has(name)) {
      findings.push(
        finding(132012, `${place.part}: parameter ${name} is given twice`, at, {
          rule: 'unique',
          wants: open.length > 0 ? `each name once; ${open.join(', ')} is missing` : 'each name once',
          got: `${name} twice`,
        }),
      )
    }
    if (name !== undefined) seen.add(name)
  })
  return findings
}

const MEDIA = new Set(['image', 'video', 'gif', 'document', 'location', 'product'])

/**
 * Checks a header. Every send needs media, even when the template was created with an example: the example is never
 * sent.
 */
export function checkHeader(
  wants: HeaderWants | undefined,
  parameters: readonly TemplateParameter[],
  path: string,
  isNamed: boolean,
): Finding[] {
  if (!wants) return parameters.length > 0 ? [wrongCount('header', path, [], parameters.length)] : []
  if (wants.kind === 'other') return []
  if (wants.kind === 'text') {
    const place = { part: 'header', takes: HEADER_TEXT, longest: LONGEST_HEADER, isNamed }
    return checkText(wants.text ?? { text: '', variables: [], fixedLength: 0 }, parameters, path, place)
  }
  const [first, ...more] = parameters
  if (!first) return [wrongKind('header', path, wants.kind, undefined)]
  const kind = first.type.toLowerCase()
  const findings: Finding[] = []
  if (kind !== wants.kind)
    findings.push(wrongKind('header', `${path}.0`, wants.kind, MEDIA.has(kind) || kind === 'text' ? kind : 'unknown'))
  if (more.length > 0)
    findings.push(wrongCount('header', path, ['1'], parameters.length, `${article(wants.kind)} parameter`))
  return findings
}
