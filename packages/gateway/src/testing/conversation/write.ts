import type { Conversation, Step } from './steps.ts'

/** The forms of a file of a conversation. */
export type FileForm = 'yaml' | 'ts'

export async function writeConversation(form: FileForm, conversation: Conversation): Promise<string> {
  return form === 'yaml' ? yamlOf(conversation) : typescriptOf(conversation)
}

async function yamlOf({ name, steps }: Conversation): Promise<string> {
  const { stringify } = await import('yaml')
  return `# Recorded by Postern. Run it with: postern replay-test FILE
# {id}, {time}, {date} and {number} stand for what differs in each run, and {any} for any text.
${stringify({ name, steps }, { lineWidth: 0 })}`
}

function typescriptOf({ name, steps }: Conversation): string {
  return `// Recorded by Postern. {id}, {time}, {date} and {number} stand for what differs in each run, and {any} for any text.
import { test } from 'node:test'
import { startPostern } from 'postern/testing'

test(${quoted(name)}, async () => {
  await using postern = await startPostern()
  // Start your software here. It needs postern.url and postern.certificationCode, or
  // await postern.webhook('http://127.0.0.1:3000/webhook').
  await postern.replay([
${steps.map((step) => `    ${codeOf(step)},\n`).join('')}  ])
})
`
}

function codeOf(value: unknown): string {
  if (typeof value === 'string') return quoted(value)
  if (Array.isArray(value)) return `[${value.map(codeOf).join(', ')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const entries = Object.entries(value as Step).map(([key, one]) => `${keyOf(key)}: ${codeOf(one)}`)
  return `{ ${entries.join(', ')} }`
}

const keyOf = (key: string): string => (/^[A-Za-z_]\w*$/.test(key) ? key : quoted(key))

/** In single quotes. */
const quoted = (text: string): string =>
  `'${JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
