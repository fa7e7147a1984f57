import { Alert, List, Text } from '@mantine/core'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { ApiError } from '../api.ts'

/** The reason of a refused send, each problem with its place, and the next step. */
/** The name of a field by its path in the body, for people. */
export type FieldName = (path: string) => string | undefined

export function SendError({ error, nameOf }: { error: unknown; nameOf?: FieldName }) {
  const { t, says } = useWords()
  const upstream = error instanceof ApiError ? (error.details.upstream as { advice?: string } | undefined) : undefined
  const advice = error instanceof ApiError ? (error.details.advice ?? upstream?.advice) : undefined
  return (
    <Alert color="red" variant="light" role="alert" title={t('Not sent')}>
      <Text size="sm">{says(error instanceof Error ? error.message : String(error))}</Text>
      {typeof advice === 'string' && (
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
