import {
  Alert,
  Button,
  Group,
  NumberInput,
  PasswordInput,
  Select,
  Stack,
  Switch,
  TextInput,
  Title,
} from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useSearchParams } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { useAction } from '../use-action.ts'

type Given = Pick<
  Channel,
  | 'name'
  | 'window_policy'
  | 'media_check'
  | 'media_mode'
  | 'messages_per_second'
  | 'direct_send'
  | 'marketing'
  | 'compatibility'
> & {
  default_language: string
  access_token: string
}

/** Long: one form, saved as a whole. */
export function Settings({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const stored: Given = {
    name: channel.name,
    default_language: channel.default_language ?? '',
    window_policy: channel.window_policy,
    media_check: channel.media_check,
    media_mode: channel.media_mode,
    messages_per_second: channel.messages_per_second,
    direct_send: channel.direct_send,
    marketing: channel.marketing,
    compatibility: channel.compatibility,
    access_token: '',
  }
  const [params] = useSearchParams()
  const asked = params.get('field')
  // A link to a field, as of an incident, puts the focus there.
  useEffect(() => {
    if (asked === 'access_token' || asked === 'messages_per_second') document.getElementById(asked)?.focus()
  }, [asked])
  // Holds only the fields that were edited here. A change by another user is shown, and never overwritten.
  const [edits, setEdits] = useState<Partial<Given>>({})
  const given = { ...stored, ...edits }
  const set = (part: Partial<Given>): void => setEdits((before) => ({ ...before, ...part }))
  const changed = Object.fromEntries(
    Object.entries(edits)
      .filter(([key, value]) => value !== stored[key as keyof Given])
      .map(([key, value]) => [key, key === 'default_language' && value === '' ? null : value]),
  )
  const isChanged = Object.keys(changed).length > 0
  const save = useAction({
    mutationFn: (_saved: Partial<Given>) => api('PATCH', `/admin/channels/${channel.channel_id}`, changed),
    onSuccess: async (_answer, saved) => {
      setEdits(({ access_token: _written, ...rest }) => rest)
      notifications.show({ message: t('Saved.') })
      await queries.invalidateQueries({ queryKey: ['channels'] })
      // Text that was typed during the save is still unsaved.
      setEdits((now) => Object.fromEntries(Object.entries(now).filter(([key, v]) => v !== saved[key as keyof Given])))
    },
  })
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('Settings')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          save.mutate(edits)
        }}
      >
        <Stack gap="sm">
          <TextInput
            label={t('Name')}
            value={given.name}
            onChange={(e) => set({ name: e.currentTarget.value })}
            required
          />
          <NumberInput
            id="messages_per_second"
            label={t('Rate limit, in messages per second')}
            description={t('80 for most numbers; up to 1,000 where WhatsApp has raised it')}
            min={1}
            max={100_000}
            value={given.messages_per_second}
            onChange={(value) => set({ messages_per_second: Number(value) || 1 })}
          />
          <Select
            label={t('The 24-hour window')}
            data={[
              { value: 'enforce', label: t('Reject what WhatsApp would reject') },
              { value: 'observe', label: t('Allow everything') },
            ]}
            value={given.window_policy}
            onChange={(value) => value && set({ window_policy: value as Channel['window_policy'] })}
            allowDeselect={false}
          />
          <Select
            label={t('Check of media links')}
            data={[
              { value: 'probe', label: t('Fetch the first bytes from the host') },
              { value: 'type', label: t('Check the URL only') },
              { value: 'off', label: t('No check') },
            ]}
            value={given.media_check}
            onChange={(value) => value && set({ media_check: value as Channel['media_check'] })}
            allowDeselect={false}
          />
          <Select
            label={t('Media links')}
            data={[
              { value: 'link', label: t('WhatsApp fetches them') },
              { value: 'upload', label: t('Fetched once here, then sent by id') },
            ]}
            value={given.media_mode}
            onChange={(value) => value && set({ media_mode: value as Channel['media_mode'] })}
            allowDeselect={false}
          />
          <Select
            label={t('Marketing templates')}
            description={t('The Marketing Messages API needs its terms to be accepted at WhatsApp')}
            data={[
              { value: 'cloud', label: t('Through the Cloud API') },
              { value: 'marketing_messages', label: t('Through the Marketing Messages API') },
              { value: 'auto', label: t('Through the Marketing Messages API, else through the Cloud API') },
            ]}
            value={given.marketing}
            onChange={(value) => value && set({ marketing: value as Channel['marketing'] })}
            allowDeselect={false}
          />
          <Select
            label={t('Answers and callbacks')}
            description={t('For programs that were written for the hosted API')}
            data={[
              { value: 'postern', label: t('Postern’s: HTTP statuses, details and all events') },
              { value: 'page', label: t('The hosted API’s: always HTTP 200, and its five events') },
            ]}
            value={given.compatibility}
            onChange={(value) => value && set({ compatibility: value as Channel['compatibility'] })}
            allowDeselect={false}
          />
          <Switch
            label={t('Direct Send: utility messages without a template, also in a closed window')}
            checked={given.direct_send}
            onChange={(e) => set({ direct_send: e.currentTarget.checked })}
          />
          <TextInput
            label={t('Default language of templates')}
            description={t('Used when a template is approved in several languages, for instance en_US')}
            value={given.default_language}
            onChange={(e) => set({ default_language: e.currentTarget.value })}
          />
          <PasswordInput
            id="access_token"
            label={t('New access token')}
            description={t('Leave empty to keep the current value')}
            value={given.access_token}
            onChange={(e) => set({ access_token: e.currentTarget.value })}
            autoComplete="off"
          />
          {save.isError && (
            <Alert color="red" variant="light" role="alert">
              {says(save.error.message)}
            </Alert>
          )}
          <Group>
            <Button type="submit" loading={save.isPending} disabled={!isChanged}>
              {t('Save')}
            </Button>
            {isChanged && (
              <Button variant="default" onClick={() => setEdits({})}>
                {t('Undo')}
              </Button>
            )}
          </Group>
        </Stack>
      </form>
    </section>
  )
}
