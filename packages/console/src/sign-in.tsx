import { Alert, Anchor, Button, Center, Paper, PasswordInput, Stack, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { api, ApiError, type Session } from './api.ts'
import { Mark } from './mark.tsx'
import { ProviderButton, useRefusal } from './sign-in-provider.tsx'
import { Preferences } from './preferences.tsx'

/** The way that was used last in this browser. */
const KEPT = 'postern.signs_in_by'
type Way = 'token' | 'email'

/** Long: one form with two ways. */
export function SignIn({
  onDone,
  provider,
  refusal,
}: {
  onDone: (session: Session) => void
  provider: Session['oidc']
  /** Why the provider's account opened no session. */
  refusal: string | undefined
}) {
  const { t, says } = useWords()
  const [way, setWay] = useState<Way>(() => (localStorage.getItem(KEPT) === 'email' ? 'email' : 'token'))
  const [token, setToken] = useState('')
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [code, setCode] = useState('')
  const [error, setError] = useState<string | null>(null)
  const refused = useRefusal(refusal, provider?.host)
  const shown = error ?? refused
  const [busy, setBusy] = useState(false)

  async function signIn(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      const body = way === 'token' ? { token } : { email, password, code }
      const session = await api<Session>('POST', '/console/session', body)
      localStorage.setItem(KEPT, way)
      onDone(session)
    } catch (caught) {
      const refused = caught instanceof ApiError && caught.http === 401 && way === 'token'
      setError(
        refused
          ? t('Wrong admin token. The first start printed it, and it is stored in DATA_DIR/admin.token.')
          : says((caught as Error).message),
      )
      setCode('')
      setBusy(false)
    }
  }

  return (
    <Center mih="100vh" p="md" component="main" bg="var(--ground)">
      <Paper withBorder shadow="sm" p="xl" w={400} maw="100%">
        <form
          onSubmit={(event) => {
            event.preventDefault()
            void signIn()
          }}
        >
          <Stack>
            <Stack gap={6} align="flex-start">
              <Mark size={44} />
              <Title order={1} size="h2">
                {t('Sign in to Postern')}
              </Title>
              <Text c="dimmed" size="sm">
                {way === 'token'
                  ? t('The password is the admin token of this gateway.')
                  : t('With the password and the app that you set up after your invitation.')}
              </Text>
            </Stack>
            {way === 'token' ? (
              <PasswordInput
                key="token"
                label={t('Admin token')}
                value={token}
                onChange={(event) => setToken(event.currentTarget.value)}
                autoComplete="current-password"
                autoFocus
                required
              />
            ) : (
              <>
                <TextInput
                  label={t('E-mail address')}
                  type="email"
                  value={email}
                  onChange={(event) => setEmail(event.currentTarget.value)}
                  autoComplete="username"
                  autoFocus
                  required
                />
                <PasswordInput
                  key="password"
                  label={t('Password')}
                  value={password}
                  onChange={(event) => setPassword(event.currentTarget.value)}
                  autoComplete="current-password"
                  required
                />
                <TextInput
                  label={t('Code of the app, or a recovery code')}
                  value={code}
                  onChange={(event) => setCode(event.currentTarget.value)}
                  autoComplete="one-time-code"
                  required
                />
              </>
            )}
            {shown !== null && (
              <Alert color="red" variant="light" role="alert">
                {shown}
              </Alert>
            )}
            <Button type="submit" loading={busy} fullWidth>
              {t('Sign in')}
            </Button>
            <Anchor
              component="button"
              type="button"
              size="sm"
              onClick={() => {
                setError(null)
                setWay(way === 'token' ? 'email' : 'token')
              }}
            >
              {way === 'token' ? t('Use an e-mail address and a password') : t('Use the admin token')}
            </Anchor>
            {provider && <ProviderButton label={provider.button} />}
            <Preferences />
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
