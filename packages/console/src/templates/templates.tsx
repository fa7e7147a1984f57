import { Button, Group, Select, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useCallback, useState } from 'react'
import { useSearchParams } from 'wouter'
import type { CatalogEntry } from '../../../gateway/src/domain/templates/catalog-entry.ts'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels, useTemplates } from '../queries.ts'
import { Empty, Failed, Unready, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'
import { useAsked } from '../use-asked.ts'
import { familiesOf, type Family } from './gallery.ts'
import { useChanges, type Change } from './seen.ts'
import { TemplateCard } from './template-card.tsx'
import { TemplateDialogs, type Opened } from './template-dialogs.tsx'

export function Templates() {
  const { t } = useWords()
  const channels = useChannels()
  const [params, setParams] = useSearchParams()
  if (!channels.data) return <Unready title={t('Templates')} term="template" query={channels} />
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

const NONE: CatalogEntry[] = []
/** An account may have thousands of templates: the page draws so many at once. */
const PAGE = 60

function Catalog(props: { channel: Channel; channels: Channel[]; onChannel: (id: string) => void }) {
  const { channel } = props
  const { t } = useWords()
  const queries = useQueryClient()
  const templates = useTemplates(channel.channel_id)
  const [params] = useSearchParams()
  const [opened, setOpened] = useState<Opened>({ kind: 'none' })
  const close = (): void => setOpened({ kind: 'none' })
  useAsked(
    'new',
    useCallback(() => setOpened({ kind: 'create' }), []),
  )
  const all = templates.data?.templates ?? NONE
  const { changes, since, seeAll } = useChanges(channel.channel_id, templates.data?.templates)
  const families = familiesOf(all, {
    words: params.get('words') ?? '',
    status: params.get('status'),
    category: params.get('category'),
    ...(params.has('changed') && { only: new Set(changes.keys()) }),
  })

  return (
    <>
      <Head channel={channel} syncedAt={templates.data?.synced_at} create={() => setOpened({ kind: 'create' })} />
      <Filters {...props} all={all} />
      {changes.size > 0 && <Changed count={changes.size} since={since ?? 0} seeAll={seeAll} />}
      {templates.isPending ? (
        <Waiting />
      ) : templates.isLoadingError ? (
        <Failed error={templates.error} retry={() => void templates.refetch()} />
      ) : families.length === 0 ? (
        <Empty title={all.length === 0 ? t('This account has no templates') : t('No matches')}>
          {all.length === 0
            ? t('Create the first one here, or sync after creating it in WhatsApp Manager.')
            : t('Clear a filter, or search for fewer words.')}
        </Empty>
      ) : (
        <Gallery families={families} channelId={channel.channel_id} changes={changes} open={setOpened} />
      )}
      <TemplateDialogs
        channelId={channel.channel_id}
        all={all}
        opened={opened}
        close={close}
        onDone={() => {
          close()
          void queries.invalidateQueries({ queryKey: ['templates'] })
        }}
      />
    </>
  )
}

function Head(props: { channel: Channel; syncedAt: number | undefined; create: () => void }) {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const sync = useAction({
    mutationFn: () => api<{ templates: number }>('POST', `/admin/channels/${props.channel.channel_id}/templates/sync`),
    onSuccess: ({ templates: n }) => {
      notifications.show({ message: t('{n} templates fetched from WhatsApp.', { n }) })
      return queries.invalidateQueries({ queryKey: ['templates'] })
    },
    onError: (error) => notifications.show({ color: 'red', message: says(error.message) }),
  })
  return (
    <PageHead title={t('Templates')} term="template">
      <Group gap="xs">
        {props.syncedAt !== undefined && (
          <Text size="xs" c="dimmed" visibleFrom="sm">
            {t('fetched {time}', { time: times.short(props.syncedAt) })}
          </Text>
        )}
        <Button variant="default" size="sm" loading={sync.isPending} onClick={() => sync.mutate()}>
          {t('Sync')}
        </Button>
        <Button size="sm" onClick={props.create}>
          {t('New template')}
        </Button>
      </Group>
    </PageHead>
  )
}

/** The filters stand in the address, so that a link leads to what it shows. */
function useFilter() {
  const [params, setParams] = useSearchParams()
  const set = (name: string, value: string | null): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        if (value === null || value === '') next.delete(name)
        else next.set(name, value)
        return next
      },
      { replace: true },
    )
  return { params, set }
}

function Filters(props: {
  channel: Channel
  channels: Channel[]
  onChannel: (id: string) => void
  all: readonly CatalogEntry[]
}) {
  const { t } = useWords()
  const { params, set } = useFilter()
  const choices = (field: 'status' | 'category') =>
    [...new Set([...props.all.map((one) => one[field]), ...params.getAll(field)])].map((value) => ({
      value,
      label: t(value),
    }))
  return (
    <Group mb="md" gap="sm" align="flex-end" className="fields">
      <TextInput
        className="grow"
        label={t('Name or text')}
        value={params.get('words') ?? ''}
        onChange={(e) => set('words', e.currentTarget.value)}
      />
      <Select
        label={t('Status')}
        placeholder={t('All')}
        data={choices('status')}
        value={params.get('status')}
        onChange={(value) => set('status', value)}
        clearable
      />
      <Select
        label={t('Category')}
        placeholder={t('All')}
        data={choices('category')}
        value={params.get('category')}
        onChange={(value) => set('category', value)}
        clearable
      />
      {props.channels.length > 1 && (
        <Select
          label={t('Channel')}
          data={props.channels.map((one) => ({ value: String(one.channel_id), label: one.name }))}
          value={String(props.channel.channel_id)}
          onChange={(id) => id && props.onChannel(id)}
          allowDeselect={false}
        />
      )}
    </Group>
  )
}

function Changed(props: { count: number; since: number; seeAll: () => void }) {
  const { t } = useWords()
  const times = useTimes()
  const { params, set } = useFilter()
  const isOnly = params.has('changed')
  return (
    <Group className="template-changed" gap="sm" justify="space-between" mb="md">
      <Text size="sm" role="status">
        {t('Changed since {time}: {n}', { n: props.count, time: times.short(Math.floor(props.since / 1000)) })}
      </Text>
      <Group gap="xs">
        <Button size="xs" variant="default" onClick={() => set('changed', isOnly ? null : '1')}>
          {isOnly ? t('Show all') : t('Show only these')}
        </Button>
        <Button
          size="xs"
          variant="default"
          onClick={() => {
            set('changed', null)
            props.seeAll()
          }}
        >
          {t('Seen')}
        </Button>
      </Group>
    </Group>
  )
}

function Gallery(props: {
  families: readonly Family[]
  channelId: number
  changes: ReadonlyMap<string, Change[]>
  open: (opened: Opened) => void
}) {
  const { t } = useWords()
  const [most, setMost] = useState(PAGE)
  const { families, ...rest } = props
  return (
    <>
      <div className="template-gallery">
        {families.slice(0, most).map((family) => (
          <TemplateCard key={family.name} family={family} {...rest} />
        ))}
      </div>
      {families.length > most && (
        <Button mt="md" variant="default" onClick={() => setMost(most + PAGE)}>
          {t('Show more')}
        </Button>
      )}
    </>
  )
}
