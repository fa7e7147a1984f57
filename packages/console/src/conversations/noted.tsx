import { Alert, Button, Group, Select, TagsInput, Textarea } from '@mantine/core'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useEffectEvent, useRef } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { type Kept, useKept } from '../../../ui/src/kept.ts'
import { api, type WholePerson } from '../api.ts'
import { useMe } from '../queries.ts'

type Change = { assignee?: string | null; note?: string | null; labels?: string[] }

/** A note that is not stored yet. */
const NOTE: Kept<{ text: string | undefined }> = {
  start: () => ({ text: undefined }),
  read: (stored) => (typeof stored === 'string' ? { text: stored } : undefined),
  keep: ({ text }) => text,
}

/**
 * Changes of one conversation, one after the other: a second label must not be lost while the first is stored. The same
 * change twice is sent once.
 */
function useChanges(person: WholePerson) {
  const queries = useQueryClient()
  const running = useRef<string>(undefined)
  const place = `${person.channel_id}/${person.contact_id}`
  const change = useMutation({
    mutationKey: ['noted', place],
    scope: { id: `noted ${place}` },
    mutationFn: (next: Change) => api<WholePerson>('PATCH', `/admin/conversations/${place}`, next),
    onSuccess: async (now) => {
      const key = ['person', person.channel_id, person.contact_id]
      // An answer that was asked for before the change would put the old labels back.
      await queries.cancelQueries({ queryKey: key })
      queries.setQueryData(key, now)
      void queries.invalidateQueries({ queryKey: ['conversations'] })
    },
    onSettled: () => {
      running.current = undefined
    },
  })
  return {
    ...change,
    mutate(next: Change, onSuccess?: () => void): void {
      const text = JSON.stringify(next)
      if (running.current === text) return
      running.current = text
      change.mutate(next, { onSuccess })
    },
  }
}

/** Assignee, labels and note. Each is stored when its field is left. */
export function Noted({ person, may }: { person: WholePerson; may: boolean }) {
  const { t, says } = useWords()
  const me = useMe()
  const users = useQuery({
    queryKey: ['assignees'],
    queryFn: () => api<{ user_id: string; name: string }[]>('GET', '/admin/conversations/assignees'),
  })
  const change = useChanges(person)
  const wanted = change.isPending ? change.variables : {}
  const { assignee } = person
  const data = (users.data ?? []).map((one) => ({ value: one.user_id, label: one.name }))
  // One who has left stays readable.
  if (assignee && !data.some((one) => one.value === assignee.user_id))
    data.push({ value: assignee.user_id, label: assignee.name || t('a removed user') })
  return (
    <>
      <h2>{t('Assigned to')}</h2>
      <Group gap={6} wrap="nowrap">
        <Select
          flex={1}
          size="xs"
          aria-label={t('Assigned to')}
          placeholder={t('Nobody')}
          data={data}
          value={wanted.assignee === undefined ? (assignee?.user_id ?? null) : wanted.assignee}
          disabled={!may}
          clearable
          searchable={data.length > 8}
          onChange={(id) => change.mutate({ assignee: id })}
        />
        {may && me?.kind === 'user' && assignee?.user_id !== me.id && (
          <Button size="compact-xs" variant="light" onClick={() => change.mutate({ assignee: me.id })}>
            {t('To me')}
          </Button>
        )}
      </Group>
      <h2>{t('Labels')}</h2>
      <TagsInput
        size="xs"
        aria-label={t('Labels')}
        placeholder={person.labels.length === 0 ? t('Add a label') : ''}
        value={wanted.labels ?? person.labels}
        disabled={!may}
        maxTags={20}
        maxLength={40}
        onChange={(labels) => change.mutate({ labels: labels.map((one) => one.trim()).filter((one) => one !== '') })}
      />
      <h2>{t('Note')}</h2>
      <Note
        person={person}
        may={may}
        save={(note, onSaved) => change.mutate({ note: note === '' ? null : note }, onSaved)}
      />
      {change.isError && (
        <Alert color="red" variant="light" role="alert" mt="xs">
          {says(change.error.message)}
        </Alert>
      )}
    </>
  )
}

/** A note that the server does not have yet is a draft: it survives leaving the conversation, and the end of a session. */
function Note(props: { person: WholePerson; may: boolean; save: (note: string, onSaved: () => void) => void }) {
  const { person, may, save } = props
  const { t } = useWords()
  const draft = useKept(`note ${person.channel_id} ${person.contact_id}`, NOTE)
  const { text } = draft.value
  const store = useEffectEvent((): void => {
    if (text === undefined || !may) return
    const forget = (): void => draft.change((now) => (now.text === text ? { text: undefined } : now))
    if (text === (person.note ?? '')) forget()
    else save(text, forget)
  })
  // Left without leaving the field: by a key, or by the browser's Back.
  useEffect(() => () => store(), [])
  return (
    <Textarea
      size="xs"
      autosize
      minRows={2}
      maxRows={10}
      aria-label={t('Note')}
      placeholder={t('For your colleagues. The contact does not see it.')}
      maxLength={4_000}
      value={text ?? person.note ?? ''}
      disabled={!may}
      onChange={(event) => {
        const next = event.currentTarget.value
        draft.change(() => ({ text: next }))
      }}
      onBlur={() => store()}
    />
  )
}
