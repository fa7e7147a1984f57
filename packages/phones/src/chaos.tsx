import { Button, Group, NumberInput, Select, Stack, Switch, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { control, type ActiveFault, type State } from './control.ts'

const word = (text: string): string => text

type Trouble = { id: string; label: string; fault: Record<string, unknown>; needs?: 'ms' | 'copies' }
const TROUBLES: Trouble[] = [
  {
    id: '130429',
    label: word('Sends: the number is above its rate limit (130429)'),
    fault: { on: 'messages', code: 130429 },
  },
  { id: '131056', label: word('Sends: too many to one contact (131056)'), fault: { on: 'messages', code: 131056 } },
  { id: '131047', label: word('Sends: the window is closed (131047)'), fault: { on: 'messages', code: 131047 } },
  { id: '190', label: word('Sends: the token has expired (190)'), fault: { on: 'messages', code: 190 } },
  { id: '500', label: word('Sends: a server error (500, not JSON)'), fault: { on: 'messages', httpStatus: 500 } },
  { id: 'before', label: word('Sends: the connection is closed before'), fault: { on: 'messages', drop: 'before' } },
  { id: 'after', label: word('Sends: accepted, but the answer is lost'), fault: { on: 'messages', drop: 'after' } },
  { id: 'slow', label: word('Sends: slow'), fault: { on: 'messages' }, needs: 'ms' },
  { id: '131026', label: word('Statuses: undeliverable (131026)'), fault: { on: 'statuses', code: 131026 } },
  { id: '131049', label: word('Statuses: too much marketing (131049)'), fault: { on: 'statuses', code: 131049 } },
  { id: 'skip', label: word('Statuses: “delivered” is left out'), fault: { on: 'statuses', skip: ['delivered'] } },
  { id: 'outage', label: word('Webhooks: none arrive'), fault: { on: 'webhooks', outage: true } },
  { id: 'late', label: word('Webhooks: late'), fault: { on: 'webhooks' }, needs: 'ms' },
  { id: 'twice', label: word('Webhooks: twice'), fault: { on: 'webhooks', copies: 2 } },
  { id: 'swapped', label: word('Webhooks: out of order'), fault: { on: 'webhooks', reorder: true } },
  { id: 'links', label: word('Media links: 404'), fault: { on: 'links', linkStatus: 404 } },
]

const HOUR = 3_600_000

/** Sets faults and the clock. Long: one form, whose fields depend on one another. */
export function Chaos() {
  const { t, says, locale } = useWords()
  const queries = useQueryClient()
  const faults = useQuery({
    queryKey: ['faults'],
    queryFn: async () => (await control<{ data: ActiveFault[] }>('GET', '/faults')).data,
    refetchInterval: 1_000,
  })
  const state = useQuery({ queryKey: ['state'], queryFn: () => control<State>('GET', ''), refetchInterval: 2_000 })
  const change = useMutation({
    mutationFn: ({ method, path, body }: { method: string; path: string; body?: unknown }) =>
      control(method, path, body),
    onSuccess: () => queries.invalidateQueries(),
    onError: (error) => notifications.show({ color: 'red', message: says(error.message) }),
  })
  const act = (method: string, path: string, body?: unknown): void => change.mutate({ method, path, body })
  const [asked, setAsked] = useState(false)

  return (
    <Stack className="tool-body">
      <NewTrouble onAdd={(fault) => act('POST', '/faults', fault)} />
      <section>
        <Group justify="space-between">
          <Title order={3} size="h5">
            {t('Active faults')}
          </Title>
          {(faults.data?.length ?? 0) > 0 && (
            <Button size="compact-xs" variant="light" onClick={() => act('DELETE', '/faults')}>
              {t('End all')}
            </Button>
          )}
        </Group>
        {faults.data?.length === 0 && (
          <Text size="sm" c="dimmed">
            {t('No faults.')}
          </Text>
        )}
        {faults.data?.map((one) => (
          <div key={one.id} className="fault">
            <code>{JSON.stringify(one.fault)}</code>
            <span>{one.left === null ? t('until ended') : t('{n} more', { n: one.left })}</span>
            <Button
              size="compact-xs"
              variant="subtle"
              aria-label={t('End trouble {id}', { id: one.id })}
              onClick={() => act('DELETE', `/faults/${one.id}`)}
            >
              {t('End')}
            </Button>
          </div>
        ))}
      </section>
      <section>
        <Title order={3} size="h5">
          {t('The sandbox’s clock')}
        </Title>
        <Text size="sm">
          {state.data &&
            new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'medium' }).format(state.data.now)}
        </Text>
        <Group gap={6} mt={4}>
          {[
            [t('+ 1 hour'), HOUR],
            [t('+ 1 day'), 24 * HOUR],
            [t('+ 1 week'), 7 * 24 * HOUR],
          ].map(([label, ms]) => (
            <Button
              key={label}
              size="compact-sm"
              variant="default"
              onClick={() => act('POST', '/clock', { advanceMs: ms })}
            >
              {label}
            </Button>
          ))}
        </Group>
        <Text size="xs" c="dimmed" mt={4}>
          {t('This moves the sandbox’s clock only. The gateway uses its own clock, and the times in webhooks.')}
        </Text>
      </section>
      <section>
        <Title order={3} size="h5">
          {t('Pace')}
        </Title>
        <NumberInput
          label={t('Milliseconds between statuses')}
          min={0}
          max={60_000}
          value={state.data?.pace.statusDelayMs ?? 0}
          onChange={(value) => act('POST', '/pace', { statusDelayMs: Number(value) || 0 })}
        />
        <Switch
          mt="sm"
          label={t('Auto-read')}
          checked={state.data?.pace.autoRead ?? false}
          onChange={(event) => act('POST', '/pace', { autoRead: event.currentTarget.checked })}
        />
      </section>
      <section>
        {asked ? (
          <Group>
            <Button
              color="red"
              onClick={() => {
                setAsked(false)
                act('POST', '/reset')
              }}
            >
              {t('Forget everything')}
            </Button>
            <Button variant="default" onClick={() => setAsked(false)}>
              {t('Keep it')}
            </Button>
          </Group>
        ) : (
          <Button variant="light" color="red" onClick={() => setAsked(true)}>
            {t('Reset the sandbox')}
          </Button>
        )}
      </section>
    </Stack>
  )
}

