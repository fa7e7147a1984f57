import { Checkbox, Group, Select, Stack, Switch, TextInput } from '@mantine/core'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { QuietHours, Weekday } from '../api.ts'

const word = (text: string): string => text

const DAYS: [Weekday, string][] = [
  ['mon', word('Monday')],
  ['tue', word('Tuesday')],
  ['wed', word('Wednesday')],
  ['thu', word('Thursday')],
  ['fri', word('Friday')],
  ['sat', word('Saturday')],
  ['sun', word('Sunday')],
]
const EVERY_DAY = DAYS.map(([day]) => day)
const NIGHT: QuietHours = { from: '21:00', to: '08:00' }

/** When nothing of marketing goes out by itself, by the clock of the recipient's country. */
export function QuietHoursInput(props: {
  value: QuietHours | null
  onChange: (value: QuietHours | null) => void
  /** The problem of a field. */
  wrong: (path: string) => string | undefined
}) {
  const { value, onChange, wrong } = props
  const { t } = useWords()
  const set = (part: Partial<QuietHours>): void => onChange({ ...NIGHT, ...value, ...part })
  const days = value?.days ?? EVERY_DAY
  const setDays = (chosen: string[]): void => {
    const next = EVERY_DAY.filter((day) => chosen.includes(day))
    const { days: _before, ...rest } = { ...NIGHT, ...value }
    onChange(next.length === EVERY_DAY.length ? rest : { ...rest, days: next })
  }
  return (
    <Stack gap="xs">
      <Switch
        label={t('Quiet hours')}
        description={t('By the clock of the recipient’s country. What they hold back goes out when they are over.')}
        checked={value !== null}
        error={wrong('quiet_hours')}
        onChange={(event) => onChange(event.currentTarget.checked ? NIGHT : null)}
      />
      {value !== null && (
        <Stack gap="xs" pl="md">
          <Group grow align="flex-start">
            <TextInput
              type="time"
              label={t('Quiet from')}
              value={value.from}
              error={wrong('quiet_hours.from')}
              onChange={(event) => set({ from: event.currentTarget.value })}
            />
            <TextInput
              type="time"
              label={t('Quiet until')}
              value={value.to}
              error={wrong('quiet_hours.to')}
              onChange={(event) => set({ to: event.currentTarget.value })}
            />
          </Group>
          <Checkbox.Group label={t('They begin on')} value={days} error={wrong('quiet_hours.days')} onChange={setDays}>
            <Group gap="xs" mt={4}>
              {DAYS.map(([day, name]) => (
                <Checkbox key={day} value={day} label={t(name)} size="xs" />
              ))}
            </Group>
          </Checkbox.Group>
          <Select
            label={t('What they hold back')}
            data={[
              { value: 'marketing', label: t('Marketing templates') },
              { value: 'all', label: t('Everything that goes out by itself') },
            ]}
            value={value.for ?? 'marketing'}
            error={wrong('quiet_hours.for')}
            onChange={(chosen) => chosen && set({ for: chosen as 'marketing' | 'all' })}
            allowDeselect={false}
          />
        </Stack>
      )}
    </Stack>
  )
}
