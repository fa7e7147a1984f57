import { Alert, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Role, type User } from '../api.ts'
import { SecretOnce } from '../channels/secret-once.tsx'
import { PageHead } from '../page-head.tsx'
import { Empty, Unready } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { Keys } from './keys.tsx'
import { RemoveUser, UserChannels } from './user-dialogs.tsx'
import { useAction } from '../use-action.ts'

type Invited = { user_id: string; invitation: { path: string } }
const KEY = ['users']

function useRoles(): { value: Role; label: string }[] {
  const { t } = useWords()
  return [
    { value: 'admin', label: t('Admin') },
    { value: 'operator', label: t('Operator') },
    { value: 'agent', label: t('Agent') },
    { value: 'viewer', label: t('Viewer') },
  ]
}

/** Users of the console, and keys of programs. */
export function People() {
  const { t } = useWords()
  const users = useQuery({ queryKey: KEY, queryFn: () => api<User[]>('GET', '/admin/users') })
  const [inviting, invite] = useDisclosure()
  const [link, setLink] = useState<string>()
  if (!users.data) return <Unready title={t('People')} query={users} />
  const onInvited = ({ invitation }: Invited): void => setLink(`${location.origin}${invitation.path}`)
  return (
    <>
      <PageHead title={t('People')}>
        <Button onClick={invite.open}>{t('Invite a user')}</Button>
      </PageHead>
      {link && (
        <SecretOnce key={link} name={t('Link of the invitation')} value={link} onPutAway={() => setLink(undefined)} />
      )}
      {users.data.length === 0 ? (
        <Empty title={t('No users yet')}>{t('Everybody signs in with the admin token. Invite people instead.')}</Empty>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Users')}>
          <Table className="stacked" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                {[t('Name'), t('Role'), t('State'), t('Channels'), t('Last sign-in'), t('Actions')].map((head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ))}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {users.data.map((user) => (
                <Row key={user.user_id} user={user} onInvited={onInvited} />
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
      <Keys />
      <Modal opened={inviting} onClose={invite.close} title={t('Invite a user')}>
        <Invite
          onInvited={(invited) => {
            onInvited(invited)
            invite.close()
          }}
        />
      </Modal>
    </>
  )
}

function Row({ user, onInvited }: { user: User; onInvited: (invited: Invited) => void }) {
  const { t, says } = useWords()
  const times = useTimes()
  const roles = useRoles()
  const queries = useQueryClient()
  const path = `/admin/users/${user.user_id}`
  const states = {
    active: t('Active'),
    invited: t('Invited'),
    expired: t('Invitation expired'),
    disabled: t('Disabled'),
  }
  const onSettled = () => queries.invalidateQueries({ queryKey: KEY })
  const change = useAction({ mutationFn: (body: object) => api('PATCH', path, body), onSettled })
  const again = useAction({
    mutationFn: () => api<Invited>('POST', `${path}/invitation`),
    onSuccess: onInvited,
    onSettled,
  })
  const error = change.error ?? again.error
  return (
    <Table.Tr>
      <Table.Td className="user-name">
        <Text size="md" fw={550} dir="auto">
          {user.name}
        </Text>
        <Text size="xs" c="dimmed">
          {user.email}
        </Text>
        {error && (
          <Text size="xs" c="var(--bad)" role="alert">
            {says(error.message)}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t('Role')}>
        <Select
          aria-label={t('Role of {name}', { name: user.name })}
          data={roles}
          value={user.role}
          onChange={(role) => role && change.mutate({ role })}
          allowDeselect={false}
          disabled={user.role_from === 'provider'}
          size="xs"
          w={120}
        />
      </Table.Td>
      <Table.Td data-label={t('State')}>
        <Status value={user.state} word={states[user.state]} />
        {user.linked && (
          <Text size="xs" c="dimmed">
            {user.role_from === 'provider' ? t('single sign-on, role by groups') : t('single sign-on')}
          </Text>
        )}
      </Table.Td>
      <Table.Td data-label={t('Channels')}>{user.channels?.join(', ') ?? t('All')}</Table.Td>
      <Table.Td data-label={t('Last sign-in')}>
        {user.signed_in_at === null ? t('never') : times.short(user.signed_in_at)}
      </Table.Td>
      <Table.Td>
        <Group gap={4} wrap="nowrap">
          <Button
            size="compact-xs"
            variant="default"
            onClick={() => change.mutate({ disabled: user.state !== 'disabled' })}
          >
            {user.state === 'disabled' ? t('Enable') : t('Disable')}
          </Button>
          <Button size="compact-xs" variant="default" onClick={() => again.mutate()}>
            {t('Invite again')}
          </Button>
          <UserChannels user={user} onSettled={onSettled} />
          <RemoveUser user={user} onSettled={onSettled} />
        </Group>
      </Table.Td>
    </Table.Tr>
  )
}

function Invite({ onInvited }: { onInvited: (invited: Invited) => void }) {
  const { t, says } = useWords()
  const roles = useRoles()
  const queries = useQueryClient()
  const [email, setEmail] = useState('')
  const [name, setName] = useState('')
  const [role, setRole] = useState<string>('agent')
  const invite = useAction({
    mutationFn: () => api<Invited>('POST', '/admin/users', { email: email.trim(), name: name.trim(), role }),
    onSuccess: (invited) => {
      onInvited(invited)
      return queries.invalidateQueries({ queryKey: KEY })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        invite.mutate()
      }}
    >
      <Stack>
        <TextInput
          label={t('E-mail address')}
          type="email"
          value={email}
          onChange={(event) => setEmail(event.currentTarget.value)}
          data-autofocus
          required
        />
        <TextInput label={t('Name')} value={name} onChange={(event) => setName(event.currentTarget.value)} required />
        <Select
          label={t('Role')}
          data={roles}
          value={role}
          onChange={(chosen) => chosen && setRole(chosen)}
          allowDeselect={false}
        />
        <Text size="sm" c="dimmed">
          {t('You get a link for the user. It works once, for 7 days. No e-mail is sent.')}
        </Text>
        {invite.error && (
          <Alert color="red" variant="light" role="alert">
            {says(invite.error.message)}
          </Alert>
        )}
        <Button type="submit" loading={invite.isPending}>
          {t('Make the link')}
        </Button>
      </Stack>
    </form>
  )
}
