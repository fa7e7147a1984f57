import { Alert, Button, Group, Modal, Table, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { SecretOnce } from '../channels/secret-once.tsx'
import { PageHead } from '../page-head.tsx'
import { Empty, Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'
import { AlarmForm } from './alarm-form.tsx'
import { PastIncidents } from './past-incidents.tsx'
import { type AlarmRow, ALARMS, reminderWords, useSeverities, useTypes } from './alarm-row.ts'

/** Who is told of incidents, and the incidents that are over. `mayChange`: the reader's role may operate. */
export function Alarms({ mayChange }: { mayChange: boolean }) {
  const { t } = useWords()
  const alarms = useQuery({ queryKey: ALARMS, queryFn: () => api<AlarmRow[]>('GET', '/admin/alarms') })
  const [adding, add] = useDisclosure()
  const [secret, setSecret] = useState<string>()
  return (
    <>
      <PageHead title={t('Alarms')}>{mayChange && <Button onClick={add.open}>{t('Add an alarm')}</Button>}</PageHead>
      <Text size="sm" c="dimmed" mb="md">
        {t('An alarm tells people when something is wrong, when it stays wrong, and when it is over.')}
      </Text>
      {secret && (
        <SecretOnce
          key={secret}
          name={t('Signing secret of the alarm')}
          value={secret}
          onPutAway={() => setSecret(undefined)}
        />
      )}
      {alarms.isPending ? (
        <Waiting />
      ) : alarms.isLoadingError ? (
        <Failed error={alarms.error} retry={() => void alarms.refetch()} />
      ) : alarms.data.length === 0 ? (
        <Empty title={t('Nobody is told when messages stop')}>
          {t('Add Slack, Teams, a mailbox or a URL. The test notification shows whether it arrives.')}
        </Empty>
      ) : (
        <AlarmTable alarms={alarms.data} mayChange={mayChange} />
      )}
      <Title order={2} size="h4" mt="xl" mb="xs">
        {t('Incidents that are over')}
      </Title>
      <PastIncidents />
      <Modal opened={adding} onClose={add.close} title={t('Add an alarm')}>
        <AlarmForm
          onDone={(made) => {
            setSecret(made)
            add.close()
          }}
        />
      </Modal>
    </>
  )
}

function AlarmTable({ alarms, mayChange }: { alarms: readonly AlarmRow[]; mayChange: boolean }) {
  const { t } = useWords()
  const heads = [t('Name'), t('Tells'), t('From severity'), t('Reminder'), t('Quiet hours'), t('Last notification')]
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Alarms')}>
      <Table className="stacked" verticalSpacing="xs">
        <Table.Thead>
          <Table.Tr>
            {[...heads, ...(mayChange ? [t('Actions')] : [])].map((head) => (
              <Table.Th key={head}>{head}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {alarms.map((alarm) => (
            <Row key={alarm.alarm_id} alarm={alarm} mayChange={mayChange} />
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}

function Row({ alarm, mayChange }: { alarm: AlarmRow; mayChange: boolean }) {
  const { t, says } = useWords()
  const times = useTimes()
  const types = useTypes()
  const severities = useSeverities()
  const { name, type, target, min_severity, reminder_minutes, quiet_hours, last_told_at, last_problem } = alarm
  return (
    <Table.Tr>
      <Table.Td dir="auto" fw={550}>
        {name}
      </Table.Td>
      <Table.Td data-label={t('Tells')}>
        <div>
          {types[type]}
          <Text size="xs" c="dimmed" dir="auto">
            {target}
          </Text>
        </div>
      </Table.Td>
      <Table.Td data-label={t('From severity')}>{severities[min_severity]}</Table.Td>
      <Table.Td data-label={t('Reminder')}>{reminderWords(reminder_minutes, t)}</Table.Td>
      <Table.Td data-label={t('Quiet hours')}>
        {quiet_hours ? (
          <div>
            <bdi>{`${quiet_hours.from}–${quiet_hours.to} ${quiet_hours.timezone}`}</bdi>
            <Text size="xs" c="dimmed">
              {quiet_hours.critical ? t('except critical ones') : t('critical ones too')}
            </Text>
          </div>
        ) : (
          t('none')
        )}
      </Table.Td>
      <Table.Td data-label={t('Last notification')}>
        {last_told_at === null ? (
          t('never')
        ) : (
          <>
            <Status
              value={last_problem === null ? 'delivered' : 'failed'}
              word={last_problem === null ? t('Delivered') : t('Not delivered')}
            />{' '}
            {times.short(last_told_at)}
          </>
        )}
        {last_problem !== null && (
          <Text size="xs" c="var(--bad)" dir="auto">
            {says(last_problem)}
          </Text>
        )}
      </Table.Td>
      {mayChange && (
        <Table.Td>
          <Actions alarm={alarm} />
        </Table.Td>
      )}
    </Table.Tr>
  )
}

function Actions({ alarm }: { alarm: AlarmRow }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const [changing, change] = useDisclosure()
  const [removing, remove] = useDisclosure()
  const path = `/admin/alarms/${alarm.alarm_id}`
  const onSettled = () => queries.invalidateQueries({ queryKey: ALARMS })
  const test = useAction({
    mutationFn: () => api<{ delivered: boolean; answer: string }>('POST', `${path}/test`),
    onSettled,
  })
  const drop = useAction({ mutationFn: () => api('DELETE', path), onSettled })
  const problem = test.error ?? drop.error
  return (
    <>
      <Group gap={4} wrap="nowrap">
        <Button size="compact-xs" variant="default" loading={test.isPending} onClick={() => test.mutate()}>
          {t('Send a test')}
        </Button>
        <Button size="compact-xs" variant="default" onClick={change.open}>
          {t('Change')}
        </Button>
        <Button size="compact-xs" variant="default" color="red" onClick={remove.open}>
          {t('Remove')}
        </Button>
      </Group>
      {test.data && (
        <Text size="xs" c={test.data.delivered ? 'var(--good)' : 'var(--bad)'} role="status">
          {test.data.delivered ? t('The test was delivered.') : t('The test was not delivered.')}
        </Text>
      )}
      {problem && (
        <Text size="xs" c="var(--bad)" role="alert">
          {says(problem.message)}
        </Text>
      )}
      <Modal opened={changing} onClose={change.close} title={t('Change {name}', { name: alarm.name })}>
        <AlarmForm alarm={alarm} onDone={change.close} />
      </Modal>
      <Modal opened={removing} onClose={remove.close} title={t('Remove {name}?', { name: alarm.name })}>
        <Alert color="yellow" variant="light" mb="md">
          {t('It tells nobody any more. What it has not told yet is dropped.')}
        </Alert>
        <Group justify="flex-end">
          <Button variant="default" onClick={remove.close} data-autofocus>
            {t('Cancel')}
          </Button>
          <Button color="red" loading={drop.isPending} onClick={() => drop.mutate()}>
            {t('Remove')}
          </Button>
        </Group>
      </Modal>
    </>
  )
}