function NewTrouble({ onAdd }: { onAdd: (fault: Record<string, unknown>) => void }) {
  const { t } = useWords()
  const [id, setId] = useState('130429')
  const [times, setTimes] = useState<number | ''>(1)
  const [ms, setMs] = useState(3_000)
  const trouble = TROUBLES.find((one) => one.id === id)!
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        const wait = trouble.needs === 'ms' ? { [id === 'late' ? 'delayMs' : 'latencyMs']: ms } : {}
        onAdd({ ...trouble.fault, ...wait, times: times === '' ? null : times })
      }}
    >
      <Stack gap="xs">
        <Select
          label={t('Fault')}
          data={TROUBLES.map((one) => ({ value: one.id, label: t(one.label) }))}
          value={id}
          onChange={(next) => next && setId(next)}
          allowDeselect={false}
          maxDropdownHeight={360}
        />
        {trouble.needs === 'ms' && (
          <NumberInput
            label={t('Delay in milliseconds')}
            min={0}
            max={60_000}
            value={ms}
            onChange={(v) => setMs(Number(v) || 0)}
          />
        )}
        <NumberInput
          label={t('Times')}
          description={t('Empty: until it is removed')}
          min={1}
          max={100_000}
          value={times}
          onChange={(value) => setTimes(value === '' ? '' : Number(value))}
        />
        <Button type="submit">{t('Inject')}</Button>
      </Stack>
    </form>
  )
}
