import { Alert, Anchor, Autocomplete, Button, Group, Select, Stack, Tabs, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useCallback, useEffect, useRef, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { isKept, useKept, type Kept } from '../../../ui/src/kept.ts'
import { auto, ltr } from '../../../ui/src/direction.tsx'
import { api, type Person } from '../api.ts'
import { CodeText, Json } from '../json.tsx'
import { PageHead } from '../page-head.tsx'
import { useChannels, useTemplates } from '../queries.ts'
import { Empty, Unready } from '../states.tsx'
import { ComposeForm } from './compose-form.tsx'
import { problemAt } from './fields.tsx'
import { Problems, SendError } from './send-error.tsx'
import { snippet, SNIPPET_LANGUAGES } from './snippets.ts'
import { useDraft } from './use-draft.ts'
import { emptyWritten, keptOfWritten, readWritten, type Written } from './written.ts'
import { useAction } from '../use-action.ts'

type Composed = Written & { channelId: number | null; to: string }

const NO_TEMPLATES: never[] = []
/** Key of the browser's storage that holds the name of the last draft. */
const LAST = 'postern.composer'

/** An address with parameters has a draft of its own. The address without parameters continues the last draft. */
function draftName(params: URLSearchParams): string {
  const start = new URLSearchParams(params)
  start.sort()
  const last = localStorage.getItem(LAST)
  return start.size === 0 && last !== null && isKept(last) ? last : `compose ${start}`
}

function composedForm(params: URLSearchParams): Kept<Composed> {
  const start = (): Composed => ({
    ...emptyWritten(params.get('kind') ?? 'text'),
    template: { id: params.get('template'), values: {} },
    channelId: Number(params.get('channel')) || null,
    to: params.get('to') ?? '',
  })
  return {
    start,
    read: (stored) => {
      const written = readWritten(stored)
      if (!written) return undefined
      const { channelId, to } = stored as Partial<Composed>
      return {
        ...written,
        channelId: typeof channelId === 'number' ? channelId : null,
        to: typeof to === 'string' ? to : '',
      }
    },
    keep: ({ channelId, to, ...written }) => {
      const kept = keptOfWritten(written) ?? (to === start().to ? undefined : emptyWritten(written.kind))
      return kept && { ...kept, channelId, to }
    },
  }
}

export function Compose() {
  const { t } = useWords()
  const [params] = useSearchParams()
  const channels = useChannels()
  if (!channels.data) return <Unready title={t('Composer')} query={channels} />
  const [first] = channels.data
  if (!first) {
    return (
      <Empty title={t('No channels yet')}>
        <Anchor component={Link} href="/channels">
          {t('Add a channel')}
        </Anchor>
      </Empty>
    )
  }
  // The key gives each address with other parameters a new form.
  return <Composer key={params.toString()} channels={channels.data} />
}

/** Long: one form for every type of message. */
function Composer({ channels }: { channels: { channel_id: number; name: string; business_phone: string }[] }) {
  const { t } = useWords()
  const [params] = useSearchParams()
  const [name] = useState(() => draftName(params))
  const [form] = useState(() => composedForm(params))
  const { value: composed, change, forget } = useKept(name, form)
  const channelId = composed.channelId ?? channels[0]!.channel_id
  const { to } = composed
  const write = useCallback(
    (next: (before: Written) => Written) => {
      localStorage.setItem(LAST, name)
      change((before) => ({ ...before, ...next(before) }))
    },
    [name, change],
  )
  const templates = useTemplates(channelId)
  const draft = useDraft(receiverOf(to), templates.data?.templates ?? NO_TEMPLATES, composed, write)
  const isHere = useRef(true)
  useEffect(() => {
    isHere.current = true
    return () => {
      isHere.current = false
    }
  }, [])
  const people = useQuery({
    queryKey: ['people', channelId],
    queryFn: () =>
      api<{ conversations: Person[] }>('GET', '/admin/conversations', undefined, { channel_id: channelId }),
  })
  const send = useAction({
    mutationFn: () =>
      api<{ msg_id: string; reference: string }>('POST', `/admin/channels/${channelId}/messages`, draft.body),
    onSuccess: () => {
      // A user who is still on the page sends a similar message next, so the form stays filled. A user who has left
      // finds it empty.
      if (isHere.current) forget()
      else change(form.start)
    },
  })
  const known = (people.data?.conversations ?? []).flatMap((one) => one.phone ?? one.user_id ?? [])

  return (
    <>
      <PageHead title={t('Composer')} />
      <div className="compose">
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            draft.beStrict()
            if (draft.problems.length === 0) send.mutate()
          }}
        >
          <Stack gap="sm">
            {channels.length > 1 && (
              <Select
                label={t('Channel')}
                data={channels.map((one) => ({
                  value: String(one.channel_id),
                  label: `${auto(one.name)} · ${ltr(`+${one.business_phone}`)}`,
                }))}
                value={String(channelId)}
                onChange={(id) => id && change((before) => ({ ...before, channelId: Number(id) }))}
                allowDeselect={false}
              />
            )}
            <Autocomplete
              label={t('To')}
              description={t('A number with its country code, or a business-scoped id')}
              data={[...new Set(known)]}
              value={to}
              onChange={(next) => change((before) => ({ ...before, to: next }))}
              error={problemAt(draft, 'to', to) ?? problemAt(draft, 'recipient', to)}
            />
            <ComposeForm draft={draft} templates={templates.data?.templates ?? []} />
            {draft.strict && draft.problems.length > 0 && (
              <Alert color="red" variant="light" title={t('Not sent yet')} role="alert">
                <Problems problems={draft.problems} nameOf={draft.nameOf} />
              </Alert>
            )}
            {send.isError && <SendError error={send.error} nameOf={draft.nameOf} />}
            {send.isSuccess && (
              <Alert color="teal" variant="light" title={t('Accepted by WhatsApp')} role="status">
                <Anchor component={Link} href={`/messages/${send.data.reference}`} className="mono">
                  {send.data.msg_id}
                </Anchor>
              </Alert>
            )}
            <Group>
              <Button type="submit" loading={send.isPending}>
                {t('Send')}
              </Button>
              <Button variant="default" onClick={() => draft.clear()}>
                {t('Start over')}
              </Button>
            </Group>
          </Stack>
        </form>
        <div>
          <Title order={2} size="h5" mb={6}>
            {t('Preview')}
          </Title>
          <div className="preview">
            <Bubble shown={draft.shown} own={false} sourceOf={() => undefined} />
          </div>
          <Tabs defaultValue="json" mt="md" keepMounted={false}>
            <Tabs.List>
              <Tabs.Tab value="json">JSON</Tabs.Tab>
              {SNIPPET_LANGUAGES.map((language) => (
                <Tabs.Tab key={language} value={language}>
                  {language}
                </Tabs.Tab>
              ))}
            </Tabs.List>
            <Tabs.Panel value="json" pt="sm">
              <Json value={draft.body} label="JSON" />
            </Tabs.Panel>
            {SNIPPET_LANGUAGES.map((language) => (
              <Tabs.Panel key={language} value={language} pt="sm">
                <CodeText text={snippet(language, location.origin, draft.body)} label={language} />
                <Text size="xs" c="dimmed" mt={6}>
                  {t('Replace YOUR_CERTIFICATION_CODE with the channel’s certification code.')}
                </Text>
              </Tabs.Panel>
            ))}
          </Tabs>
        </div>
      </div>
    </>
  )
}

/** Digits are a phone number. A text with letters is a business-scoped user id. */
export function receiverOf(to: string): Record<string, string> {
  const text = to.trim()
  return /[A-Za-z]/.test(text) ? { recipient: text } : { to: text }
}
