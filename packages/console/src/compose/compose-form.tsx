import { Select, Stack } from '@mantine/core'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Fields } from './fields.tsx'
import { KINDS } from './kinds.ts'
import { TemplateForm } from './template-form.tsx'
import type { Draft } from './use-draft.ts'

/** The form of every type of message. `onlyAlways` shows only the types that a closed window allows. */
export function ComposeForm(props: { draft: Draft; templates: readonly CatalogEntry[]; onlyAlways?: boolean }) {
  const { t } = useWords()
  const { draft } = props
  const kinds = KINDS.filter((kind) => !props.onlyAlways || kind.always)
  return (
    <Stack gap="sm">
      <Select
        label={t('Type of message')}
        data={kinds.map((kind) => ({ value: kind.id, label: t(kind.label) }))}
        value={draft.kind.id}
        onChange={(id) => id && draft.chooseKind(id)}
        allowDeselect={false}
        maxDropdownHeight={420}
      />
      {draft.kind.id === 'template' ? (
        <TemplateForm
          templates={props.templates}
          draft={draft.template}
          change={draft.changeTemplate}
          problems={draft.problems}
          places={draft.places}
          strict={draft.strict}
        />
      ) : (
        <Fields
          parts={draft.kind.fields}
          state={{ draft: draft.draft, change: draft.change, problems: draft.problems, strict: draft.strict }}
        />
      )}
    </Stack>
  )
}
