import { notifications } from '@mantine/notifications'
import { useWords } from '../../../ui/src/i18n.tsx'

export type Tested = { delivered: boolean; status: number | null; ms: number; answer: string }

/** Shows what an endpoint answered to a test event. */
export function useTestResult(): (tested: Tested) => void {
  const { t, says } = useWords()
  return ({ delivered, status, ms, answer }) => {
    const message = delivered
      ? t('The endpoint accepted the test event: status {status} in {ms} ms.', { status: String(status), ms })
      : status === null
        ? t('The test event got no answer: {answer}', { answer: says(answer) })
        : t('The endpoint rejected the test event: status {status}.', { status })
    notifications.show({ message, ...(!delivered && { color: 'red' }) })
  }
}
