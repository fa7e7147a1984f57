import { ActionIcon, Alert, Anchor, Button, Group, Select, TagsInput, Text, Textarea } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useMemo, useState } from 'react'
import { Link, useLocation } from 'wouter'
import { Ltr } from '../../../ui/src/direction.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Message, type WholePerson } from '../api.ts'
import { excerptOf } from '../messages/excerpt.ts'
import { mayAnswer, useChannels, useMe } from '../queries.ts'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'
import { Avatar } from './avatar.tsx'
import { MarketingMark } from './marketing-mark.tsx'
import { useThreadControl } from './owner-bar.tsx'
import { pricesOf } from './prices.ts'
import { WindowMark } from './window-mark.tsx'
import { Sign } from './sign.tsx'

/** Who the contact is, and what was noted. */
export function ContactPanel(props: {
  person: WholePerson
  messages: readonly Message[]
  onClose: (() => void) | undefined
}) {
  const { person, messages, onClose } = props
  const { t } = useWords()
  const me = useMe()
  const channels = useChannels()
  const name = person.name ?? person.phone ?? person.user_id ?? t('Group')
  const channel = channels.data?.find((one) => one.channel_id === person.channel_id)
  return (
    <aside className="contact-panel" aria-label={t('Contact')}>
      {onClose && (
        <ActionIcon variant="subtle" color="gray" aria-label={t('Close')} onClick={onClose}>
          <Sign name="close" size={16} />
        </ActionIcon>
      )}
      <div className="contact-face">
        <Avatar name={name} seed={person.contact_id} size={64} />
        <strong dir="auto">{name}</strong>
        {person.username !== null && <Ltr>@{person.username}</Ltr>}
        {person.phone !== null && <Ltr>+{person.phone.replace(/^\+/, '')}</Ltr>}
        {person.user_id !== null && (
          <Text size="xs" c="dimmed">
            <Ltr>{person.user_id}</Ltr>
          </Text>
        )}
        {channel && (
          <Text size="xs" c="dimmed" dir="auto">
            {channel.name}
          </Text>
        )}
        {person.group_id === null && <WindowMark person={person} />}
        <MarketingMark person={person} />
      </div>
      <Owner person={person} />
      <Noted key={`${person.channel_id} ${person.contact_id}`} person={person} may={mayAnswer(me)} />
      <LastTemplates messages={messages} />
      <Costs messages={messages} />
      {me?.role === 'admin' && person.group_id === null && <Erase person={person} />}
    </aside>
  )
}

/** Who answers, with the way to give a conversation back. */
function Owner({ person }: { person: WholePerson }) {
  const { t, says } = useWords()
  const me = useMe()
  const control = useThreadControl(person)
  const { owner } = person
  if (!owner) return null
  return (
    <>
      <h2>{t('Who answers')}</h2>
      <Group gap="xs">
        <Text size="sm" title={owner.role ?? undefined}>
          {owner.owner === 'us'
            ? t('we answer')
            : owner.owner === 'other'
              ? t('another program answers')
              : t('nobody answers')}
        </Text>
        {mayAnswer(me) && (
          <Button
            size="compact-xs"
            variant="light"
            loading={control.isPending}
            onClick={() => control.mutate(owner.owner === 'us' ? 'pass' : 'take')}
          >
            {owner.owner === 'us' ? t('Give back') : t('Take over')}
          </Button>
        )}
      </Group>
      {control.isError && (
        <Text size="sm" c="red">
          {says(control.error.message)}
        </Text>
      )}
    </>
  )
}

type Change = { assignee?: string | null; note?: string | null; labels?: string[] }

