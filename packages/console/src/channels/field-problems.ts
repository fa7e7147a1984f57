import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import type { Words } from '../../../ui/src/i18n.tsx'

/** The problems of one field in words, with the line where the field is a list. Undefined: there are none. */
export function problemsAt(
  fields: readonly FieldProblem[],
  path: string,
  { t, says }: Pick<Words, 't' | 'says'>,
): string | undefined {
  const found = fields.flatMap((one) => {
    if (one.path === path) return [says(one.message)]
    const place = one.path.startsWith(`${path}.`) ? one.path.slice(path.length + 1) : ''
    return /^\d+$/.test(place) ? [t('Line {n}: {problem}', { n: Number(place) + 1, problem: says(one.message) })] : []
  })
  return found.length === 0 ? undefined : found.join(' · ')
}
