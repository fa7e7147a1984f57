import { Alert, List, Text } from '@mantine/core'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { ApiError } from '../api.ts'

/** The name of a field by its path in the body, for people. */
export type FieldName = (path: string) => string | undefined

/** What to do about a refusal, of the gateway or of WhatsApp. */
export function adviceOf(error: unknown): string | undefined {
  if (!(error instanceof ApiError)) return undefined
  const { advice, upstream } = error.details as { advice?: unknown; upstream?: { advice?: unknown } }
  const said = advice ?? upstream?.advice
  return typeof said === 'string' ? said : undefined
}

/** The reason of a refused send, each problem with its place, and the next step. */
export function SendError({ error, nameOf }: { error: unknown; nameOf?: FieldName }) {
  const { t, says } = useWords()
  const advice = adviceOf(error)
  const message = error instanceof Error ? error.message : String(error)
  // The message of a refused body begins with the path of its first problem, which the list names in words.
  const isListed = error instanceof ApiError && error.fields.some(({ path }) => message.startsWith(`${path}: `))
  return (
    <Alert color="red" variant="light" role="alert" title={t('Not sent')}>
      {!isListed && <Text size="sm">{says(message)}</Text>}
      {advice !== undefined && (
        <Text size="sm" fw={600} mt={4}>
          {says(advice)}
        </Text>
      )}
      {error instanceof ApiError && <Problems problems={error.fields} {...(nameOf && { nameOf })} />}
    </Alert>
  )
}

export function Problems({ problems, nameOf }: { problems: readonly FieldProblem[]; nameOf?: FieldName }) {
  const { says } = useWords()
  if (problems.length === 0) return null
  const lines = new Map<string, { name: string | undefined; problem: FieldProblem }>()
  for (const problem of problems) {
    const name = nameOf?.(problem.path)
    lines.set(`${name ?? problem.path} ${problem.message}`, { name, problem })
  }
  return (
    <List size="sm" mt={6}>
      {[...lines.values()].slice(0, 12).map(({ name, problem }, i) => (
        <List.Item key={i}>
          {name === undefined ? <span className="mono">{problem.path}</span> : <strong dir="auto">{name}</strong>}:{' '}
          {says(problem.message)}
        </List.Item>
      ))}
    </List>
  )
}
