import { Alert, Button, PasswordInput, Stack, Tabs, Text, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { CodeText } from '../json.tsx'
import { VERIFY_CODE, verify, type Verdict } from './verify.ts'

const focused = { 'data-autofocus': true }

/**
 * Checks the signature of a delivery in the browser, and shows the same check for a receiver. The secret is not sent
 * anywhere.
 */
export function VerifyHelp(props: {
  /** A delivery's own. Only the secret is left to type. */
  given?: { id: string; timestamp: string; signature: string; body: string }
}) {
  const { t } = useWords()
  const [given, setGiven] = useState({ id: '', timestamp: '', signature: '', body: '', ...props.given, secret: '' })
  const [verdict, setVerdict] = useState<Verdict | null>(null)
  const set = (key: keyof typeof given) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    setGiven((before) => ({ ...before, [key]: value }))
    setVerdict(null)
  }
  const says: Record<Verdict, string> = {
    good: t('The signature is valid.'),
    wrong: t(
      'Signature does not match. Sign the raw bytes of the body. JSON that was parsed and written again has another signature.',
    ),
    'no secret': t('The secret must be whsec_ followed by base64.'),
  }
  return (
    <Stack gap="sm">
      <Text size="sm" c="dimmed">
        {props.given === undefined
          ? t(
              'Paste the request that your endpoint received. The check runs in this browser, and the secret is not sent anywhere.',
            )
          : t(
              'This is the delivery’s request. Type the secret that your endpoint has: the check runs in this browser, and the secret is not sent anywhere.',
            )}
      </Text>
      <TextInput label="webhook-id" value={given.id} onChange={set('id')} {...(props.given === undefined && focused)} />
      <TextInput label="webhook-timestamp" value={given.timestamp} onChange={set('timestamp')} />
      <TextInput label="webhook-signature" value={given.signature} onChange={set('signature')} />
      <PasswordInput
        label={t('Webhook secret')}
        value={given.secret}
        onChange={set('secret')}
        autoComplete="off"
        {...(props.given !== undefined && focused)}
      />
      <Textarea label={t('Raw body')} minRows={3} autosize maxRows={8} value={given.body} onChange={set('body')} />
      <Button onClick={() => void verify(given).then(setVerdict)}>{t('Check')}</Button>
      {verdict && (
        <Alert color={verdict === 'good' ? 'teal' : 'red'} variant="light" role="status">
          {says[verdict]}
        </Alert>
      )}
      <Tabs defaultValue="TypeScript" keepMounted={false}>
        <Tabs.List>
          {Object.keys(VERIFY_CODE).map((language) => (
            <Tabs.Tab key={language} value={language}>
              {language}
            </Tabs.Tab>
          ))}
        </Tabs.List>
        {Object.entries(VERIFY_CODE).map(([language, code]) => (
          <Tabs.Panel key={language} value={language} pt="xs">
            <CodeText text={code} label={language} />
          </Tabs.Panel>
        ))}
      </Tabs>
    </Stack>
  )
}
