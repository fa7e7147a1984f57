import { Button, Group, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import { Link } from 'wouter'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { Status } from '../status.tsx'
import { examplesOf, type Family } from './gallery.ts'
import { Rejection } from './rejection.tsx'
import type { Change } from './seen.ts'
import type { Opened } from './template-dialogs.tsx'

/** One template in all its languages; one of them is shown as the person sees it. */
export function TemplateCard(props: {
  family: Family
  channelId: number
  changes: ReadonlyMap<string, Change[]>
  open: (opened: Opened) => void
}) {
  const { t } = useWords()
  const { family, changes } = props
  const [chosen, setChosen] = useState<string | null>(null)
  const entry = family.entries.find((one) => one.id === chosen) ?? firstOf(family)
  const shown = useMemo(() => shownOfEntry(entry, examplesOf(entry)), [entry])
  const reason = entry.rejectedReason === 'NONE' ? undefined : entry.rejectedReason
  return (
    <article className="template-card" aria-label={family.name}>
      <div className="template-card-head">
        <h2 className="mono">{family.name}</h2>
        <Text size="xs" c="dimmed" component="span">
          {t(entry.category)}
        </Text>
        {entry.quality !== '' && entry.quality !== 'UNKNOWN' && (
          <span title={t('Quality')}>
            <Status value={entry.quality} />
          </span>
        )}
      </div>
      <Languages family={family} entry={entry} choose={setChosen} />
      <Changes family={family} changes={changes} />
      {reason !== undefined && entry.status === 'REJECTED' && <Rejection reason={reason} />}
      <div
        className="preview"
        tabIndex={0}
        role="group"
        aria-label={`${t('Preview')}: ${family.name}, ${entry.language}`}
      >
        <Bubble shown={shown} own={false} sourceOf={() => undefined} />
      </div>
      <Actions entry={entry} channelId={props.channelId} open={props.open} />
    </article>
  )
}

/** What can be sent is shown before the rest. */
const firstOf = ({ matching }: Family): CatalogEntry =>
  matching.find((one) => one.status === 'APPROVED') ?? matching[0]!

/** A chip per language with its status. The pressed one is shown. */
function Languages(props: { family: Family; entry: CatalogEntry; choose: (id: string) => void }) {
  const { t } = useWords()
  const { family } = props
  return (
    <div className="template-languages" role="group" aria-label={t('Language')}>
      {family.entries.map((one) => (
        <button
          key={one.id}
          type="button"
          className="template-language"
          aria-pressed={one.id === props.entry.id}
          onClick={() => props.choose(one.id)}
        >
          {one.language} <Status value={one.status} />
        </button>
      ))}
    </div>
  )
}

/** Of all languages, so that none is overlooked. */
function Changes({ family, changes }: { family: Family; changes: ReadonlyMap<string, Change[]> }) {
  const { t } = useWords()
  const lines = family.entries.flatMap((one) =>
    (changes.get(one.id) ?? []).map((change) => ({ language: one.language, change })),
  )
  return lines.map(({ language, change }, i) => (
    <Text key={i} size="xs" className="template-change">
      <b>{language}</b>{' '}
      {change.isNew
        ? t('New since your last look')
        : t('{before} became {now}', { before: t(change.before) || '—', now: t(change.now) || '—' })}
    </Text>
  ))
}

const word = (text: string): string => text
const ACTIONS = [
  { kind: 'edit', label: word('Edit') },
  { kind: 'duplicate', label: word('Duplicate') },
  { kind: 'show', label: word('View') },
  { kind: 'delete', label: word('Delete') },
] as const

function Actions(props: { entry: CatalogEntry; channelId: number; open: (opened: Opened) => void }) {
  const { t } = useWords()
  const { entry, open } = props
  const named = (text: string): string => `${text} ${entry.name} ${entry.language}`
  return (
    <Group gap={0} className="template-actions">
      {entry.status === 'APPROVED' && (
        <Button
          component={Link}
          size="xs"
          variant="default"
          href={`/compose?kind=template&channel=${props.channelId}&template=${encodeURIComponent(entry.id)}`}
          aria-label={named(t('Send this'))}
        >
          {t('Send this')}
        </Button>
      )}
      {ACTIONS.map(({ kind, label }) => (
        <Button
          key={kind}
          size="compact-xs"
          variant="subtle"
          {...(kind === 'delete' && { color: 'red' })}
          aria-label={named(t(label))}
          onClick={() => open({ kind, entry })}
        >
          {t(label)}
        </Button>
      ))}
    </Group>
  )
}
