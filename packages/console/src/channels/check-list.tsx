import { Text } from '@mantine/core'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Status } from '../status.tsx'

const word = (text: string): string => text
const NAMES: Record<string, string> = {
  token: word('Access token'),
  number: word('Phone number'),
  account: word('Business account'),
  subscription: word('Subscription'),
  callback: word('Callback'),
}

export type Step = { step: string; state: 'ok' | 'warning' | 'failed' | 'unknown'; says: string }

/** The result of each check of the number at WhatsApp. */
export function CheckList({ steps }: { steps: Step[] }) {
  const { t, says } = useWords()
  return (
    <ol className="checks">
      {steps.map((step) => (
        <li key={step.step}>
          <div className="check-head">
            <strong>{t(NAMES[step.step] ?? step.step)}</strong>
            <Status value={step.state} />
          </div>
          <Text size="sm">{says(step.says)}</Text>
        </li>
      ))}
    </ol>
  )
}
