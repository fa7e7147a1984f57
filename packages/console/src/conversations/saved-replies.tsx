import { ActionIcon, Alert, Button, Group, Popover, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { Failed, Waiting } from '../states.tsx'
import { useAction } from '../use-action.ts'
import { Sign } from './sign.tsx'

type Saved = { id: string; name: string; text: string }

/** Texts that everybody who answers may use again: choose one, or save what is written now. */
export function SavedReplies({ text, onPick }: { text: string; onPick: (text: string) => void }) {
  const { t } = useWords()
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" width={320} trapFocus returnFocus={false}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          radius="xl"
          aria-label={t('Saved replies')}
          onClick={() => setOpened(!opened)}
        >
          <Sign name="saved" size={20} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p="xs" mah={380} style={{ overflowY: 'auto' }}>
        <SavedList
          text={text}
          onSaved={() => setOpened(false)}
          onPick={(words) => {
            setOpened(false)
            onPick(words)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}

function SavedList(props: { text: string; onPick: (text: string) => void; onSaved: () => void }) {
  const { text, onPick, onSaved } = props
  const { t, says } = useWords()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const saved = useQuery({ queryKey: ['saved-replies'], queryFn: () => api<Saved[]>('GET', '/admin/saved-replies') })
  const again = () => queries.invalidateQueries({ queryKey: ['saved-replies'] })
  const save = useAction({
    mutationFn: () => api('POST', '/admin/saved-replies', { name: name.trim(), text }),
    onSuccess: () => {
      onSaved()
      void again()
    },
  })
  const remove = useAction({
    mutationFn: (id: string) => api('DELETE', `/admin/saved-replies/${id}`),
    onSettled: again,
  })
  const error = save.error ?? remove.error
  if (saved.isPending) return <Waiting />
  if (saved.isLoadingError) return <Failed error={saved.error} retry={() => void saved.refetch()} />
  return (
    <Stack gap="xs">
      {saved.data.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('No saved replies yet. Write a text, then save it here for everybody who answers.')}
        </Text>
      )}
      <div className="saved-list">
        {saved.data.map((one) => (
          <div key={one.id}>
            <UnstyledButton className="saved-one" onClick={() => onPick(one.text)}>
              <strong dir="auto">{one.name}</strong>
              <span dir="auto">{one.text}</span>
            </UnstyledButton>
            <ActionIcon
              variant="subtle"
              color="gray"
              size="sm"
              aria-label={t('Remove {name}', { name: one.name })}
              onClick={() => remove.mutate(one.id)}
            >
              <Sign name="close" size={13} />
            </ActionIcon>
          </div>
        ))}
      </div>
      {text.trim() !== '' && (
        <Group gap={6} wrap="nowrap">
          <TextInput
            size="xs"
            flex={1}
            aria-label={t('Name of the saved reply')}
            placeholder={t('Save this text as…')}
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== 'Enter') return
              event.preventDefault()
              event.stopPropagation()
              if (name.trim() !== '') save.mutate()
            }}
          />
          <Button
            size="xs"
            variant="light"
            disabled={name.trim() === ''}
            loading={save.isPending}
            onClick={() => save.mutate()}
          >
            {t('Save')}
          </Button>
        </Group>
      )}
      {error && (
        <Alert color="red" variant="light" role="alert">
          {says(error.message)}
        </Alert>
      )}
    </Stack>
  )
}
