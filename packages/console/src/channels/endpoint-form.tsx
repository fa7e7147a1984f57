import { Alert, Button, MultiSelect, Select, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, ApiError, type Endpoint } from '../api.ts'
import { useAction } from '../use-action.ts'

type Draft = Record<'name' | 'url' | 'format' | 'events' | 'types' | 'statuses' | 'headers', string>

const draftOf = (endpoint: Endpoint | undefined): Draft => ({
  name: endpoint?.name ?? '',
  url: endpoint?.url ?? '',
  format: endpoint?.format ?? 'postern',
  events: endpoint?.events?.join(', ') ?? '',
  types: endpoint?.types?.join(', ') ?? '',
  statuses: endpoint?.statuses?.join(', ') ?? '',
  headers: '',
})

/** The words of a comma list; null when there are none, which means all. */
function wordsOf(text: string): string[] | null {
  const words = text
    .split(/[\s,，、]+/)
    .map((word) => word.trim())
    .filter((word) => word !== '')
  return words.length === 0 ? null : words
}

/** Lines of the form "Name: value". */
function headersOf(text: string): Record<string, string> {
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  return Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return colon < 0 ? [line.trim(), ''] : [line.slice(0, colon).trim(), line.slice(colon + 1).trim()]
    }),
  )
}

/** What a new endpoint is made of, or what has changed of one. */
function bodyOf(draft: Draft, before: Draft, removed: readonly string[], isNew: boolean): Record<string, unknown> {
  const headers = { ...Object.fromEntries(removed.map((name) => [name, null])), ...headersOf(draft.headers) }
  const whole: Record<string, unknown> = {
    name: draft.name.trim(),
    url: draft.url.trim(),
    format: draft.format,
    events: wordsOf(draft.events),
    types: wordsOf(draft.types),
    statuses: wordsOf(draft.statuses),
    ...(Object.keys(headers).length > 0 && { headers }),
  }
  const changed = ([key, value]: [string, unknown]): boolean =>
    isNew ? value !== null : key === 'headers' || draft[key as keyof Draft] !== before[key as keyof Draft]
  return Object.fromEntries(Object.entries(whole).filter(changed))
}

/** Adds an endpoint, or changes one. `onDone` is given the secret of a new one. */
export function EndpointForm(props: { channelId: number; endpoint?: Endpoint; onDone: (secret?: string) => void }) {
  const { channelId, endpoint, onDone } = props
  const { t, says } = useWords()
  const queries = useQueryClient()
  // Only what the user changes is sent, so that a change by somebody else meanwhile stays.
  const [before] = useState(() => draftOf(endpoint))
  const [draft, setDraft] = useState(before)
  const [kept, setKept] = useState(endpoint?.headers ?? [])
  const at = `/admin/channels/${channelId}/endpoints`
  const save = useAction({
    mutationFn: () => {
      const removed = endpoint?.headers.filter((name) => !kept.includes(name)) ?? []
      const body = bodyOf(draft, before, removed, !endpoint)
      return endpoint
        ? api<{ secret?: string }>('PATCH', `${at}/${endpoint.endpoint_id}`, body)
        : api<{ secret?: string }>('POST', at, body)
    },
    onSuccess: async ({ secret }) => {
      await Promise.all(['endpoints', 'channels'].map((name) => queries.invalidateQueries({ queryKey: [name] })))
      onDone(secret)
    },
  })
  const problemOf = (path: string): string | undefined => {
    const fields = save.error instanceof ApiError ? save.error.fields : []
    const found = fields.find((one) => one.path === path || one.path.startsWith(`${path}.`))
    return found && says(found.message)
  }
  const bind = (key: keyof Draft) => ({
    value: draft[key],
    error: problemOf(key),
    onChange: (event: { currentTarget: { value: string } }) => {
      const { value } = event.currentTarget
      setDraft((now) => ({ ...now, [key]: value }))
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack gap="sm">
        <TextInput label={t('Name')} required {...bind('name')} />
        <TextInput label={t('Webhook URL')} placeholder="https://…" required {...bind('url')} />
        <Select
          label={t('Format')}
          data={[
            { value: 'postern', label: 'Postern' },
            { value: 'meta', label: t('Meta’s webhooks') },
          ]}
          value={draft.format}
          onChange={(format) => format && setDraft((now) => ({ ...now, format }))}
          allowDeselect={false}
          error={problemOf('format')}
        />
        <TextInput
          label={t('Events')}
          description={t('Names, separated by commas. Empty: all.')}
          placeholder="new_message, message_status_update"
          {...bind('events')}
        />
        <TextInput label={t('Types of messages')} placeholder="text, image" {...bind('types')} />
        <TextInput label={t('Statuses')} placeholder="read, failed" {...bind('statuses')} />
        {endpoint && endpoint.headers.length > 0 && (
          <MultiSelect label={t('Headers that it has')} data={endpoint.headers} value={kept} onChange={setKept} />
        )}
        <Textarea
          label={endpoint ? t('New headers') : t('Headers')}
          description={t('One per line, such as Authorization: Bearer … They are secrets and are not shown again.')}
          autosize
          minRows={1}
          {...bind('headers')}
        />
        {endpoint && (
          <Text size="xs" c="dimmed">
            {t('Changed filters count for new events only.')}
          </Text>
        )}
        {save.isError && (
          <Alert color="red" variant="light" role="alert">
            {says(save.error.message)}
          </Alert>
        )}
        <Button type="submit" loading={save.isPending}>
          {endpoint ? t('Save') : t('Add endpoint')}
        </Button>
      </Stack>
    </form>
  )
}
