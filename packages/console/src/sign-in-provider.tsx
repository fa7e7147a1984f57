import { Button, Divider } from '@mantine/core'
import { useWords } from '../../ui/src/i18n.tsx'

/** A link, because the provider's page takes the place of this one. */
export function ProviderButton({ label }: { label: string | null }) {
  const { t } = useWords()
  return (
    <>
      <Divider label={t('or')} />
      <Button component="a" href="/console/oidc/start" variant="default" fullWidth>
        {label ?? t('Sign in with single sign-on')}
      </Button>
    </>
  )
}

/** Why nobody was signed in, in words. Null when nothing was refused. */
export function useRefusal(why: string | undefined, host = ''): string | null {
  const { t } = useWords()
  if (why === undefined) return null
  const said: Record<string, string> = {
    away: t(
      'The sign-in service {host} does not answer. Try again in a minute. The other ways to sign in still work.',
      {
        host,
      },
    ),
    denied: t('The sign-in service did not sign you in.'),
    untrusted: t('The answer of the sign-in service was not accepted. Try again. If it happens again, tell an admin.'),
    expired: t('The sign-in took too long, or began in another window. Try again.'),
    not_invited: t('Your account is known, but nobody has invited you. Ask an admin for an invitation.'),
    email_unverified: t(
      'The sign-in service has not verified your e-mail address, so it does not count here. Ask an admin.',
    ),
    no_role: t('None of your groups may use this console. Ask an admin.'),
    disabled: t('Your user is disabled. Ask an admin.'),
    too_many: t('Too many sign-ins failed. Try again in a minute.'),
  }
  return said[why] ?? t('You were not signed in. Try again.')
}
