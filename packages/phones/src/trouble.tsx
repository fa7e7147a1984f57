import { Button, Group, NumberInput, SegmentedControl, Stack, Switch, Text, Title } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { auto } from '../../ui/src/direction.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { control, type ActiveFault, type BusinessNumber, type State } from './control.ts'
import { activeOf, othersOf, TROUBLES, wordsOf, type Trouble } from './troubles.ts'

const HOUR = 3_600_000

type Act = (method: string, path: string, body?: unknown) => void
type Names = { phones: readonly string[]; numbers: readonly BusinessNumber[]; nameOf: (number: string) => string }

/** Sets faults, the clock and the pace. Long: one panel of short sections. */
export function TroublePanel(names: Names) {
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
  const act: Act = (method, path, body) => change.mutate({ method, path, body })
  const [asked, setAsked] = useState(false)

  return (
    <Stack className="tool-body">
      <Switches {...names} active={faults.data ?? []} act={act} />
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

/** For everybody, `phone NUMBER`, or `number ID`. */
type Aim = string

/** Every trouble as a switch. How often and for whom is chosen before it is switched on. */
function Switches({ active, act, ...names }: Names & { active: readonly ActiveFault[]; act: Act }) {
  const { t } = useWords()
  const [aim, setAim] = useState<Aim>('')
  const [times, setTimes] = useState('1')
  const others = othersOf(active)
  return (
    <section className="troubles" aria-label={t('Faults')}>
      <div className="trouble-aim">
        <label>
          {t('For')}
          <select className="wire-phone" value={aim} onChange={(event) => setAim(event.currentTarget.value)}>
            <option value="">{t('everybody')}</option>
            {names.phones.map((number) => (
              <option key={number} value={`phone ${number}`}>
                {auto(names.nameOf(number))}
              </option>
            ))}
            {names.numbers.map((one) => (
              <option key={one.id} value={`number ${one.id}`}>
                {t('Business: {name}', { name: auto(one.verifiedName) })}
              </option>
            ))}
          </select>
        </label>
        <SegmentedControl
          size="xs"
          aria-label={t('How often')}
          data={[
            { value: '1', label: t('The next one') },
            { value: '5', label: t('The next 5') },
            { value: '', label: t('Until I end it') },
          ]}
          value={times}
          onChange={setTimes}
        />
      </div>
      {TROUBLES.map(({ title, troubles }) => (
        <fieldset key={title}>
          <legend>{t(title)}</legend>
          {troubles.map((trouble) => (
            <Row
              key={trouble.id}
              trouble={trouble}
              active={activeOf(trouble, active)}
              names={names}
              onStart={() =>
                act('POST', '/faults', {
                  ...trouble.fault,
                  times: times === '' ? null : Number(times),
                  ...(aim !== '' && !trouble.isForAll && { match: matchOf(aim) }),
                })
              }
              onEnd={(id) => act('DELETE', `/faults/${id}`)}
            />
          ))}
        </fieldset>
      ))}
      {others.map((one) => (
        <div key={one.id} className="fault">
          <span>{t('Set by a program: {what}', { what: wordsOf(one) })}</span>
          <Button size="compact-xs" variant="default" onClick={() => act('DELETE', `/faults/${one.id}`)}>
            {t('End')}
          </Button>
        </div>
      ))}
      {active.length > 0 && (
        <Button size="xs" variant="light" color="red" mt="xs" onClick={() => act('DELETE', '/faults')}>
          {t('End all')}
        </Button>
      )}
    </section>
  )
}

function matchOf(aim: Aim): Record<string, string> {
  const [what, id = ''] = aim.split(' ')
  return what === 'phone' ? { to: id } : { numberId: id }
}

function Row(props: {
  trouble: Trouble
  active: ActiveFault[]
  names: Names
  onStart: () => void
  onEnd: (id: string) => void
}) {
  const { t } = useWords()
  const { trouble, active, names } = props
  const [first] = active
  return (
    <div className="trouble" data-on={active.length > 0 || undefined}>
      <Switch
        label={
          <>
            {t(trouble.label)}
            {trouble.code !== undefined && <code> {trouble.code}</code>}
          </>
        }
        checked={active.length > 0}
        onChange={() => (active.length > 0 ? active.forEach(({ id }) => props.onEnd(id)) : props.onStart())}
      />
      {first && (
        <small role="status">
          {whom(first, names) ?? t('for everybody')} ·{' '}
          {first.left === null ? t('until ended') : t('{n} more', { n: first.left })}
        </small>
      )}
    </div>
  )
}

function whom({ fault }: ActiveFault, { numbers, nameOf }: Names): string | undefined {
  const { to, numberId } = (fault.match ?? {}) as { to?: string; numberId?: string }
  if (to !== undefined) return nameOf(to)
  return numberId === undefined ? undefined : numbers.find((one) => one.id === numberId)?.verifiedName
}
