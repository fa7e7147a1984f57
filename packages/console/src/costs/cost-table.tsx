import { Table } from '@mantine/core'
import { useWords } from '../../../ui/src/i18n.tsx'
import { useTimes } from '../time.ts'
import type { CostGroup, Costs } from './report.ts'

/** One row for each day, category, price or country; the bar is its share of the dearest row. */
export function CostTable({ report }: { report: Costs }) {
  const { t, locale } = useWords()
  const times = useTimes()
  const { group_by: by, groups, currency } = report
  const heads = { day: t('Day'), category: t('Category'), type: t('Price'), country: t('Country') }
  const weightOf = (group: CostGroup): number => group.amount_micros ?? group.billable
  const most = Math.max(1, ...groups.map(weightOf))
  const rows = by === 'day' ? [...groups].reverse() : [...groups].sort((a, b) => weightOf(b) - weightOf(a))
  const countries = new Intl.DisplayNames(locale, { type: 'region', fallback: 'code' })
  const nameOf = (group: CostGroup): string => {
    const key = group[by] ?? ''
    if (by !== 'country') return key
    return key === 'XX' ? t('unknown country') : `${countries.of(key) ?? key} (${key})`
  }
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label={t('Costs')}>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{heads[by]}</Table.Th>
            <Table.Th aria-hidden w="30%" />
            {currency !== null && <Table.Th ta="end">{currency}</Table.Th>}
            <Table.Th ta="end">{t('Charged')}</Table.Th>
            <Table.Th ta="end">{t('Free tier')}</Table.Th>
            <Table.Th ta="end">{t('Free in the window')}</Table.Th>
            <Table.Th ta="end">{t('Free after an ad')}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {rows.map((group) => (
            <Table.Tr key={group[by]}>
              <Table.Td>
                <bdi>{nameOf(group)}</bdi>
              </Table.Td>
              <Table.Td aria-hidden>
                <div className="cost-bar" style={{ width: `${(100 * weightOf(group)) / most}%` }} />
              </Table.Td>
              {currency !== null && <Table.Td ta="end">{group.amount}</Table.Td>}
              <Table.Td ta="end">{times.number(group.billable)}</Table.Td>
              <Table.Td ta="end">{times.number(group.free_tier)}</Table.Td>
              <Table.Td ta="end">{times.number(group.free_in_window)}</Table.Td>
              <Table.Td ta="end">{times.number(group.free_entry_point)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </div>
  )
}
