import { Alert, Button, Checkbox, Group, NumberInput, Select, Stack, Switch, TagsInput, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, ApiError } from '../api.ts'
import { problemsAt } from '../channels/field-problems.ts'
import { useAction } from '../use-action.ts'
import {
  type AlarmQuiet,
  type AlarmRow,
  ALARMS,
  type AlarmType,
  type Severity,
  useSeverities,
  useTypes,
} from './alarm-row.ts'

const NIGHT: Omit<AlarmQuiet, 'timezone'> = { from: '22:00', to: '07:00', critical: true }
/** Four hours, as the API has it. */
const REMINDER = 240

type Target = { type: AlarmType; url: string; smtp_url: string; from: string; to: string[] }
type Wrong = (path: string) => string | undefined

const here = (): string => Intl.DateTimeFormat().resolvedOptions().timeZone

const bodyOf = ({ type, url, smtp_url, from, to }: Target): object =>
  type === 'email' ? { type, smtp_url: smtp_url.trim(), from: from.trim(), to } : { type, url: url.trim() }

/** A new alarm, or the settings of one that exists: its target is a secret, and stays. */
export function AlarmForm({ alarm, onDone }: { alarm?: AlarmRow; onDone: (secret?: string) => void }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const severities = useSeverities()
  const [target, setTarget] = useState<Target>({ type: 'slack', url: '', smtp_url: '', from: '', to: [] })
  const [name, setName] = useState(alarm?.name ?? '')
  const [least, setLeast] = useState<Severity>(alarm?.min_severity ?? 'warning')
  const [reminder, setReminder] = useState<number | string>(alarm?.reminder_minutes ?? REMINDER)
  const [quiet, setQuiet] = useState(alarm?.quiet_hours ?? null)
  const save = useAction({
    mutationFn: () => {
      const settings = {
        ...(name.trim() !== '' && { name: name.trim() }),
        min_severity: least,
        reminder_minutes: Number(reminder),
        quiet_hours: quiet,
      }
      return alarm
        ? api<{ secret?: string }>('PATCH', `/admin/alarms/${alarm.alarm_id}`, settings)
        : api<{ secret?: string }>('POST', '/admin/alarms', { ...bodyOf(target), ...settings })
    },
    onSuccess: async ({ secret }) => {
      onDone(secret)
      await queries.invalidateQueries({ queryKey: ALARMS })
    },
  })
  const fields = save.error instanceof ApiError ? save.error.fields : []
  const wrong: Wrong = (path) => problemsAt(fields, path, { t, says })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        save.mutate()
      }}
    >
      <Stack>
        {!alarm && <TargetFields target={target} onChange={setTarget} wrong={wrong} />}
        <TextInput
          label={t('Name')}
          description={alarm ? undefined : t('For instance Night shift. Without one, it is the address.')}
          value={name}
          maxLength={100}
          error={wrong('name')}
          onChange={(event) => setName(event.currentTarget.value)}
          required={alarm !== undefined}
        />
        <Select
          label={t('Tell about')}
          data={[
            { value: 'critical', label: severities.critical },
            { value: 'warning', label: t('Warnings and critical ones') },
            { value: 'info', label: t('Everything') },
          ]}
          value={least}
          onChange={(chosen) => chosen && setLeast(chosen as Severity)}
          allowDeselect={false}
        />
        <NumberInput
          label={t('Remind after minutes')}
          description={t('How often an incident that stays open is told again. 0: never.')}
          min={0}
          max={10_080}
          value={reminder}
          error={wrong('reminder_minutes')}
          onChange={setReminder}
        />
        <QuietFields quiet={quiet} onChange={setQuiet} wrong={wrong} />
        {save.error && (
          <Alert color="red" variant="light" role="alert">
            {says(save.error.message)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={save.isPending}>
            {alarm ? t('Save') : t('Add the alarm')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function TargetFields(props: { target: Target; onChange: (target: Target) => void; wrong: Wrong }) {
  const { target, onChange, wrong } = props
  const { t } = useWords()
  const types = useTypes()
  const set = (part: Partial<Target>): void => onChange({ ...target, ...part })
  const places = {
    slack: 'https://hooks.slack.com/services/…',
    teams: 'https://….webhook.office.com/…',
    url: 'https://…',
  }
  return (
    <>
      <Select
        label={t('Tells')}
        data={Object.entries(types).map(([value, label]) => ({ value, label }))}
        value={target.type}
        onChange={(chosen) => chosen && set({ type: chosen as AlarmType })}
        allowDeselect={false}
      />
      {target.type === 'email' ? (
        <>
          <TextInput
            label={t('Mail server')}
            description={t('With the password in it. It is stored encrypted and not shown again.')}
            placeholder="smtps://user:password@mail.example:465"
            value={target.smtp_url}
            error={wrong('smtp_url')}
            onChange={(event) => set({ smtp_url: event.currentTarget.value })}
            required
          />
          <TextInput
            label={t('Sender')}
            type="email"
            value={target.from}
            error={wrong('from')}
            onChange={(event) => set({ from: event.currentTarget.value })}
            required
          />
          <TagsInput
            label={t('Receivers')}
            description={t('Press Enter after each address.')}
            value={target.to}
            error={wrong('to')}
            maxTags={20}
            acceptValueOnBlur
            onChange={(to) => set({ to })}
          />
        </>
      ) : (
        <TextInput
          label={t('Webhook address')}
          description={t('It is stored encrypted and not shown again.')}
          placeholder={places[target.type]}
          type="url"
          value={target.url}
          error={wrong('url')}
          onChange={(event) => set({ url: event.currentTarget.value })}
          required
        />
      )}
    </>
  )
}

function QuietFields(props: { quiet: AlarmQuiet | null; onChange: (quiet: AlarmQuiet | null) => void; wrong: Wrong }) {
  const { quiet, onChange, wrong } = props
  const { t } = useWords()
  return (
    <>
      <Switch
        label={t('Quiet hours')}
        description={t('What is held back meanwhile is told when they are over.')}
        checked={quiet !== null}
        onChange={(event) => onChange(event.currentTarget.checked ? { ...NIGHT, timezone: here() } : null)}
      />
      {quiet && (
        <Stack gap="xs" pl="md">
          <Group grow align="flex-start">
            <TextInput
              type="time"
              label={t('Quiet from')}
              value={quiet.from}
              error={wrong('quiet_hours.from')}
              onChange={(event) => onChange({ ...quiet, from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t('Quiet until')}
              value={quiet.to}
              error={wrong('quiet_hours.to')}
              onChange={(event) => onChange({ ...quiet, to: event.currentTarget.value })}
            />
          </Group>
          <TextInput
            label={t('Time zone')}
            value={quiet.timezone}
            error={wrong('quiet_hours.timezone')}
            onChange={(event) => onChange({ ...quiet, timezone: event.currentTarget.value })}
          />
          <Checkbox
            label={t('Tell critical incidents at once all the same')}
            checked={quiet.critical}
            onChange={(event) => onChange({ ...quiet, critical: event.currentTarget.checked })}
          />
        </Stack>
      )}
    </>
  )
}
