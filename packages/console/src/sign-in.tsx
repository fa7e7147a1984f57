import { Alert, Button, Center, Paper, PasswordInput, Stack, Text, Title } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { api, ApiError, type Session } from './api.ts'
import { Mark } from './mark.tsx'
import { Preferences } from './preferences.tsx'

export function SignIn({ onDone }: { onDone: (session: Session) => void }) {
  const { t, says } = useWords()
  const [token, setToken] = useState('')
  const [error, setError] = useState<string | null>(null)
  const [busy, setBusy] = useState(false)

  async function signIn(): Promise<void> {
    setBusy(true)
    setError(null)
    try {
      onDone(await api<Session>('POST', '/console/session', { token }))
    } catch (caught) {
      const refused = caught instanceof ApiError && caught.http === 401
      setError(
        refused
          ? t('Wrong admin token. The first start printed it, and it is stored in DATA_DIR/admin.token.')
          : says((caught as Error).message),
      )
      setBusy(false)
    }
  }

  return (
    <Center mih="100vh" p="md" component="main">
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
                {t('The password is the admin token of this gateway.')}
              </Text>
            </Stack>
            <PasswordInput
              label={t('Admin token')}
              value={token}
              onChange={(event) => setToken(event.currentTarget.value)}
              autoComplete="current-password"
              autoFocus
              required
            />
            {error && (
              <Alert color="red" variant="light" role="alert">
                {error}
              </Alert>
            )}
            <Button type="submit" loading={busy} fullWidth>
              {t('Sign in')}
            </Button>
            <Preferences />
          </Stack>
        </form>
      </Paper>
    </Center>
  )
}
