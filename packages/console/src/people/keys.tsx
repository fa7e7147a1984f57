import {
  Alert,
  Button,
  Group,
  MultiSelect,
  Stack,
  Switch,
  Table,
  TagsInput,
  Text,
  TextInput,
  Title,
} from '@mantine/core'
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
  scopes: {
    routes: string[]
    channels: number[] | null
    templates: string[] | null
    read_only: boolean
    expires_at: number | null
  }
  last_used_at: number | null
}
const KEY = ['keys']

/** API keys of programs. */
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
        {t('For programs. A key may be limited to channels, routes and templates, and to a time.')}
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
                    {scopes.templates && <div className="mono">{scopes.templates.join(', ')}</div>}
                    {scopes.expires_at !== null && (
                      <Text size="xs" c="dimmed">
                        {t('until {time}', { time: times.short(scopes.expires_at) })}
                      </Text>
                    )}
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

type Limits = { channels: string[]; routes: string[]; templates: string[]; readOnly: boolean; until: string }
const NO_LIMITS: Limits = { channels: [], routes: [], templates: [], readOnly: false, until: '' }

const scopesOf = ({ channels, routes, templates, readOnly, until }: Limits): object => ({
  read_only: readOnly,
  ...(channels.length > 0 && { channels: channels.map(Number) }),
  ...(routes.length > 0 && { routes }),
  ...(templates.length > 0 && { templates }),
  ...(until !== '' && { expires_at: Math.floor(new Date(until).getTime() / 1000) }),
})

function NewKey({ onMade }: { onMade: (secret: string) => void }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const [name, setName] = useState('')
  const [limits, setLimits] = useState(NO_LIMITS)
  const make = useAction({
    mutationFn: () => api<{ key: string }>('POST', '/admin/keys', { name: name.trim(), scopes: scopesOf(limits) }),
    onSuccess: ({ key }) => {
      setName('')
      setLimits(NO_LIMITS)
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
        <Button type="submit" variant="default" loading={make.isPending}>
          {t('Create a key')}
        </Button>
      </Group>
      <details className="key-limits">
        <summary>{t('Limits of the key')}</summary>
        <LimitFields limits={limits} onChange={(part) => setLimits((before) => ({ ...before, ...part }))} />
      </details>
      {make.error && (
        <Alert color="red" variant="light" role="alert" mb="sm">
          {says(make.error.message)}
        </Alert>
      )}
    </form>
  )
}

function LimitFields({ limits, onChange }: { limits: Limits; onChange: (part: Partial<Limits>) => void }) {
  const { t } = useWords()
  const channels = useChannels()
  return (
    <Stack gap="sm" my="sm" maw={560}>
      <MultiSelect
        label={t('Channels')}
        description={t('None: all channels, also later ones.')}
        data={(channels.data ?? []).map((one) => ({ value: String(one.channel_id), label: one.name }))}
        value={limits.channels}
        onChange={(chosen) => onChange({ channels: chosen })}
      />
      <TagsInput
        label={t('Routes')}
        description={t('For instance POST /external/messages/whatsapp, or /external/*')}
        value={limits.routes}
        acceptValueOnBlur
        onChange={(routes) => onChange({ routes })}
      />
      <TagsInput
        label={t('Templates it may send')}
        description={t('None: all of them.')}
        value={limits.templates}
        acceptValueOnBlur
        onChange={(templates) => onChange({ templates })}
      />
      <TextInput
        label={t('Valid until')}
        type="datetime-local"
        value={limits.until}
        onChange={(event) => onChange({ until: event.currentTarget.value })}
      />
      <Switch
        label={t('Read only')}
        checked={limits.readOnly}
        onChange={(event) => onChange({ readOnly: event.currentTarget.checked })}
      />
    </Stack>
  )
}
