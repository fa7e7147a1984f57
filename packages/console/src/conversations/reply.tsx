import { ActionIcon, Alert, Button, Text, Textarea } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type DragEvent, type KeyboardEvent, type ReactNode, type RefObject, useEffect, useRef, useState } from 'react'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useKept } from '../../../ui/src/kept.ts'
import { LIMITS } from '../../../gateway/src/domain/messages/limits.ts'
import { api, type Message, type Person } from '../api.ts'
import { Fields, problemAt } from '../compose/fields.tsx'
import { kindOfFile } from '../compose/kind-of-file.ts'
import { Problems, SendError } from '../compose/send-error.tsx'
import { upload, UploadChannel } from '../compose/upload.tsx'
import { useDraft, type Draft } from '../compose/use-draft.ts'
import { writtenForm } from '../compose/written.ts'
import { useTemplates } from '../queries.ts'
import { useAction } from '../use-action.ts'
import { AddMenu } from './add-menu.tsx'
import { EmojiButton } from './emoji-button.tsx'
import { OwnerBar } from './owner-bar.tsx'
import { SavedReplies } from './saved-replies.tsx'
import { TemplateCards } from './template-cards.tsx'
import { WindowRing } from './window-ring.tsx'
import { Sign } from './sign.tsx'

const TEXT = writtenForm('text')
const NO_TEMPLATES: never[] = []

type ReplyProps = {
  person: Person
  quoted: Message | undefined
  quotedOf: { who: string; text: string } | undefined
  onUnquote: () => void
  onSent: () => void
}

/**
 * The composer: one line for text, and a sheet above it for every other type. A closed window allows templates only.
 * Long: one form.
 */
export function Reply({ person, quoted, quotedOf, onUnquote, onSent }: ReplyProps) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const templates = useTemplates(person.channel_id)
  const known = templates.data?.templates ?? NO_TEMPLATES
  const isClosed = person.window.state === 'closed'
  const { value: written, change } = useKept(`reply ${person.channel_id} ${person.contact_id}`, TEXT)
  const draft = useDraft(receiverOf(person, quoted), known, written, change)
  const { chooseKind } = draft
  const kind = draft.kind.id
  const box = useRef<HTMLTextAreaElement>(null)
  useEffect(() => {
    if (isClosed && kind !== 'template') chooseKind('template')
  }, [isClosed, kind, chooseKind])
  useEffect(() => {
    if (quoted) box.current?.focus()
  }, [quoted])

  const send = useAction({
    mutationFn: ({ body }: { body: unknown; kind: string; draft: Draft['draft'] }) =>
      api('POST', `/admin/channels/${person.channel_id}/messages`, body),
    onSuccess: (_answer, sent) => {
      draft.clear(sent)
      if (!isClosed) chooseKind('text')
      onSent()
      void queries.invalidateQueries({ queryKey: ['conversations'] })
      void queries.invalidateQueries({ queryKey: ['person'] })
    },
  })
  const submit = (): void => {
    draft.beStrict()
    if (draft.problems.length === 0) send.mutate({ body: draft.body, kind, draft: draft.draft })
  }
  const file = useMutation({
    mutationFn: (one: File) => upload(person.channel_id, one),
    onSuccess: ({ id, mime_type: mime, filename }) => {
      const type = kindOfFile(mime)
      const content = { id, ...(type === 'document' && { filename }) }
      change((before) => ({ ...before, kind: type, drafts: { ...before.drafts, [type]: { type, [type]: content } } }))
    },
  })
  const { dropWords, ...drop } = useDrop(isClosed ? undefined : (one) => file.mutate(one), t('Drop a file to send it'))

  return (
    <UploadChannel value={person.channel_id}>
      <form
        className="talk-composer"
        data-drop={dropWords}
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          submit()
        }}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) submit()
        }}
        {...drop}
      >
        <OwnerBar person={person} />
        {kind !== 'text' && (
          <Sheet draft={draft} onClose={isClosed ? undefined : () => chooseKind('text')} channelId={person.channel_id}>
            {kind === 'template' && <TemplateCards draft={draft} templates={known} isClosed={isClosed} />}
          </Sheet>
        )}
        {quotedOf && (
          <div className="composer-quote">
            <span>
              <strong dir="auto">{quotedOf.who}</strong>
              <span dir="auto">{quotedOf.text}</span>
            </span>
            <ActionIcon variant="subtle" color="gray" size="sm" aria-label={t('Do not quote')} onClick={onUnquote}>
              <Sign name="close" size={14} />
            </ActionIcon>
          </div>
        )}
        {draft.strict && draft.problems.length > 0 && (
          <Alert color="red" variant="light" role="alert" title={t('Not sent yet')} mb="xs">
            <Problems problems={draft.problems} nameOf={draft.nameOf} />
          </Alert>
        )}
        {send.isError && <SendError error={send.error} nameOf={draft.nameOf} />}
        {file.isError && (
          <Alert color="red" variant="light" role="alert" title={t('Not uploaded')} mb="xs">
            {says(file.error.message)}
          </Alert>
        )}
        <div className="composer-line">
          <AddMenu
            onKind={chooseKind}
            onFile={(one) => file.mutate(one)}
            onlyTemplates={isClosed}
            busy={file.isPending}
          />
          {kind === 'text' ? (
            <TextLine draft={draft} box={box} submit={submit} onUnquote={quoted && onUnquote} />
          ) : (
            <Text size="sm" c="dimmed" flex={1} pb={8}>
              {isClosed ? t('The window is closed: only a template may be sent.') : t(draft.kind.label)}
            </Text>
          )}
          {person.group_id === null && <WindowRing person={person} />}
          <Button type="submit" radius="xl" px="md" loading={send.isPending} disabled={file.isPending}>
            {t('Send')}
          </Button>
        </div>
      </form>
    </UploadChannel>
  )
}

