import { Alert, Button, Group, JsonInput, Stack, Tabs, Text } from '@mantine/core'
import { useMemo, useState } from 'react'
import type { FieldProblem } from '../../../gateway/src/platform/errors.ts'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { parseTemplateCreate, parseTemplateEdit } from '../../../gateway/src/domain/templates/parse-create.ts'
import { readTemplate } from '../../../gateway/src/domain/templates/read-template.ts'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useKept, type Kept } from '../../../ui/src/kept.ts'
import { asObject } from '../../../ui/src/shown.ts'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { api } from '../api.ts'
import { Problems, SendError } from '../compose/send-error.tsx'
import { SketchForm } from './sketch-form.tsx'
import { componentsFrom, emptySketch, isSketch, sketchOf, templateFrom, type Sketch } from './sketch.ts'
import { useAction } from '../use-action.ts'

type Sketched = { sketch: Sketch | undefined; mode: 'form' | 'json'; json: string }

/** A new template that begins as a copy of another. */
export type Copy = { of: CatalogEntry; name: string }

/**
 * The draft of a new template, or of changes to a template. A draft of changes is dropped when the template has changed
 * since, and so is a draft of a copy.
 */
function sketchedForm(entry: CatalogEntry | undefined, copy: Copy | undefined): Kept<Sketched> {
  const from = entry ?? copy?.of
  const base = from ? JSON.stringify(from.components) : ''
  const start = (): Sketched => {
    if (copy) return copied(copy)
    const sketch = entry ? sketchOf(entry) : emptySketch()
    const json = JSON.stringify(entry ? { components: entry.components } : {}, null, 2)
    return { sketch, mode: sketch ? 'form' : 'json', json }
  }
  return {
    start,
    read: (stored) => {
      const { sketch, mode, json, base: storedBase } = asObject(stored)
      if (storedBase !== base || typeof json !== 'string') return undefined
      if (sketch !== undefined && !isSketch(sketch)) return undefined
      return { sketch, mode: mode === 'json' ? 'json' : 'form', json }
    },
    keep: (value) => (JSON.stringify(value) === JSON.stringify(start()) ? undefined : { ...value, base }),
  }
}

function copied({ of, name }: Copy): Sketched {
  const { language, category, components } = of
  const sketch =
    // WhatsApp writes these texts itself, and does not take them back.
    category === 'AUTHENTICATION' ? { ...emptySketch(), language, category } : sketchOf(of)
  const json = JSON.stringify({ name, language, category, components }, null, 2)
  return { sketch: sketch && { ...sketch, name }, mode: sketch ? 'form' : 'json', json }
}

/**
 * Creates or changes a template. Shows problems that WhatsApp would refuse while the user writes. Long: form and
 * preview show one draft.
 */
export function TemplateEditor(props: {
  channelId: number
  entry: CatalogEntry | undefined
  copy: Copy | undefined
  onDone: () => void
}) {
  const { t, says } = useWords()
  const { entry, copy } = props
  const [form] = useState(() => sketchedForm(entry, copy))
  const of = copy ? `copy of template ${copy.of.id}` : `template of ${props.channelId}`
  const kept = useKept(entry ? `template ${entry.id}` : of, form)
  const { sketch, json } = kept.value
  const mode = sketch ? kept.value.mode : 'json'
  const change = (part: Partial<Sketched>): void => kept.change((before) => ({ ...before, ...part }))
  const [strict, setStrict] = useState(false)

  const body = useMemo<unknown>(() => {
    if (mode === 'form' && sketch) return entry ? { components: componentsFrom(sketch) } : templateFrom(sketch)
    try {
      return JSON.parse(json) as unknown
    } catch {
      return undefined
    }
  }, [mode, sketch, json, entry])
  const problems = useMemo<FieldProblem[]>(() => {
    if (body === undefined) return [{ path: '', rule: 'json', message: says('not valid JSON') }]
    const parsed = entry ? parseTemplateEdit(body, entry.category) : parseTemplateCreate(body)
    return parsed.ok ? [] : parsed.problems.map((one) => ({ ...one, message: says(one.message) }))
  }, [body, entry, says])

  const save = useAction({
    mutationFn: () =>
      entry
        ? api('PATCH', `/admin/channels/${props.channelId}/templates/${entry.id}`, body)
        : api('POST', `/admin/channels/${props.channelId}/templates`, body),
    onSuccess: () => {
      kept.change(form.start)
      props.onDone()
    },
  })

  return (
    <div className="compose">
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setStrict(true)
          if (problems.length === 0) save.mutate()
        }}
      >
        <Stack gap="sm">
          <Tabs
            value={mode}
            onChange={(next) => {
              if (next === 'json' && mode === 'form') change({ mode: 'json', json: JSON.stringify(body, null, 2) })
              else change({ mode: next === 'json' ? 'json' : 'form' })
            }}
            keepMounted={false}
          >
            <Tabs.List mb="sm">
              <Tabs.Tab value="form" disabled={!sketch}>
                {t('Form')}
              </Tabs.Tab>
              <Tabs.Tab value="json">JSON</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="form">
              {sketch && (
                <SketchForm
                  sketch={sketch}
                  change={(next) => change({ sketch: next })}
                  isNew={!entry}
                  strict={strict}
                  problems={
                    strict ? problems : problems.filter((one) => one.rule !== 'required' && one.rule !== 'minLength')
                  }
                />
              )}
            </Tabs.Panel>
            <Tabs.Panel value="json">
              <JsonInput
                aria-label="JSON"
                value={json}
                onChange={(next) => change({ json: next })}
                autosize
                minRows={12}
                maxRows={26}
                validationError={t('not valid JSON')}
              />
            </Tabs.Panel>
          </Tabs>
          {strict && problems.length > 0 && (
            <Alert color="red" variant="light" role="alert" title={t('WhatsApp would reject this')}>
              <Problems problems={problems} />
            </Alert>
          )}
          {save.isError && <SendError error={save.error} />}
          <Group>
            <Button type="submit" loading={save.isPending}>
              {entry ? t('Save') : t('Create')}
            </Button>
            {form.keep(kept.value) !== undefined && (
              <Button variant="default" onClick={() => kept.change(form.start)}>
                {entry ? t('Undo') : t('Start over')}
              </Button>
            )}
            <Text size="xs" c="dimmed">
              {t('WhatsApp reviews it before it can be sent.')}
            </Text>
          </Group>
        </Stack>
      </form>
      <div className="preview">
        <Preview body={body} />
      </div>
    </div>
  )
}

function Preview({ body }: { body: unknown }) {
  const entry = useMemo(() => {
    const { name, language, category, components } = (body ?? {}) as Record<string, unknown>
    if (!Array.isArray(components)) return undefined
    try {
      return readTemplate({
        id: '0',
        name: String(name || 'x'),
        language: String(language ?? 'en_US'),
        status: 'APPROVED',
        category: String(category ?? 'UTILITY'),
        components: components as never,
      })
    } catch {
      // Incomplete JSON has no preview.
      return undefined
    }
  }, [body])
  if (!entry) return null
  return <Bubble shown={shownOfEntry(entry, [])} own={false} sourceOf={() => undefined} />
}
