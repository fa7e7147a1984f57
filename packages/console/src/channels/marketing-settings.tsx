import { Alert, Button, Group, Select, Stack, Textarea, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, ApiError, type Channel } from '../api.ts'
import { useAction } from '../use-action.ts'
import { problemsAt } from './field-problems.ts'
import { QuietHoursInput } from './quiet-hours-input.tsx'

type Given = Pick<Channel, 'broadcast_start' | 'quiet_hours'> & {
  /** One word a line. */
  stop_words: string
  start_words: string
  stop_answer: string
}

const linesOf = (text: string): string[] =>
  text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '')

/** What the API takes. */
const asSent = ({ stop_words, start_words, stop_answer, ...rest }: Given) => ({
  ...rest,
  stop_words: linesOf(stop_words),
  start_words: linesOf(start_words),
  stop_answer: stop_answer.trim() === '' ? null : stop_answer,
})

/** Who wants no marketing, when nobody is woken up, and what a broadcast needs before it starts. Long: one form. */
export function MarketingSettings({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const stored: Given = {
    broadcast_start: channel.broadcast_start,
    quiet_hours: channel.quiet_hours,
    stop_words: channel.stop_words.join('\n'),
    start_words: channel.start_words.join('\n'),
    stop_answer: channel.stop_answer ?? '',
  }
  const [edits, setEdits] = useState<Partial<Given>>({})
  const given = { ...stored, ...edits }
  const [before, after] = [asSent(stored), asSent(given)]
  const changed = Object.fromEntries(
    Object.entries(after).filter(
      ([key, value]) => JSON.stringify(value) !== JSON.stringify(before[key as keyof typeof before]),
    ),
  )
  const isChanged = Object.keys(changed).length > 0
  const save = useAction({
    mutationFn: () => api('PATCH', `/admin/channels/${channel.channel_id}`, changed),
    onSuccess: async () => {
      await queries.invalidateQueries({ queryKey: ['channels'] })
      setEdits({})
      notifications.show({ message: t('Saved.') })
    },
  })
  const set = (part: Partial<Given>): void => {
    // An error is about what was saved, not about what is written now.
    save.reset()
    setEdits((now) => ({ ...now, ...part }))
  }
  const fields = save.error instanceof ApiError ? save.error.fields : []
  const wrong = (path: string): string | undefined => problemsAt(fields, path, { t, says })
  const isNamed = fields.length > 0

  return (
    <section className="card spaced" aria-labelledby="marketing-settings">
      <Title order={2} size="h4" mb="xs" id="marketing-settings">
        {t('Marketing and broadcasts')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          // Without empty lines, the lines of errors are those that are shown.
          const tidy = (key: 'stop_words' | 'start_words') =>
            edits[key] === undefined ? {} : { [key]: linesOf(edits[key]).join('\n') }
          setEdits((now) => ({ ...now, ...tidy('stop_words'), ...tidy('start_words') }))
          save.mutate()
        }}
      >
        <Stack gap="sm">
          <Textarea
            label={t('Stop words')}
            description={t(
              'One in each line. Whoever writes one of them, and nothing else, gets no marketing any more.',
            )}
            value={given.stop_words}
            error={wrong('stop_words')}
            onChange={(event) => set({ stop_words: event.currentTarget.value })}
            {...{ autosize: true, minRows: 2, maxRows: 8, dir: 'auto' }}
          />
          <Textarea
            label={t('Answer to a stop word')}
            description={t('Sent once for each stop. Leave empty for no answer.')}
            value={given.stop_answer}
            error={wrong('stop_answer')}
            onChange={(event) => set({ stop_answer: event.currentTarget.value })}
            {...{ autosize: true, minRows: 2, maxRows: 8, dir: 'auto' }}
          />
          <Textarea
            label={t('Start words')}
            description={t('One in each line. Whoever writes one of them gets marketing again.')}
            value={given.start_words}
            error={wrong('start_words')}
            onChange={(event) => set({ start_words: event.currentTarget.value })}
            {...{ autosize: true, minRows: 1, maxRows: 8, dir: 'auto' }}
          />
          <QuietHoursInput value={given.quiet_hours} onChange={(quiet_hours) => set({ quiet_hours })} wrong={wrong} />
          <Select
            label={t('Before a broadcast starts')}
            data={[
              { value: 'free', label: t('Nothing is demanded') },
              { value: 'checked', label: t('It must have been checked') },
              { value: 'tested', label: t('It must have been tested with a message to an own number') },
            ]}
            value={given.broadcast_start}
            error={wrong('broadcast_start')}
            onChange={(value) => value && set({ broadcast_start: value as Channel['broadcast_start'] })}
            allowDeselect={false}
          />
          {save.isError && (
            <Alert color="red" variant="light" role="alert">
              {isNamed ? t('Nothing was saved. Correct the fields with a red message.') : says(save.error.message)}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              {t('Save')}
            </Button>
            {isChanged && (
              <Button
                variant="default"
                onClick={() => {
                  save.reset()
                  setEdits({})
                }}
              >
                {t('Undo')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </section>
  )
}