function receiverOf(person: Person, quoted: Message | undefined): Record<string, unknown> {
  const context = quoted && quoted.msg_id !== null && { context: { message_id: quoted.msg_id } }
  if (person.group_id !== null) return { recipient_type: 'group', to: person.group_id, ...context }
  return { ...(person.phone === null ? { recipient: person.user_id ?? '' } : { to: person.phone }), ...context }
}

function TextLine(props: {
  draft: Draft
  box: RefObject<HTMLTextAreaElement | null>
  submit: () => void
  onUnquote: (() => void) | undefined
}) {
  const { draft, box, submit, onUnquote } = props
  const { t } = useWords()
  const { text } = draft.draft as { text?: unknown }
  const value = typeof text === 'string' ? text : ''
  const set = (next: string): void => draft.change({ type: 'text', text: next })
  const insert = (words: string): void => {
    const { selectionStart: from = value.length, selectionEnd: to = value.length } = box.current ?? {}
    set(value.slice(0, from) + words + value.slice(to))
    box.current?.focus()
  }
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return
    if (event.key === 'Escape' && onUnquote) {
      event.preventDefault()
      onUnquote()
    }
    // A touch keyboard has no other way to a new line.
    if (event.key !== 'Enter' || event.shiftKey || event.ctrlKey || event.metaKey) return
    if (matchMedia('(hover: none)').matches) return
    event.preventDefault()
    submit()
  }
  return (
    <>
      <EmojiButton onPick={insert} />
      <SavedReplies text={value} onPick={(words) => set(value === '' ? words : `${value}\n${words}`)} />
      <Textarea
        ref={box}
        aria-label={t('Text')}
        placeholder={t('Write a message')}
        title={t('Enter sends, Shift + Enter begins a new line. *bold*, _italic_, ~strike~, `code`')}
        autosize
        minRows={1}
        maxRows={8}
        value={value}
        error={value.length > LIMITS.text - 200 || draft.strict ? problemAt(draft, 'text', value) : undefined}
        onChange={(event) => set(event.currentTarget.value)}
        onKeyDown={onKeyDown}
      />
    </>
  )
}

/** The form of a type that does not fit into a line, with its preview. */
function Sheet(props: { draft: Draft; onClose: (() => void) | undefined; channelId: number; children?: ReactNode }) {
  const { draft, onClose, channelId, children } = props
  const { t } = useWords()
  const state = { draft: draft.draft, change: draft.change, problems: draft.problems, strict: draft.strict }
  return (
    <div className="composer-sheet">
      <div className="composer-sheet-head">
        <strong>{t(draft.kind.label)}</strong>
        {onClose && (
          <ActionIcon variant="subtle" color="gray" aria-label={t('Back to text')} onClick={onClose}>
            <Sign name="close" size={16} />
          </ActionIcon>
        )}
      </div>
      {children || (
        <>
          <Fields parts={draft.kind.fields} state={state} />
          <div className="preview">
            <Bubble
              shown={draft.shown}
              own
              sourceOf={(media) =>
                media.id === undefined ? undefined : `/admin/channels/${channelId}/media/${media.id}`
              }
            />
          </div>
        </>
      )}
    </div>
  )
}

/** Takes one dropped file. `undefined`: nothing is taken. */
function useDrop(take: ((file: File) => void) | undefined, words: string) {
  const [depth, setDepth] = useState(0)
  const has = (event: DragEvent): boolean => take !== undefined && event.dataTransfer.types.includes('Files')
  return {
    dropWords: depth > 0 ? words : undefined,
    onDragEnter: (event: DragEvent) => has(event) && setDepth((before) => before + 1),
    onDragLeave: (event: DragEvent) => has(event) && setDepth((before) => Math.max(0, before - 1)),
    onDragOver: (event: DragEvent) => has(event) && event.preventDefault(),
    onDrop: (event: DragEvent) => {
      setDepth(0)
      const [file] = event.dataTransfer.files
      if (!file || !take) return
      event.preventDefault()
      take(file)
    },
  }
}
