import { Button, Checkbox, CloseButton, Group, Popover, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useTimes } from '../time.ts'
import { CodeTabs } from './code-tabs.tsx'
import type { Column } from './columns.ts'
import { MOST_ROWS, type Format } from './export-rows.ts'
import type { CodeRequest } from './request-code.ts'
import { useViews } from './views.ts'

/** What one does with a list besides filtering it: stop it, choose columns, keep the search, and take it away. */
export function ListTools<Key extends string>(props: {
  /** A word for what this browser keeps. */
  list: string
  columns: readonly Column<Key>[]
  shown: readonly Key[]
  onShown: (next: readonly Key[]) => void
  /** Unix seconds. Undefined: the list follows what happens. */
  pausedAt: number | undefined
  onPause: (pausedAt: number | undefined) => void
  /** Saves the list as a file. Resolves with the number of rows, and whether there were more. */
  onExport: (format: Format, signal: AbortSignal) => Promise<{ rows: number; isCut: boolean }>
  /** The request behind the list, with its filters. */
  call: CodeRequest
}) {
  const { t } = useWords()
  const times = useTimes()
  const { pausedAt, onPause } = props
  return (
    <Group gap="xs" className="list-tools">
      <Button
        size="compact-sm"
        variant={pausedAt === undefined ? 'default' : 'light'}
        aria-pressed={pausedAt !== undefined}
        onClick={() => onPause(pausedAt === undefined ? Date.now() / 1000 : undefined)}
      >
        {pausedAt === undefined ? t('Pause the list') : t('Follow again')}
      </Button>
      <Columns columns={props.columns} shown={props.shown} onShown={props.onShown} />
      <Views list={props.list} />
      <Export onExport={props.onExport} />
      <Tool label={t('Code')}>
        <Stack gap="xs" className="list-code">
          <Text size="sm" c="dimmed">
            {t('The call behind this list')}. {t('Replace YOUR_API_KEY with an API key or the admin token.')}
          </Text>
          <CodeTabs request={props.call} />
        </Stack>
      </Tool>
      {pausedAt !== undefined && (
        <Text size="sm" c="dimmed" role="status">
          {t('Stopped at {time}. What came later is not shown.', { time: times.second(pausedAt) })}
        </Text>
      )}
    </Group>
  )
}

function Tool({ label, children }: { label: string; children: ReactNode }) {
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="bottom-start" trapFocus withinPortal shadow="md">
      <Popover.Target>
        <Button size="compact-sm" variant="default" aria-expanded={opened} onClick={() => setOpened(!opened)}>
          {label}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>{children}</Popover.Dropdown>
    </Popover>
  )
}

function Columns<Key extends string>(props: {
  columns: readonly Column<Key>[]
  shown: readonly Key[]
  onShown: (next: readonly Key[]) => void
}) {
  const { t } = useWords()
  const { shown, onShown } = props
  return (
    <Tool label={t('Columns')}>
      <Stack gap={8} role="group" aria-label={t('Columns')}>
        {props.columns.map(({ key, label }) => (
          <Checkbox
            key={key}
            label={t(label)}
            checked={shown.includes(key)}
            // A list without columns has nothing to click.
            disabled={shown.length === 1 && shown[0] === key}
            onChange={(event) =>
              onShown(event.currentTarget.checked ? [...shown, key] : shown.filter((one) => one !== key))
            }
          />
        ))}
      </Stack>
    </Tool>
  )
}

function Views({ list }: { list: string }) {
  const { t } = useWords()
  const [params, setParams] = useSearchParams()
  const { views, save, remove } = useViews(list)
  const [name, setName] = useState('')
  const search = params.toString()
  return (
    <Tool label={t('Views')}>
      <Stack gap="xs" w={260}>
        {views.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('A view is a search with a name. This browser keeps it.')}
          </Text>
        )}
        {views.map((view) => (
          <Group key={view.name} gap={4} wrap="nowrap" justify="space-between">
            <Button
              size="compact-sm"
              variant={view.search === search ? 'light' : 'subtle'}
              justify="flex-start"
              className="grow"
              onClick={() => setParams(view.search)}
            >
              <span dir="auto">{view.name}</span>
            </Button>
            <CloseButton
              size="sm"
              aria-label={t('Remove {name}', { name: view.name })}
              onClick={() => remove(view.name)}
            />
          </Group>
        ))}
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (name.trim() === '') return
            save({ name: name.trim(), search })
            setName('')
          }}
        >
          <Group gap={6} wrap="nowrap" align="flex-end">
            <TextInput
              className="grow"
              size="xs"
              label={t('Save this search as')}
              maxLength={60}
              value={name}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <Button type="submit" size="xs">
              {t('Save')}
            </Button>
          </Group>
        </form>
      </Stack>
    </Tool>
  )
}

function Export({
  onExport,
}: {
  onExport: (format: Format, signal: AbortSignal) => Promise<{ rows: number; isCut: boolean }>
}) {
  const { t, says } = useWords()
  const times = useTimes()
  const [running, setRunning] = useState<Format>()
  const leaving = useRef(new AbortController())
  useEffect(() => {
    const left = (leaving.current = new AbortController())
    return () => left.abort()
  }, [])

  async function run(format: Format): Promise<void> {
    const { signal } = leaving.current
    setRunning(format)
    try {
      const { rows, isCut } = await onExport(format, signal)
      const n = times.number(rows)
      notifications.show({
        message: isCut
          ? t('The newest {n} rows were saved. The API has all.', { n })
          : t('{n} rows were saved.', { n }),
      })
    } catch (error) {
      if (!signal.aborted) notifications.show({ color: 'red', message: says((error as Error).message) })
    } finally {
      if (!signal.aborted) setRunning(undefined)
    }
  }

  return (
    <Tool label={t('Export')}>
      <Stack gap="xs" w={230}>
        <Text size="sm" c="dimmed">
          {t('The list as it is filtered, newest first, at most {n} rows.', { n: times.number(MOST_ROWS) })}
        </Text>
        {(['csv', 'jsonl'] as const).map((format) => (
          <Button
            key={format}
            size="xs"
            variant="default"
            loading={running === format}
            disabled={running !== undefined && running !== format}
            onClick={() => void run(format)}
          >
            {format === 'csv' ? t('CSV, for a spreadsheet') : t('JSON Lines, with everything')}
          </Button>
        ))}
      </Stack>
    </Tool>
  )
}
