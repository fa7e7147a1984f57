import { Alert, Button, Group, Select, Switch, Table, Text, TextInput, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { SecretOnce } from '../channels/secret-once.tsx'
import { useChannels } from '../queries.ts'
import { Failed } from '../states.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'

type Key = {
  key_id: string
  name: string
  prefix: string
  scopes: { routes: string[]; channels: number[] | null; templates: string[] | null; read_only: boolean }
  last_used_at: number | null
}
const KEY = ['keys']

/** API keys of programs. Routes and templates are set with the API. */
export function Keys() {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const keys = useQuery({ queryKey: KEY, queryFn: () => api<Key[]>('GET', '/admin/keys') })
  const [secret, setSecret] = useState<string>()
  const revoke = useAction({
    mutationFn: (id: string) => api('DELETE', `/admin/keys/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: KEY }),
  })
  return (
    <section className="card spaced" aria-label={t('API keys')}>
      <Title order={2} size="h4" mb={4}>
        {t('API keys')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('For programs. Routes, templates and an expiry are set with POST /admin/keys.')}
      </Text>
      {secret && <SecretOnce key={secret} name={t('API key')} value={secret} onPutAway={() => setSecret(undefined)} />}
      <NewKey onMade={setSecret} />
      {keys.isLoadingError && <Failed error={keys.error} />}
      {revoke.error && (
        <Alert color="red" variant="light" role="alert">
          {says(revoke.error.message)}
        </Alert>
      )}
      {(keys.data?.length ?? 0) > 0 && (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('API keys')}>
          <Table className="stacked" verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                {[t('Name'), t('Begins with'), t('Channels'), t('Routes'), t('Last use')].map((head) => (
                  <Table.Th key={head}>{head}</Table.Th>
                ))}
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {keys.data!.map(({ key_id: id, name, prefix, scopes, last_used_at: usedAt }) => (
                <Table.Tr key={id}>
                  <Table.Td dir="auto" fw={550}>
                    {name}
                  </Table.Td>
                  <Table.Td className="mono" data-label={t('Begins with')}>
                    {prefix}…
                  </Table.Td>
                  <Table.Td data-label={t('Channels')}>{scopes.channels?.join(', ') ?? t('All channels')}</Table.Td>
                  <Table.Td data-label={t('Routes')}>
                    <span className="mono">{scopes.routes.join(' ')}</span>
                    {scopes.read_only && ` · ${t('Read only')}`}
                  </Table.Td>
                  <Table.Td data-label={t('Last use')}>
                    {usedAt === null ? t('never used') : times.short(usedAt)}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Button size="compact-xs" variant="subtle" color="red" onClick={() => revoke.mutate(id)}>
                      {t('Revoke')}
                    </Button>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </section>
  )
}

function NewKey({ onMade }: { onMade: (secret: string) => void }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const channels = useChannels()
  const [name, setName] = useState('')
  const [channel, setChannel] = useState<string | null>(null)
  const [readOnly, setReadOnly] = useState(false)
  const make = useAction({
    mutationFn: () =>
      api<{ key: string }>('POST', '/admin/keys', {
        name: name.trim(),
        scopes: { read_only: readOnly, ...(channel !== null && { channels: [Number(channel)] }) },
      }),
    onSuccess: ({ key }) => {
      setName('')
      onMade(key)
      return queries.invalidateQueries({ queryKey: KEY })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Group align="flex-end" mb="sm" className="fields">
        <TextInput
          label={t('Name of the program')}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
        />
        <Select
          label={t('Channel')}
          placeholder={t('All channels')}
          data={(channels.data ?? []).map((one) => ({ value: String(one.channel_id), label: one.name }))}
          value={channel}
          onChange={setChannel}
          clearable
        />
        <Switch
          label={t('Read only')}
          checked={readOnly}
          onChange={(event) => setReadOnly(event.currentTarget.checked)}
          mb={8}
        />
        <Button type="submit" variant="default" loading={make.isPending}>
          {t('Create a key')}
        </Button>
      </Group>
      {make.error && (
        <Alert color="red" variant="light" role="alert" mb="sm">
          {says(make.error.message)}
        </Alert>
      )}
    </form>
  )
}