/** Assignee, labels and note. Each is stored when its field is left. */
function Noted({ person, may }: { person: WholePerson; may: boolean }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const me = useMe()
  const [note, setNote] = useState<string>()
  const users = useQuery({
    queryKey: ['assignees'],
    queryFn: () => api<{ user_id: string; name: string }[]>('GET', '/admin/conversations/assignees'),
  })
  const change = useAction({
    mutationFn: (next: Change) =>
      api<WholePerson>('PATCH', `/admin/conversations/${person.channel_id}/${person.contact_id}`, next),
    onSuccess: (now) => {
      queries.setQueryData(['person', person.channel_id, person.contact_id], now)
      void queries.invalidateQueries({ queryKey: ['conversations'] })
    },
  })
  const { assignee } = person
  const data = (users.data ?? []).map((one) => ({ value: one.user_id, label: one.name }))
  // One who has left stays readable.
  if (assignee && !data.some((one) => one.value === assignee.user_id))
    data.push({ value: assignee.user_id, label: assignee.name || t('a removed user') })
  const saveNote = (): void => {
    if (note === undefined || note === (person.note ?? '')) return
    change.mutate({ note: note === '' ? null : note }, { onSuccess: () => setNote(undefined) })
  }
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
          value={assignee?.user_id ?? null}
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
        value={person.labels}
        disabled={!may}
        maxTags={20}
        maxLength={40}
        onChange={(labels) => change.mutate({ labels: labels.map((one) => one.trim()).filter((one) => one !== '') })}
      />
      <h2>{t('Note')}</h2>
      <Textarea
        size="xs"
        autosize
        minRows={2}
        maxRows={10}
        aria-label={t('Note')}
        placeholder={t('For your colleagues. The contact does not see it.')}
        maxLength={4_000}
        value={note ?? person.note ?? ''}
        disabled={!may}
        onChange={(event) => setNote(event.currentTarget.value)}
        onBlur={saveNote}
      />
      {change.isError && (
        <Alert color="red" variant="light" role="alert" mt="xs">
          {says(change.error.message)}
        </Alert>
      )}
    </>
  )
}

const MOST_TEMPLATES = 5

function LastTemplates({ messages }: { messages: readonly Message[] }) {
  const { t } = useWords()
  const times = useTimes()
  const last = messages
    .filter((one) => one.type === 'template')
    .slice(-MOST_TEMPLATES)
    .toReversed()
  if (last.length === 0) return null
  return (
    <>
      <h2>{t('Last templates')}</h2>
      {last.map((one) => (
        <Group key={one.reference} gap={6} wrap="nowrap" justify="space-between">
          <Anchor component={Link} href={`/messages/${one.reference}`} size="sm" truncate>
            {excerptOf(one.type, one.content)}
          </Anchor>
          <Group gap={6} wrap="nowrap">
            <Text size="xs" c="dimmed">
              {times.day(one.created_at)}
            </Text>
            <Status value={one.status} />
          </Group>
        </Group>
      ))}
    </>
  )
}

/** What WhatsApp charges for among the messages of the thread that are loaded. */
function Costs({ messages }: { messages: readonly Message[] }) {
  const { t } = useWords()
  const prices = useMemo(() => pricesOf(messages), [messages])
  if (prices.length === 0) return null
  return (
    <>
      <h2>{t('Charged messages in this thread')}</h2>
      {prices.map(({ category, messages: count }) => (
        <Group key={category} justify="space-between">
          <Text size="sm">{category}</Text>
          <Text size="sm">{count}</Text>
        </Group>
      ))}
    </>
  )
}

function Erase({ person }: { person: WholePerson }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const [asking, ask] = useDisclosure()
  const erase = useAction({
    mutationFn: () =>
      api(
        'DELETE',
        `/admin/channels/${person.channel_id}/contacts/${encodeURIComponent(person.phone ?? person.user_id ?? '')}`,
      ),
    onSuccess: async () => {
      navigate('/conversations')
      await queries.invalidateQueries({ queryKey: ['conversations'] })
    },
  })
  return (
    <>
      <h2>{t('Privacy')}</h2>
      {asking ? (
        <>
          <Text size="sm" mb={6}>
            {t('Erase all messages, events and names of this contact on this channel? This cannot be undone.')}
          </Text>
          <Group gap="xs">
            <Button size="compact-sm" color="red" loading={erase.isPending} onClick={() => erase.mutate()}>
              {t('Yes, erase')}
            </Button>
            <Button size="compact-sm" variant="default" onClick={ask.close} data-autofocus>
              {t('No')}
            </Button>
          </Group>
        </>
      ) : (
        <Button className="danger" size="compact-sm" variant="default" onClick={ask.open}>
          {t('Erase this contact…')}
        </Button>
      )}
      {erase.isError && (
        <Text size="sm" c="red" mt={6}>
          {says(erase.error.message)}
        </Text>
      )}
    </>
  )
}
