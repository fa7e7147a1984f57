import { Alert, Anchor, Button, Center, Code, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Session } from '../api.ts'
import { Mark } from '../mark.tsx'
import { Preferences } from '../preferences.tsx'
import { Failed, Waiting } from '../states.tsx'

type Invited = { email: string; name: string; role: string; totp: { secret: string; uri: string } }
type Accepted = Session & { recovery_codes: string[] }

/** Where an invited user chooses a password and sets up the codes. */
export function Invitation({ token, onDone }: { token: string; onDone: (session: Session) => void }) {
  const invited = useQuery({
    queryKey: ['invitation', token],
    queryFn: () => api<Invited>('POST', '/console/invitation', { token }),
    staleTime: Infinity,
  })
  const [accepted, setAccepted] = useState<Accepted>()
  return (
    <Center mih="100vh" p="md" component="main" bg="var(--ground)">
      <Paper withBorder shadow="sm" p="xl" w={460} maw="100%">
        <Stack>
          <Mark size={44} />
          {accepted ? (
            <RecoveryCodes codes={accepted.recovery_codes} onDone={() => onDone(accepted)} />
          ) : invited.isPending ? (
            <Waiting />
          ) : invited.isError ? (
            <Failed error={invited.error} />
          ) : (
            <Enrol token={token} invited={invited.data} onAccepted={setAccepted} />
          )}
          <Preferences />
        </Stack>
      </Paper>
    </Center>
  )
}

function Enrol(props: { token: string; invited: Invited; onAccepted: (accepted: Accepted) => void }) {
  const { t, says } = useWords()
  const { email, name, totp } = props.invited
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  async function accept(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      props.onAccepted(
        await api<Accepted>('POST', '/console/invitation/accept', { token: props.token, password, code }),
      )
    } catch (caught) {
      setError(says((caught as Error).message))
      setBusy(false)
    }
  }

  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        void accept()
      }}
    >
      <Stack>
        <div>
          <Title order={1} size="h2">
            {t('Welcome to Postern, {name}', { name })}
          </Title>
          <Text c="dimmed" size="sm">
            {email}
          </Text>
        </div>
        <PasswordInput
          label={t('New password')}
          description={t('At least 12 characters. A few words are easy to remember.')}
          value={password}
          onChange={(event) => setPassword(event.currentTarget.value)}
          autoComplete="new-password"
          autoFocus
          required
        />
        <div>
          <Text size="sm" fw={600}>
            {t('Authenticator app')}
          </Text>
          <Text size="sm" c="dimmed">
            {t('Add this key to an app that shows codes, or open the link on your phone.')}
          </Text>
          <Code block>{totp.secret}</Code>
          <Anchor href={totp.uri} size="sm">
            {t('Open in the app')}
          </Anchor>
        </div>
        <TextInput
          label={t('Code of six digits')}
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
          inputMode="numeric"
          autoComplete="one-time-code"
          required
        />
        {error && (
          <Alert color="red" variant="light" role="alert">
            {error}
          </Alert>
        )}
        <Button type="submit" loading={busy} fullWidth>
          {t('Set the password and sign in')}
        </Button>
      </Stack>
    </form>
  )
}

function RecoveryCodes({ codes, onDone }: { codes: string[]; onDone: () => void }) {
  const { t } = useWords()
  return (
    <Stack>
      <Title order={1} size="h2">
        {t('Recovery codes')}
      </Title>
      <Text size="sm">
        {t('Each signs you in once without the app. Keep them in a safe place: they are not shown again.')}
      </Text>
      <Code block>{codes.join('\n')}</Code>
      <Button onClick={onDone}>{t('Done, I saved it')}</Button>
    </Stack>
  )
}
