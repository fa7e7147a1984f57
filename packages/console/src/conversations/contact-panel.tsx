import { ActionIcon, Anchor, Button, Group, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
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
import { ContactCosts } from './contact-costs.tsx'
import { Noted } from './noted.tsx'
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
      <ContactCosts person={person} />
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
