import { extname } from 'node:path'
import { checkSteps, WrongConversation, type Conversation } from './steps.ts'
import type { FileForm } from './write.ts'

/** The form of a file, by the end of its name. */
export function formOf(path: string): FileForm | undefined {
  const end = extname(path).toLowerCase()
  if (end === '.yaml' || end === '.yml') return 'yaml'
  return end === '.ts' || end === '.mts' ? 'ts' : undefined
}

export async function readYaml(text: string): Promise<Conversation> {
  const { parse, YAMLError } = await import('yaml')
  let value: unknown
  try {
    value = parse(text)
  } catch (error) {
    if (!(error instanceof YAMLError) && !(error instanceof ReferenceError)) throw error
    throw new WrongConversation(`The file is not YAML: ${error.message}`)
  }
  if (typeof value !== 'object' || value === null) throw new WrongConversation('The file must have "steps".')
  const { name, steps } = value as { name?: unknown; steps?: unknown }
  return { name: typeof name === 'string' ? name : 'a recorded conversation', steps: checkSteps(steps) }
}
