import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type ContactCosts as Costs, type Person } from '../api.ts'
import { useTimes } from '../time.ts'

/** What WhatsApp charged for the messages to a contact: all that the store has, by month and category. */
export function ContactCosts({ person }: { person: Person }) {
  const { t } = useWords()
  const times = useTimes()
  const costs = useQuery({
    queryKey: ['contact-costs', person.channel_id, person.contact_id],
    queryFn: () => api<Costs>('GET', `/admin/conversations/${person.channel_id}/${person.contact_id}/costs`),
    // A sum over all messages of the contact.
    staleTime: 60_000,
  })
  if (!costs.data || costs.data.months.length === 0) return null
  const { months, currency, since } = costs.data
  return (
    <>
      <h2>{t('Costs')}</h2>
      <table className="contact-costs">
        <thead>
          <tr>
            <th scope="col">{t('Month')}</th>
            <th scope="col">{t('Category')}</th>
            <th scope="col">{t('Charged')}</th>
            <th scope="col">{currency ?? t('Free')}</th>
          </tr>
        </thead>
        <tbody>
          {months.map((one, i) => (
            <tr key={`${one.month} ${one.category}`}>
              <td>{months[i - 1]?.month === one.month ? '' : times.month(Date.parse(one.month) / 1000)}</td>
              <td>{one.category}</td>
              <td>{times.number(one.billable)}</td>
              <td>{one.amount ?? times.number(one.free)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {currency !== null && (
        <Text size="xs" c="dimmed">
          {t('An estimate, before volume discounts.')}
        </Text>
      )}
      {since !== null && (
        <Text size="xs" c="dimmed">
          {t('Messages since {time}.', { time: times.full(since) })}
        </Text>
      )}
    </>
  )
}
