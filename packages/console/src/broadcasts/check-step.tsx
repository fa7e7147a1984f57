import { Alert, Anchor, Button, Group, Stack, Table, Text, Title } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Channel } from '../api.ts'
import { useTimes } from '../time.ts'
import { Forecast } from './forecast.tsx'
import { FirstPhones } from './phone-sketch.tsx'
import { placeOf, runCheck, useOnce, useRefresh } from './queries.ts'
import { reasonWord } from './reason-words.ts'
import type { BroadcastDetail, Report } from './types.ts'

/** What the dry run found: who gets it, who does not and why, and what the first people will see. */
export function CheckStep(props: {
  channel: Channel
  draft: BroadcastDetail
  report: Report
  /** Where another file is uploaded. */
  correct: string | undefined
  onNext: () => void
}) {
  const { t, says } = useWords()
  const times = useTimes()
  const { channel, draft, report } = props
  const queries = useQueryClient()
  const refresh = useRefresh(channel.channel_id, draft.id)
  const again = useOnce(
    async (skipBad: boolean | undefined) => {
      if (skipBad !== undefined) await api('PATCH', placeOf(channel.channel_id, draft.id), { skip_bad: skipBad })
      return runCheck(channel.channel_id, draft.id)
    },
    async () => {
      await queries.invalidateQueries({ queryKey: ['broadcast-report', channel.channel_id, draft.id] })
      await refresh()
    },
  )
  const bad = report.bad.rows
  return (
    <Stack>
      <Forecast report={report} />
      <section className="card" aria-labelledby="first-messages">
        <Title order={2} size="h4" mb="xs" id="first-messages">
          {t('The first messages, as people will see them')}
        </Title>
        <FirstPhones preview={report.preview} />
      </section>
      {bad > 0 && <BadRows {...props} />}
      {again.isError && (
        <Alert color="red" variant="light" role="alert">
          {says(again.error.message)}
        </Alert>
      )}
      <Group>
        {bad > 0 && !draft.skip_bad && (
          <Button loading={again.isPending} onClick={() => again.run(true)}>
            {t('Leave out {bad} bad rows, and go on with {n} people', {
              bad: times.number(bad),
              n: times.number(report.forecast.accepted),
            })}
          </Button>
        )}
        {report.ok && <Button onClick={props.onNext}>{t('Next: test and start')}</Button>}
        {bad > 0 && draft.skip_bad && (
          <Button variant="default" loading={again.isPending} onClick={() => again.run(false)}>
            {t('Do not leave bad rows out')}
          </Button>
        )}
        {props.correct !== undefined && (
          <Button variant="default" component={Link} href={props.correct}>
            {t('Upload a corrected file')}
          </Button>
        )}
        <Button variant="subtle" loading={again.isPending} onClick={() => again.run(undefined)}>
          {t('Check again')}
        </Button>
      </Group>
      <Text size="xs" c="dimmed">
        {t('Checked {time}. Nothing was sent.', { time: times.full(report.checked_at) })}
      </Text>
    </Stack>
  )
}

function BadRows({ channel, draft, report }: { channel: Channel; draft: BroadcastDetail; report: Report }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { rows, first } = report.bad
  return (
    <section className="card" aria-labelledby="bad-rows">
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4" id="bad-rows">
          {rows === 1 ? t('1 bad row') : t('{n} bad rows', { n: times.number(rows) })}
        </Title>
        <Anchor size="sm" href={`${placeOf(channel.channel_id, draft.id)}/check.csv`} download>
          {t('All rows that are not sent, as CSV')}
        </Anchor>
      </Group>
      <div className="table-scroll bad-rows" tabIndex={0} role="region" aria-label={t('Bad rows')}>
        <Table verticalSpacing={6}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th ta="right">{t('Line')}</Table.Th>
              <Table.Th>{t('Number')}</Table.Th>
              <Table.Th>{t('What is wrong')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {first.map((row) => (
              <Table.Tr key={row.line}>
                <Table.Td ta="right">{row.line}</Table.Td>
                <Table.Td className="mono" dir="auto">
                  {row.recipient || '—'}
                </Table.Td>
                <Table.Td>
                  <strong>{t(reasonWord(row.reason))}</strong>: {says(row.message)}
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </div>
      {rows > first.length && (
        <Text size="sm" c="dimmed" mt={6}>
          {t('These are the first {n}. The CSV has all of them.', { n: first.length })}
        </Text>
      )}
    </section>
  )
}
