import { Alert, Button, Group, Modal, Text } from '@mantine/core'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { api } from '../api.ts'
import { Json } from '../json.tsx'
import { useAction } from '../use-action.ts'
import { copyName } from './gallery.ts'
import { TemplateEditor } from './template-editor.tsx'

export type Opened =
  { kind: 'none' } | { kind: 'create' } | { kind: 'show' | 'edit' | 'duplicate' | 'delete'; entry: CatalogEntry }

/** The dialog that is open, if any. */
export function TemplateDialogs(props: {
  channelId: number
  all: readonly CatalogEntry[]
  opened: Opened
  close: () => void
  onDone: () => void
}) {
  const { t } = useWords()
  const { channelId, opened, close, onDone } = props
  const isEditor = opened.kind === 'create' || opened.kind === 'edit' || opened.kind === 'duplicate'
  return (
    <>
      <Modal
        opened={opened.kind === 'show'}
        onClose={close}
        title={opened.kind === 'show' ? opened.entry.name : ''}
        size="lg"
      >
        {opened.kind === 'show' && (
          <>
            <div className="preview">
              <Bubble shown={shownOfEntry(opened.entry, [])} own={false} sourceOf={() => undefined} />
            </div>
            <Json value={opened.entry.components} label={t('Components')} />
          </>
        )}
      </Modal>
      <Modal opened={isEditor} onClose={close} title={titleOf(opened, t)} size="80rem">
        {isEditor && (
          <TemplateEditor
            key={opened.kind === 'create' ? 'new' : `${opened.kind} ${opened.entry.id}`}
            channelId={channelId}
            entry={opened.kind === 'edit' ? opened.entry : undefined}
            copy={
              opened.kind === 'duplicate'
                ? { of: opened.entry, name: copyName(opened.entry.name, new Set(props.all.map((one) => one.name))) }
                : undefined
            }
            onDone={onDone}
          />
        )}
      </Modal>
      <Modal opened={opened.kind === 'delete'} onClose={close} title={t('Delete a template')}>
        {opened.kind === 'delete' && (
          <Delete channelId={channelId} entry={opened.entry} onDone={onDone} onKept={close} />
        )}
      </Modal>
    </>
  )
}

function titleOf(opened: Opened, t: (text: string, params?: Record<string, string>) => string): string {
  if (opened.kind === 'edit') return t('Edit {name}', { name: opened.entry.name })
  if (opened.kind === 'duplicate') return t('A copy of {name}', { name: opened.entry.name })
  return t('New template')
}

function Delete(props: { channelId: number; entry: CatalogEntry; onDone: () => void; onKept: () => void }) {
  const { channelId, entry, onDone, onKept } = props
  const { t, says } = useWords()
  const remove = useAction({
    mutationFn: () => api('DELETE', `/admin/channels/${channelId}/templates/${entry.id}`),
    onSuccess: onDone,
  })
  return (
    <>
      <Text size="sm" mb="md">
        {t('{name} in {language} can no longer be sent. Its name cannot be used again for 30 days.', {
          name: entry.name,
          language: entry.language,
        })}
      </Text>
      {remove.isError && (
        <Alert color="red" variant="light" mb="md" role="alert">
          {says(remove.error.message)}
        </Alert>
      )}
      <Group gap="xs">
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {t('Delete')}
        </Button>
        <Button variant="default" onClick={onKept}>
          {t('Keep it as it is')}
        </Button>
      </Group>
    </>
  )
}
