import { Button, Fieldset, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { getAt, mediaFrom, setAt, type Json } from './draft.ts'
import { UploadButton } from './upload.tsx'
import type { Field, FormPart, GroupField, ListField } from './form-parts.ts'

export type FormState = {
  draft: Json
  change: (draft: Json) => void
  problems: readonly FieldProblem[]
  /** Before the first attempt to send, an empty field is not shown as a problem. */
  strict: boolean
}

/** Inputs for each part, each with its own problems beside it. */
export function Fields({ parts, at, state }: { parts: readonly FormPart[]; at?: string; state: FormState }) {
  return parts.map((part) =>
    part.kind === 'list' ? (
      <ListInput key={part.path} part={part} path={join(at, part.path)} state={state} />
    ) : part.kind === 'group' ? (
      <Group key={part.path} part={part} at={at} state={state} />
    ) : (
      <Input key={part.path} part={part} at={at} state={state} />
    ),
  )
}

const join = (at: string | undefined, path: string): string => (at === undefined ? path : `${at}.${path}`)

const lengthOf = (text: string): number => [...text].length

export function problemAt(
  state: Pick<FormState, 'problems' | 'strict'>,
  path: string,
  value: unknown,
): string | undefined {
  const problem = state.problems.find((one) => one.path === path)
  if (!problem) return undefined
  return state.strict || (value !== '' && value !== undefined) ? problem.message : undefined
}

/** A group with a problem opens by itself. */
function Group({ part, at, state }: { part: GroupField; at: string | undefined; state: FormState }) {
  const { t } = useWords()
  const path = join(at, part.path)
  const [isOpen, setOpen] = useState(() => getAt(state.draft, path) !== undefined)
  const isWrong = state.problems.some((one) => one.path.startsWith(path))
  return (
    <details className="fold" open={isOpen || isWrong} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t(part.label)}</summary>
      <Stack gap="xs" pt="xs">
        <Fields parts={part.fields} {...(at !== undefined && { at })} state={state} />
      </Stack>
    </details>
  )
}

function Input({ part, at, state }: { part: Field; at: string | undefined; state: FormState }) {
  const path = join(at, part.path)
  if (part.kind === 'media') return <MediaInput part={part} path={path} state={state} />
  if (part.kind === 'header') return <HeaderInput part={part} path={path} state={state} />
  const drops = part.drops === undefined ? undefined : join(at, part.drops)
  return <TextField part={part} path={path} drops={drops} state={state} />
}

function TextField(props: { part: Field; path: string; drops?: string | undefined; state: FormState }) {
  const { part, path, drops, state } = props
  const { t } = useWords()
  const value = getAt(state.draft, path)
  const text = typeof value === 'string' || typeof value === 'number' ? String(value) : ''
  const set = (next: string): void => {
    if (drops !== undefined && next === '') state.change(setAt(state.draft, drops, undefined))
    // A text that is not a number stays a text: the schema then reports the problem.
    else state.change(setAt(state.draft, path, part.kind === 'number' && /^\d{1,15}$/.test(next) ? Number(next) : next))
  }
  const common = {
    label: t(part.label),
    value: text,
    error: problemAt(state, path, value),
    description: part.help === undefined ? undefined : t(part.help),
    rightSectionWidth: 84,
    rightSection: part.limit === undefined ? undefined : <Count text={text} limit={part.limit} />,
  }
  return part.kind === 'area' ? (
    <Textarea {...common} autosize minRows={2} maxRows={10} onChange={(event) => set(event.currentTarget.value)} />
  ) : (
    <TextInput
      {...common}
      inputMode={part.kind === 'number' ? 'numeric' : undefined}
      onChange={(event) => set(event.currentTarget.value)}
    />
  )
}

/** Shows the length of the text and its limit. */
export function Count({ text, limit }: { text: string; limit: number }) {
  const length = lengthOf(text)
  return (
    <Text size="xs" className="counter" data-over={length > limit || undefined}>
      {length}/{limit}
    </Text>
  )
}

function MediaInput({ part, path, state }: { part: Field; path: string; state: FormState }) {
  const { t } = useWords()
  const value = getAt(state.draft, path) as Json | undefined
  const text = String(value?.link ?? value?.id ?? '')
  const error = ['', '.link', '.id'].map((end) => problemAt(state, path + end, text)).find((one) => one !== undefined)
  const put = (next: string): void => state.change(setAt(state.draft, path, mediaFrom(next, value)))
  return (
    <TextInput
      label={t(part.label)}
      placeholder="https://…"
      value={text}
      error={error}
      rightSectionWidth={96}
      rightSection={<UploadButton onDone={(file) => put(file.id)} />}
      onChange={(event) => put(event.currentTarget.value.trim())}
    />
  )
}

function HeaderInput({ part, path, state }: { part: Field; path: string; state: FormState }) {
  const { t } = useWords()
  const header = getAt(state.draft, path) as Json | undefined
  const type = typeof header?.type === 'string' ? header.type : 'none'
  return (
    <>
      <Select
        label={t(part.label)}
        data={(part.headers ?? []).map((one) => ({ value: one, label: t(one) }))}
        value={type}
        allowDeselect={false}
        onChange={(next) => {
          const start =
            next === 'none' ? undefined : next === 'text' ? { type: 'text', text: '' } : { type: next, [next!]: {} }
          state.change(setAt(state.draft, path, start))
        }}
      />
      {type === 'text' && (
        <TextField part={{ path, label: part.label, limit: LIMITS.header }} path={`${path}.text`} state={state} />
      )}
      {type !== 'none' && type !== 'text' && (
        <MediaInput part={{ path, label: 'Link or media id' }} path={`${path}.${type}`} state={state} />
      )}
    </>
  )
}

function ListInput({ part, path, state }: { part: ListField; path: string; state: FormState }) {
  const { t } = useWords()
  const value = getAt(state.draft, path)
  const items = Array.isArray(value) ? (value as unknown[]) : []
  const set = (next: unknown[]): void =>
    state.change(setAt(state.draft, path, next.length === 0 && part.fewest === 0 ? undefined : next))
  const error = problemAt(state, path, items)
  return (
    <Stack gap="xs">
      {items.map((_item, i) => (
        <Fieldset key={i} legend={`${t(part.label)} ${i + 1}`} p="sm">
          <Stack gap="xs">
            <Fields parts={part.fields} at={`${path}.${i}`} state={state} />
            {items.length > part.fewest && (
              <Button
                size="compact-xs"
                variant="subtle"
                color="red"
                onClick={() => set(items.filter((_one, j) => j !== i).map(renumbered))}
              >
                {t('Remove')}
              </Button>
            )}
          </Stack>
        </Fieldset>
      ))}
      {error && (
        <Text size="sm" c="red">
          {error}
        </Text>
      )}
      {items.length < part.most && (
        <Button size="xs" variant="default" onClick={() => set([...items, part.make(items.length)])}>
          {t(part.add)}
        </Button>
      )}
    </Stack>
  )
}

/** The number of a card is its position. */
const renumbered = (item: unknown, i: number): unknown =>
  typeof item === 'object' && item !== null && 'card_index' in item ? { ...item, card_index: i } : item
