import { Alert, Button, Collapse, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useEffect } from 'react'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useKept } from '../../../ui/src/kept.ts'
import { api, type Person } from '../api.ts'
import { ComposeForm } from '../compose/compose-form.tsx'
import { SendError, Problems } from '../compose/send-error.tsx'
import { useDraft } from '../compose/use-draft.ts'
import { writtenForm } from '../compose/written.ts'
import { useTemplates } from '../queries.ts'

const TEXT = writtenForm('text')
const NO_TEMPLATES: never[] = []

/**
 * Offers the messages that may be sent to this contact now: every type while the window is open, templates when it is
 * closed.
 */
export function Reply({ person, onSent }: { person: Person; onSent: () => void }) {
  const { t } = useWords()
  const templates = useTemplates(person.channel_id)
  const isClosed = person.window.state === 'closed'
  const receiver: Record<string, string> =
    person.group_id !== null
      ? { recipient_type: 'group', to: person.group_id }
      : person.phone === null
        ? { recipient: person.user_id ?? '' }
        : { to: person.phone }
  const { value: written, change } = useKept(`reply ${person.channel_id} ${person.contact_id}`, TEXT)
  const draft = useDraft(receiver, templates.data?.templates ?? NO_TEMPLATES, written, change)
  const { chooseKind } = draft
  const kind = draft.kind.id
  useEffect(() => {
    if (isClosed && kind !== 'template') chooseKind('template')
  }, [isClosed, kind, chooseKind])

  const send = useMutation({
    mutationFn: () => api('POST', `/admin/channels/${person.channel_id}/messages`, draft.body),
    onSuccess: () => {
      draft.clear()
      onSent()
    },
  })
  const submit = (): void => {
    draft.beStrict()
    if (draft.problems.length === 0 && !send.isPending) send.mutate()
  }

  return (
    <form
      className="talk-composer"
      noValidate
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
      }}
    >
      <Stack gap="xs">
        {isClosed && (
          <Text size="sm" c="dimmed">
            {t('The window is closed. Send a template, or wait until this contact writes again.')}
          </Text>
        )}
        <div className="talk-form">
          <ComposeForm draft={draft} templates={templates.data?.templates ?? []} onlyAlways={isClosed} />
          <Collapse expanded={kind !== 'text' && (kind !== 'template' || draft.template.id !== null)}>
            <div className="preview">
              <Bubble shown={draft.shown} own={false} sourceOf={() => undefined} />
            </div>
          </Collapse>
        </div>
        {draft.strict && draft.problems.length > 0 && (
          <Alert color="red" variant="light" role="alert" title={t('Not sent yet')}>
            <Problems problems={draft.problems} />
          </Alert>
        )}
        {send.isError && <SendError error={send.error} />}
        <Group justify="space-between">
          <Text size="xs" c="dimmed">
            <span className="keys-only">{t('Ctrl + Enter sends')}</span>
          </Text>
          <Button type="submit" size="sm" loading={send.isPending}>
            {t('Send')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
