import { Anchor, Table, Text, Title } from '@mantine/core'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Activity } from '../api.ts'
import { useTimes } from '../time.ts'
import { listSearch, type Period } from './span.ts'

/** The failures of the period by WhatsApp's code, with what to do. */
export function Failures({ activity, period }: { activity: Activity; period: Period }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { failures } = activity
  const within = listSearch(activity, period)
  return (
    <section className="card">
      <Title order={2} size="h4" mb="xs">
        {t('Failures by code')}
      </Title>
      {failures.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t('No failures in this period.')}
        </Text>
      ) : (
        <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Failures by code')}>
          <Table verticalSpacing="xs">
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t('Code')}</Table.Th>
                <Table.Th>{t('Meaning, and what to do')}</Table.Th>
                <Table.Th ta="right">{t('Count')}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {failures.map((failure) => (
                <Table.Tr key={`${failure.code} ${failure.title}`}>
                  <Table.Td>
                    {failure.code === null ? (
                      '—'
                    ) : (
                      <Anchor component={Link} href={`/messages?error=${failure.code}&${within}`} size="sm">
                        {failure.code}
                      </Anchor>
                    )}
                  </Table.Td>
                  <Table.Td>
                    <Text size="sm">{failure.title}</Text>
                    {failure.advice && (
                      <Text size="xs" c="dimmed">
                        {says(failure.advice)}
                      </Text>
                    )}
                  </Table.Td>
                  <Table.Td ta="right">{times.number(failure.count)}</Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </div>
      )}
    </section>
  )
}
