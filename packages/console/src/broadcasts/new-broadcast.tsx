import { Anchor, Select } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { Link, useLocation, useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { useTemplates } from '../queries.ts'
import { Failed, isGone, Waiting } from '../states.tsx'
import { ColumnsStep } from './columns-step.tsx'
import { FileStep } from './file-step.tsx'
import { guessed, placesOf } from './mapping.ts'
import { keyOfEntry, MessageStep } from './message-step.tsx'
import { placeOf, useFile, useOnce } from './queries.ts'
import { type Step, stepOf, Steps } from './steps.tsx'
import { isDraft, type Broadcast, type RowMap } from './types.ts'

/** What the address has, so that a reload loses nothing. */
type Kept = Partial<Record<'step' | 'name' | 'map', string>>

function mapIn(text: string | null): RowMap | undefined {
  try {
    return text === null ? undefined : (JSON.parse(text) as RowMap)
  } catch {
    return undefined
  }
}

/** The first steps: people, message, columns. From then on the draft is in the store. Long: it holds the steps together. */
export function NewBroadcast({ channels }: { channels: Channel[] }) {
  const { t, says } = useWords()
  const [, navigate] = useLocation()
  const queries = useQueryClient()
  const [params, setParams] = useSearchParams()
  const channel = channels.find((one) => String(one.channel_id) === params.get('channel')) ?? channels[0]!
  const file = useFile(channel.channel_id, params.get('file'))
  const templates = useTemplates(channel.channel_id)
  const entry = templates.data?.templates.find((one) => keyOfEntry(one) === params.get('template'))
  const keep = (change: Kept, replace = false): void =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before)
        for (const [key, value] of Object.entries(change)) next.set(key, value)
        return next
      },
      { replace },
    )
  const map = mapIn(params.get('map')) ?? (entry && file.data ? guessed(placesOf(entry), file.data.columns) : {})
  const name = params.get('name') ?? file.data?.filename?.replace(/\.\w+$/, '') ?? ''
  const from = params.get('from')

  const create = useOnce(
    () =>
      api<Broadcast>('POST', placeOf(channel.channel_id), {
        ...{ name: name.trim(), file_id: file.data!.file_id, map, draft: true },
        template: { name: entry!.name, language: entry!.language },
      }),
    async (made) => {
      if (!isDraft(made.state))
        notifications.show({ message: t('This broadcast exists already, with the same people and message.') })
      // The draft that this one comes from is not needed any more.
      if (from !== null && from !== made.id)
        await api('POST', `${placeOf(channel.channel_id, from)}/cancel`, {}).catch(() => undefined)
      await queries.invalidateQueries({ queryKey: ['broadcasts', channel.channel_id] })
      navigate(`/broadcasts/${channel.channel_id}/${made.id}?step=check`, { replace: true })
    },
  )

  if (file.isLoading || templates.isPending) return <Waiting />
  if (templates.isLoadingError) return <Failed error={templates.error} retry={() => void templates.refetch()} />
  if (file.isLoadingError && !isGone(file.error)) return <Failed error={file.error} />
  const open: Step[] = !file.data ? ['file'] : !entry ? ['file', 'message'] : ['file', 'message', 'columns']
  const asked = params.get('step')
  const at = asked === null ? 'file' : stepOf(asked, open)
  return (
    <>
      <Anchor component={Link} href={`/broadcasts/${channel.channel_id}`} size="sm">
        ← {t('Broadcasts')}
      </Anchor>
      <PageHead title={t('New broadcast')}>
        {channels.length > 1 && (
          <Select
            aria-label={t('Channel')}
            data={channels.map((one) => ({ value: String(one.channel_id), label: one.name }))}
            value={String(channel.channel_id)}
            // Files and templates are a channel's own.
            onChange={(id) => id && navigate(`/broadcasts/new?channel=${id}`, { replace: true })}
            allowDeselect={false}
            w={180}
          />
        )}
      </PageHead>
      <Steps
        at={at}
        hrefOf={(step) => {
          const next = new URLSearchParams(params)
          next.set('step', step)
          return `/broadcasts/new?${next}`
        }}
      >
        {at === 'file' && (
          <FileStep
            channelId={channel.channel_id}
            file={file.data}
            onFile={(made) => {
              queries.setQueryData(['recipients-file', channel.channel_id, made.file_id], made)
              setParams((before) => {
                const next = new URLSearchParams(before)
                next.delete('map')
                next.set('channel', String(channel.channel_id))
                next.set('file', made.file_id)
                return next
              })
            }}
            onNext={() => keep({ step: 'message' })}
          />
        )}
        {at === 'message' && (
          <MessageStep
            templates={templates.data.templates}
            entry={entry}
            onEntry={(chosen) => {
              setParams(
                (before) => {
                  const next = new URLSearchParams(before)
                  next.delete('map')
                  next.set('template', keyOfEntry(chosen))
                  return next
                },
                { replace: true },
              )
            }}
            name={name}
            onName={(written) => keep({ name: written }, true)}
            business={channel.name}
            onNext={() => keep({ step: 'columns' })}
          />
        )}
        {at === 'columns' && entry && file.data && (
          <ColumnsStep
            entry={entry}
            file={file.data}
            map={map}
            onMap={(next) => keep({ map: JSON.stringify(next) }, true)}
            business={channel.name}
            problem={create.isError ? says(create.error.message) : undefined}
            isSaving={create.isPending}
            onNext={() => create.run(undefined)}
          />
        )}
      </Steps>
    </>
  )
}
