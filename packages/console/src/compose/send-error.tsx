import { Alert, List, Text } from '@mantine/core'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { ApiError } from '../api.ts'

/** The reason of a refused send, each problem with its place, and the next step. */
export function SendError({ error }: { error: unknown }) {
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
      {error instanceof ApiError && <Problems problems={error.fields} />}
    </Alert>
  )
}

export function Problems({ problems }: { problems: readonly FieldProblem[] }) {
  const { says } = useWords()
  if (problems.length === 0) return null
  return (
    <List size="sm" mt={6}>
      {problems.slice(0, 12).map((problem, i) => (
        <List.Item key={i}>
          <span className="mono">{problem.path}</span>: {says(problem.message)}
        </List.Item>
      ))}
    </List>
  )
}
