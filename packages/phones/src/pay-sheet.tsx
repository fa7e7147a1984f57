import { useWords } from '../../ui/src/i18n.tsx'
import { moneyText, OrderPart } from '../../ui/src/order-part.tsx'
import type { Order } from '../../ui/src/shown.ts'
import type { PhoneMessage } from './control.ts'
import type { Does } from './phone-frame.tsx'
import { PhoneSheet } from './phone-sheet.tsx'

/** An order before it is paid. The payment goes through, waits at the bank, or fails, as the tester wishes. */
export function PaySheet(props: { message: PhoneMessage; order: Order; does: Does; onClose: () => void }) {
  const { t, locale } = useWords()
  const { order, does, message, onClose } = props
  const pay = (status: string): void => {
    onClose()
    void does('pays', { on: message.id, status })
  }
  const total = order.total ? moneyText(order.total, locale) : ''
  return (
    <PhoneSheet title={t('Your order')} onClose={onClose}>
      <OrderPart order={order} />
      <button type="button" className="phone-choice" data-main onClick={() => pay('captured')}>
        {t('Pay {amount}', { amount: total })}
      </button>
      <button type="button" className="phone-choice" onClick={() => pay('pending')}>
        {t('Let the payment wait')}
      </button>
      <button type="button" className="phone-choice" onClick={() => pay('failed')}>
        {t('Let the payment fail')}
      </button>
    </PhoneSheet>
  )
}

/** How the payment of an order went, under its message. */
export function PaidLine({ payment }: { payment: { status: string } }) {
  const { t } = useWords()
  const says =
    payment.status === 'captured' ? t('Paid') : payment.status === 'failed' ? t('Payment failed') : t('Payment waits')
  return (
    <div className="phone-paid" data-status={payment.status} role="status">
      {says}
    </div>
  )
}
