import { Fieldset, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { productSection, productSections } from './commerce-kinds.ts'
import type { Json } from './draft.ts'
import { Count, Fields } from './fields.tsx'
import { UploadButton } from './upload.tsx'
import { wishesOf, type Values, type Wish } from './template-wishes.ts'

export type TemplateDraft = { id: string | null; values: Values }

type Problems = { problems: readonly FieldProblem[]; places: Record<string, string>; strict: boolean }

/** Selects an approved template and has an input for each of its parameters. */
export function TemplateForm(
  props: Problems & {
    templates: readonly CatalogEntry[]
    draft: TemplateDraft
    change: (draft: TemplateDraft) => void
  },
) {
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
        onChange={(id) => {
          const chosen = approved.find((one) => one.id === id)
          props.change(chosen ? templateDraft(chosen) : { id, values: {} })
        }}
        searchable
        error={props.strict && !entry ? t('Choose a template') : undefined}
      />
      {entry && wishes.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('This template has no parameters.')}
        </Text>
      )}
      <WishFields {...props} wishes={wishes} />
    </Stack>
  )
}

/** Inputs for some of a template's parameters. */
export function WishFields(
  props: Problems & { wishes: readonly Wish[]; draft: TemplateDraft; change: (draft: TemplateDraft) => void },
) {
  const set = (key: string, value: string | Json[]): void =>
    props.change({ ...props.draft, values: { ...props.draft.values, [key]: value } })
  return props.wishes.map((wish) =>
    wish.kind === 'sections' ? (
      <Sections key={wish.key} wish={wish} value={props.draft.values[wish.key]} set={set} state={props} />
    ) : (
      <WishInput key={wish.key} wish={wish} value={props.draft.values[wish.key]} set={set} state={props} />
    ),
  )
}

/** The start of a draft for a template. */
export function templateDraft(entry: CatalogEntry): TemplateDraft {
  const sections = wishesOf(entry).filter((wish) => wish.kind === 'sections')
  return { id: entry.id, values: Object.fromEntries(sections.map((wish) => [wish.key, [productSection()]])) }
}

/** True for a problem of the input itself, and of the text that contains it: the filled text may be too long. */
export const concerns = (path: string, place: string): boolean =>
  path === place ||
  path.startsWith(`${place}.`) ||
  (place.startsWith(`${path}.`) && /components\.\d+(\.parameters)?$/.test(path))

type InputProps = {
  wish: Wish
  value: string | Json[] | undefined
  set: (key: string, value: string | Json[]) => void
  state: Problems
}

function WishInput({ wish, value, set, state }: InputProps) {
  const { t } = useWords()
  const text = typeof value === 'string' ? value : ''
  const place = state.places[wish.key]
  const problem = place === undefined ? undefined : state.problems.find((one) => concerns(one.path, place))
  const error = text !== '' ? problem?.message : state.strict && !wish.optional ? t('Required') : undefined
  const common = {
    label: labelOf(t, wish),
    value: text,
    error,
    rightSectionWidth: 80,
    rightSection:
      wish.kind === 'media' ? (
        <UploadButton onDone={(file) => set(wish.key, file.id)} />
      ) : wish.limit === undefined ? undefined : (
        <Count text={text} limit={wish.limit} />
      ),
  }
  if (wish.kind === 'json')
    return (
      <Textarea
        {...common}
        autosize
        minRows={2}
        maxRows={10}
        placeholder="{ }"
        onChange={(event) => set(wish.key, event.currentTarget.value)}
      />
    )
  return (
    <TextInput
      {...common}
      type={wish.kind === 'date' ? 'datetime-local' : 'text'}
      inputMode={wish.kind === 'number' ? 'numeric' : undefined}
      placeholder={wish.kind === 'media' ? 'https://…' : undefined}
      onChange={(event) => set(wish.key, event.currentTarget.value)}
    />
  )
}

/** The products of a template's button, in the same form as a product list. */
function Sections({ wish, value, set, state }: InputProps) {
  const { t } = useWords()
  const place = state.places[wish.key]
  const problems = state.problems.flatMap((one) =>
    place !== undefined && one.path.startsWith(place)
      ? [{ ...one, path: `sections${one.path.slice(place.length)}` }]
      : [],
  )
  return (
    <Fieldset legend={labelOf(t, wish)} p="sm">
      <Stack gap="xs">
        <Fields
          parts={[productSections('sections')]}
          state={{
            draft: { sections: Array.isArray(value) ? value : [] },
            change: (next) => set(wish.key, next.sections as Json[]),
            problems,
            strict: state.strict,
          }}
        />
      </Stack>
    </Fieldset>
  )
}

type Translate = (text: string, params?: Record<string, string | number>) => string

export function labelOf(t: Translate, wish: Wish): string {
  const card = /^card\.(\d+)\./.exec(wish.of)
  const before = card ? `${t('Card')} ${Number(card[1]) + 1}: ` : ''
  const part = wish.of.replace(/^card\.\d+\./, '')
  if (wish.kind === 'code') return t('One-time code')
  if (wish.kind === 'date') return t('The offer ends')
  if (part === 'header') return `${before}${t('Header')} ${t(wish.label)}`
  if (part === 'button') {
    const button = `${before}${t('Button')} “${wish.label}”`
    return wish.asks === undefined ? button : `${button}: ${t(wish.asks)}`
  }
  return `${before}${t('Body')} ${wish.label}`
}
