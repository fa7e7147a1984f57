import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../ui/src/i18n.tsx'
import { control, type Bill } from './control.ts'
import { CATEGORY, PRICE_TYPE } from './words.ts'

/** What this month's messages cost, in numbers of messages: the sandbox has no price list. */
export function BillCard({ number }: { number: string }) {
  const { t, locale } = useWords()
  const bill = useQuery({
    queryKey: ['bill', number],
    queryFn: () => control<Bill>('GET', `/numbers/${number}/bill`),
  })
  if (!bill.data) return null
  const { month, service, rows } = bill.data
  const name = new Intl.DateTimeFormat(locale, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
    new Date(`${month}-01T00:00:00Z`),
  )
  const charged = rows.filter((row) => row.billable).reduce((sum, row) => sum + row.count, 0)
  return (
    <section className="phone-card" aria-label={t('Bill')}>
      <h2>{t('Bill of {month}', { month: name })}</h2>
      <p className="phone-small" role="status">
        {t('Charged messages: {n}.', { n: charged })}{' '}
        {t('Free service messages: {n} of {most}.', {
          n: Math.min(service.delivered, service.free),
          most: service.free,
        })}
      </p>
      {rows.length > 0 && (
        <table className="phone-bill">
          <thead>
            <tr>
              <th scope="col">{t('Category')}</th>
              <th scope="col">{t('Price')}</th>
              <th scope="col">{t('Messages')}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={`${row.category} ${row.type}`}>
                <td>{t(CATEGORY[row.category] ?? row.category)}</td>
                <td>{t(PRICE_TYPE[row.type] ?? row.type)}</td>
                <td>{row.count}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  )
}
