import { Select, Stack, Text, TextInput } from '@mantine/core'
import type { CatalogEntry } from '../../../src/templates/catalog-entry.ts'
import type { FieldProblem } from '../../../src/errors.ts'
import { useWords } from '../../shared/i18n.tsx'
import { templateOf, wishesOf, type Values, type Wish } from './template-values.ts'

export type TemplateDraft = { id: string | null; values: Values }

/** Picks an approved template and asks for each of its parameters. */
export function TemplateForm(props: {
  templates: readonly CatalogEntry[]
  draft: TemplateDraft
  change: (draft: TemplateDraft) => void
  problems: readonly FieldProblem[]
  strict: boolean
}) {
  const { t } = useWords()
  const approved = props.templates.filter((one) => one.status === 'APPROVED')
  const entry = approved.find((one) => one.id === props.draft.id)
  const wishes = entry ? wishesOf(entry) : []
  return (
    <Stack gap="sm">
      <Select
        label={t('Template')}
        placeholder={approved.length === 0 ? t('No template is approved yet') : t('Choose one')}
        data={approved.map((one) => ({ value: one.id, label: `${one.name} · ${one.language}` }))}
        value={props.draft.id}
        onChange={(id) => props.change({ id, values: {} })}
        searchable
        error={props.strict && !entry ? t('Choose a template') : undefined}
      />
      {entry && wishes.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('This template has no parameters.')}
        </Text>
      )}
      {wishes.map((wish) => {
        const value = props.draft.values[wish.key] ?? ''
        return (
          <TextInput
            key={wish.key}
            label={labelOf(t, wish)}
            type={wish.kind === 'date' ? 'datetime-local' : 'text'}
            placeholder={wish.kind === 'media' ? 'https://…' : undefined}
            value={value}
            error={props.strict && value === '' && wish.kind !== 'latitude' ? t('is needed') : undefined}
            onChange={(event) =>
              props.change({ ...props.draft, values: { ...props.draft.values, [wish.key]: event.currentTarget.value } })
            }
          />
        )
      })}
    </Stack>
  )
}

type Translate = (text: string, params?: Record<string, string | number>) => string

function labelOf(t: Translate, wish: Wish): string {
  const card = /^card\.(\d+)\./.exec(wish.of)
  const before = card ? `${t('Card')} ${Number(card[1]) + 1}: ` : ''
  const part = wish.of.replace(/^card\.\d+\./, '')
  if (wish.kind === 'code') return t('One-time code')
  if (wish.kind === 'date') return t('The offer ends')
  if (part === 'header') return `${before}${t('Header')} ${wish.label}`
  if (part === 'button') return `${before}${t('Button')} “${wish.label}”`
  return `${before}${t('Body')} ${wish.label}`
}

export { templateOf }
