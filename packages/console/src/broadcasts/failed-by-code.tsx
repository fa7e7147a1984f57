import { Anchor, Table, Title } from '@mantine/core'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel } from '../api.ts'
import { useTimes } from '../time.ts'
import { adviceWord, reasonWord } from './reason-words.ts'
import type { BroadcastDetail } from './types.ts'

/** Why people did not get it, the most frequent first, with what to do. */
export function FailedByCode({ channel, broadcast }: { channel: Channel; broadcast: BroadcastDetail }) {
  const { t, says } = useWords()
  const times = useTimes()
  return (
    <section className="card spaced" aria-labelledby="failed">
      <Title order={2} size="h4" mb="xs" id="failed">
        {t('Who did not get it, and why')}
      </Title>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Failures by code')}>
        <Table verticalSpacing="xs">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('Code')}</Table.Th>
              <Table.Th>{t('Meaning, and what to do')}</Table.Th>
              <Table.Th ta="right">{t('Recipients')}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {broadcast.failed_by_code.map(({ code, reason, recipients, advice }) => {
              const words = advice === null ? adviceWord(reason) : undefined
              return (
                <Table.Tr key={`${code} ${reason}`}>
                  <Table.Td>{code ?? '—'}</Table.Td>
                  <Table.Td>
                    <strong>{t(reasonWord(reason))}</strong>
                    {(advice ?? words) !== undefined && <div>{advice === null ? t(words!) : says(advice)}</div>}
                  </Table.Td>
                  <Table.Td ta="right">
                    <Anchor
                      component={Link}
                      size="sm"
                      href={`/broadcasts/${channel.channel_id}/${broadcast.id}?show=${reason === 'undelivered' ? 'undelivered' : 'failed'}`}
                      aria-label={t('Show these {n} people', { n: times.number(recipients) })}
                    >
                      {times.number(recipients)}
                    </Anchor>
                  </Table.Td>
                </Table.Tr>
              )
            })}
          </Table.Tbody>
        </Table>
      </div>
    </section>
  )
}
