import { listOf, textOf, type Values } from './command.ts'

type Ask = (question: string) => Promise<string>
type Template = { name: string; language: string; status: string; components: { type?: string; text?: string }[] }

/** How often a question is asked again. */
const TRIES = 3

/**
 * Asks for what a message still needs: its recipient, a text or a template, and the variables of the template's body.
 * Given options are never asked for.
 */
export async function askMessage(given: Values, ask: Ask, templates: () => Promise<Template[]>): Promise<Values> {
  const values = { ...given }
  const file = textOf(values, 'body')
  if (textOf(values, 'to') === undefined && file === undefined)
    values.to = await answered(ask, 'To (country code and number): ', (text) =>
      /^\d{5,20}$/.test(text.replace(/^\+/, '')),
    )
  if (typeof values.to === 'string') values.to = values.to.replace(/^\+/, '')
  if (file !== undefined) return values
  if (textOf(values, 'text') === undefined && textOf(values, 'template') === undefined) {
    const kind = await answered(ask, 'Text or template? [text] ', (word) => /^(|text|template)$/i.test(word))
    if (kind.toLowerCase() === 'template') values.template = await askTemplate(ask, await templates())
    else values.text = await answered(ask, 'Text: ', (text) => text !== '')
  }
  const name = textOf(values, 'template')
  if (name === undefined || listOf(values, 'param').length > 0 || textOf(values, 'otp-code') !== undefined)
    return values
  const language = textOf(values, 'language')
  const template = (await templates()).find(
    (one) => one.name === name && (language === undefined || one.language === language),
  )
  const params: string[] = []
  for (const variable of variablesOf(template)) params.push(await answered(ask, `${variable}: `, (text) => text !== ''))
  return params.length === 0 ? values : { ...values, param: params }
}

async function askTemplate(ask: Ask, templates: readonly Template[]): Promise<string> {
  const names = [...new Set(templates.filter(({ status }) => status === 'APPROVED').map(({ name }) => name))]
  const shown = names.length === 0 ? '' : ` (${names.slice(0, 20).join(', ')}${names.length > 20 ? ' …' : ''})`
  return answered(ask, `Template${shown}: `, (name) => name !== '')
}

/** The variables of the body, in the order in which a send gives them. */
function variablesOf(template: Template | undefined): string[] {
  const body = template?.components.find(({ type }) => type?.toUpperCase() === 'BODY')?.text ?? ''
  return [...new Set([...body.matchAll(/\{\{\w+\}\}/g)].map(([variable]) => variable))].toSorted((a, b) =>
    a.localeCompare(b, 'en', { numeric: true }),
  )
}

async function answered(ask: Ask, question: string, isRight: (text: string) => boolean): Promise<string> {
  for (let tries = 1; ; tries++) {
    const text = await ask(question)
    // After that the gateway says what is wrong with it.
    if (isRight(text) || tries >= TRIES) return text
  }
}
