import { Switch, Table, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { Empty, Failed, Waiting } from '../states.tsx'

/** A row of `GET /admin/settings`. */
type Setting = { name: string; value: string | null; set: boolean; secret: boolean; default: string; meaning: string }

/** What the gateway was started with. Nothing is changed here: settings are environment variables. */
export function Settings() {
  const { t } = useWords()
  const [words, setWords] = useState('')
  const [onlySet, setOnlySet] = useState(false)
  const settings = useQuery({ queryKey: ['settings'], queryFn: () => api<Setting[]>('GET', '/admin/settings') })
  const wanted = words.trim().toLowerCase()
  const shown = (settings.data ?? []).filter(
    ({ name, meaning, set }) => (set || !onlySet) && `${name} ${meaning}`.toLowerCase().includes(wanted),
  )
  return (
    <>
      <PageHead title={t('Settings')} />
      <Text size="sm" c="dimmed" mb="md">
        {t('Settings are environment variables: set one, and restart the gateway. Secrets are not shown.')}{' '}
        <a href="/docs/guide/settings" target="_blank" rel="noreferrer">
          {t('All settings in the guide')}
        </a>
      </Text>
      <div className="settings-search">
        <TextInput
          type="search"
          label={t('Search')}
          value={words}
          onChange={(event) => setWords(event.currentTarget.value)}
        />
        <Switch
          label={t('Only those that are set')}
          checked={onlySet}
          onChange={(event) => setOnlySet(event.currentTarget.checked)}
        />
      </div>
      {settings.isPending ? (
        <Waiting />
      ) : settings.isLoadingError ? (
        <Failed error={settings.error} retry={() => void settings.refetch()} />
      ) : shown.length === 0 ? (
        <Empty title={t('No matches')} />
      ) : (
        <SettingTable settings={shown} />
      )}
    </>
  )
}

function SettingTable({ settings }: { settings: readonly Setting[] }) {
  const { t } = useWords()
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Settings')}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[t('Name'), t('Value'), t('Meaning')].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {settings.map((setting) => (
            <Table.Tr key={setting.name}>
              <Table.Td className="mono setting-name">{setting.name}</Table.Td>
              <Table.Td data-label={t('Value')} className="setting-value">
                <Value setting={setting} />
              </Table.Td>
              <Table.Td className="setting-meaning" lang="en">
                {setting.meaning}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Value({ setting: { value, set, secret, default: fallback } }: { setting: Setting }) {
  const { t } = useWords()
  if (set && secret) return <span>{t('set, secret')}</span>
  if (set) return <strong className="mono">{value}</strong>
  return (
    <span className="setting-default" lang="en">
      {fallback}
    </span>
  )
}
