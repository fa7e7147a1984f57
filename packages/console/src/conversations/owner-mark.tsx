import { useWords } from '../../../ui/src/i18n.tsx'
import type { Person } from '../api.ts'

/** Tells who answers this contact. Nothing for a number that one program answers. */
export function OwnerMark({ person: { owner } }: { person: Person }) {
  const { t } = useWords()
  if (!owner) return null
  const text =
    owner.owner === 'us' ? t('we answer') : owner.owner === 'other' ? t('another program answers') : t('nobody answers')
  return (
    <span className="status" data-tone={owner.owner === 'other' ? 'warm' : undefined} title={owner.role ?? undefined}>
      {text}
    </span>
  )
}
