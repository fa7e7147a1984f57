import { useWords } from './i18n.tsx'
import type { Money, Order } from './shown.ts'

/** A sum in its currency. A currency that the browser does not know stays a word. */
export function moneyText(money: Money, locale: string): string {
  const amount = money.value / money.offset
  try {
    return new Intl.NumberFormat(locale, { style: 'currency', currency: money.currency }).format(amount)
  } catch {
    return `${amount} ${money.currency}`
  }
}

/** The things, sums and total of an order, as a receipt. */
export function OrderPart({ order }: { order: Order }) {
  const { t, locale } = useWords()
  return (
    <div className="bubble-order">
      <div className="bubble-order-head">
        <span dir="auto">{t('Order {id}', { id: order.reference })}</span>
        {order.status && <em>{t(order.status)}</em>}
      </div>
      {order.items.map((item, i) => (
        <div key={i} className="bubble-order-line">
          <span dir="auto">
            {item.name}
            {item.quantity > 1 && ` × ${item.quantity}`}
          </span>
          {item.amount && (
            <span>{moneyText({ ...item.amount, value: item.amount.value * item.quantity }, locale)}</span>
          )}
        </div>
      ))}
      {order.sums.map(({ name, amount }) => (
        <div key={name} className="bubble-order-line" data-faint>
          <span>{t(name)}</span>
          <span>{moneyText(amount, locale)}</span>
        </div>
      ))}
      {order.total && (
        <div className="bubble-order-line" data-total>
          <span>{t('Total')}</span>
          <span>{moneyText(order.total, locale)}</span>
        </div>
      )}
      {order.description && <p dir="auto">{order.description}</p>}
    </div>
  )
}
