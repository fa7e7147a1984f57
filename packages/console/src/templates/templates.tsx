import { Alert, Button, Group, Modal, Select, Table, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { Bubble } from '../../../ui/src/bubble.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { shownOfEntry } from '../../../ui/src/shown-template.ts'
import { api, type Channel } from '../api.ts'
import { Json } from '../json.tsx'
import { PageHead } from '../page-head.tsx'
import { useChannels, useTemplates } from '../queries.ts'
import { Empty, Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { useAsked } from '../use-asked.ts'
import { TemplateEditor } from './template-editor.tsx'
import { useAction } from '../use-action.ts'

export function Templates() {
  const { t } = useWords()
  const channels = useChannels()
  const [params, setParams] = useSearchParams()
  if (channels.isPending) return <Waiting />
  if (channels.isLoadingError) return <Failed error={channels.error} retry={() => void channels.refetch()} />
  const channel = channels.data.find((one) => String(one.channel_id) === params.get('channel')) ?? channels.data[0]
  if (!channel) return <Empty title={t('No channels yet')} />
  return (
    <Catalog
      key={channel.channel_id}
      channel={channel}
      channels={channels.data}
      onChannel={(id) => setParams({ channel: id })}
    />
  )
}

type Opened = { kind: 'none' } | { kind: 'create' } | { kind: 'show' | 'edit' | 'delete'; entry: CatalogEntry }

/** Long: filters, list and drawer show one selection. */
function Catalog(props: { channel: Channel; channels: Channel[]; onChannel: (id: string) => void }) {
  const { channel } = props
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const templates = useTemplates(channel.channel_id)
  const [words, setWords] = useState('')
  const [status, setStatus] = useState<string | null>(null)
  const [opened, setOpened] = useState<Opened>({ kind: 'none' })
  const close = (): void => setOpened({ kind: 'none' })
  useAsked(
    'new',
    useCallback(() => setOpened({ kind: 'create' }), []),
  )
  const refresh = () => queries.invalidateQueries({ queryKey: ['templates'] })
  const sync = useAction({
    mutationFn: () => api<{ templates: number }>('POST', `/admin/channels/${channel.channel_id}/templates/sync`),
    onSuccess: ({ templates: n }) => {
      notifications.show({ message: t('{n} templates fetched from WhatsApp.', { n }) })
      return refresh()
    },
    onError: (error) => notifications.show({ color: 'red', message: says(error.message) }),
  })

  const all = templates.data?.templates ?? []
  const shown = all.filter(
    (one) => (status === null || one.status === status) && one.name.includes(words.trim().toLowerCase()),
  )

  return (
    <>
      <PageHead title={t('Templates')} term="template">
        <Group gap="xs">
          {templates.data && (
            <Text size="xs" c="dimmed">
              {t('fetched {time}', { time: times.short(templates.data.synced_at) })}
            </Text>
          )}
          <Button variant="default" size="sm" loading={sync.isPending} onClick={() => sync.mutate()}>
            {t('Sync')}
          </Button>
          <Button size="sm" onClick={() => setOpened({ kind: 'create' })}>
            {t('New template')}
          </Button>
        </Group>
      </PageHead>
      <Group mb="md" gap="sm" align="flex-end">
        <TextInput className="grow" label={t('Name')} value={words} onChange={(e) => setWords(e.currentTarget.value)} />
        <Select
          label={t('Status')}
          data={[...new Set(all.map((one) => one.status))].map((one) => ({ value: one, label: t(one) }))}
          value={status}
          onChange={setStatus}
          clearable
        />
        {props.channels.length > 1 && (
          <Select
            label={t('Channel')}
            data={props.channels.map((one) => ({ value: String(one.channel_id), label: one.name }))}
            value={String(channel.channel_id)}
            onChange={(id) => id && props.onChannel(id)}
            allowDeselect={false}
          />
        )}
      </Group>
      {templates.isPending ? (
        <Waiting />
      ) : templates.isLoadingError ? (
        <Failed error={templates.error} retry={() => void templates.refetch()} />
      ) : shown.length === 0 ? (
        <Empty title={all.length === 0 ? t('This account has no templates') : t('No matches')}>
          {all.length === 0 && t('Create the first one here, or sync after creating it in WhatsApp Manager.')}
        </Empty>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Templates')}>
          <Table verticalSpacing="xs" className="stacked">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('Name')}</Table.Th>
                <Table.Th>{t('Language')}</Table.Th>
                <Table.Th>{t('Category')}</Table.Th>
                <Table.Th>{t('Status')}</Table.Th>
                <Table.Th>{t('Quality')}</Table.Th>
                <Table.Th />
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {shown.map((entry) => (
                <Table.Tr key={entry.id}>
                  <Table.Td className="mono">{entry.name}</Table.Td>
                  <Table.Td data-label={t('Language')}>{entry.language}</Table.Td>
                  <Table.Td data-label={t('Category')}>{t(entry.category)}</Table.Td>
                  <Table.Td data-label={t('Status')}>
                    <Status value={entry.status} />
                    {entry.rejectedReason && entry.rejectedReason !== 'NONE' && (
                      <Text size="xs" c="dimmed">
                        {entry.rejectedReason}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td data-label={t('Quality')}>
                    {entry.quality === '' ? '—' : <Status value={entry.quality} />}
                  </Table.Td>
                  <Table.Td>
                    <Group gap={4} wrap="nowrap" justify="flex-end">
                      {(['show', 'edit', 'delete'] as const).map((kind) => (
                        <Button
                          key={kind}
                          size="compact-xs"
                          variant="subtle"
                          {...(kind === 'delete' && { color: 'red' })}
                          aria-label={`${t(kind)} ${entry.name} ${entry.language}`}
                          onClick={() => setOpened({ kind, entry })}
                        >
                          {t(kind)}
                        </Button>
                      ))}
                    </Group>
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
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
      <Modal
        opened={opened.kind === 'create' || opened.kind === 'edit'}
        onClose={close}
        title={opened.kind === 'edit' ? t('Edit {name}', { name: opened.entry.name }) : t('New template')}
        size="80rem"
      >
        {(opened.kind === 'create' || opened.kind === 'edit') && (
          <TemplateEditor
            key={opened.kind === 'edit' ? opened.entry.id : 'new'}
            channelId={channel.channel_id}
            entry={opened.kind === 'edit' ? opened.entry : undefined}
            onDone={() => {
              close()
              void refresh()
            }}
          />
        )}
      </Modal>
      <Modal opened={opened.kind === 'delete'} onClose={close} title={t('Delete a template')}>
        {opened.kind === 'delete' && (
          <Delete
            channelId={channel.channel_id}
            entry={opened.entry}
            onDone={() => {
              close()
              void refresh()
            }}
          />
        )}
      </Modal>
    </>
  )
}

function Delete({ channelId, entry, onDone }: { channelId: number; entry: CatalogEntry; onDone: () => void }) {
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
      <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
        {t('Delete')}
      </Button>
    </>
  )
}
