import { Alert, Button, Group, PasswordInput, Stack, Stepper, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { isLike, useKept, type Kept } from '../../../ui/src/kept.ts'
import { api, ApiError } from '../api.ts'
import { Problems } from '../compose/send-error.tsx'
import { useAction } from '../use-action.ts'
import { CheckList, type Step } from './check-list.tsx'
import { SecretOnce } from './secret-once.tsx'

type Checked = { ok: boolean; steps: Step[]; display_phone_number: string | null }
type Made = { channel_id: number; certification_code: string; webhook_secret?: string }

const EMPTY = { name: '', business_phone: '', phone_number_id: '', waba_id: '' }
const NUMBER: Kept<typeof EMPTY> = {
  start: () => EMPTY,
  read: (stored) => (isLike(stored, EMPTY) ? stored : undefined),
  keep: (value) => (Object.values(value).every((one) => one === '') ? undefined : value),
}

/**
 * Creates a channel in four steps. The second step checks the first at WhatsApp. Long: the steps share one draft, and
 * each is a few fields of markup.
 */
export function Wizard({ onMade, onDone }: { onMade: () => void; onDone: () => void }) {
  const { t } = useWords()
  const queries = useQueryClient()
  const [step, setStep] = useState(0)
  const { value: number, change } = useKept('channel', NUMBER)
  // Not stored in the browser: the token is a secret, and the URL may contain one.
  const [rest, setRest] = useState({ access_token: '', webhook_url: '' })
  const given = { ...number, ...rest }
  const set = (key: keyof typeof given) => (event: { currentTarget: { value: string } }) => {
    const { value } = event.currentTarget
    if (key === 'access_token' || key === 'webhook_url') setRest((before) => ({ ...before, [key]: value }))
    else change((before) => ({ ...before, [key]: value }))
  }
  const { phone_number_id, waba_id, access_token } = given
  const business_phone = given.business_phone.replace(/\D/g, '')

  // Kept during a repeated check, so that the list stays visible.
  const [checked, setChecked] = useState<Checked | null>(null)
  const check = useAction({
    mutationFn: () =>
      api<Checked>('POST', '/admin/channels/check', { phone_number_id, waba_id, access_token, business_phone }),
    onSuccess: (found) => {
      setChecked(found)
      setStep(1)
    },
  })
  const subscribe = useAction({
    mutationFn: () => api('POST', '/admin/channels/check/subscribe', { waba_id, access_token }),
    onSuccess: () => check.mutateAsync(),
  })
  const create = useAction({
    mutationFn: () =>
      api<Made>('POST', '/admin/channels', {
        name: given.name,
        business_phone,
        phone_number_id,
        waba_id,
        access_token,
        ...(given.webhook_url !== '' && { webhook_url: given.webhook_url }),
      }),
    onSuccess: () => {
      setStep(3)
      onMade()
      // The token is not needed after this step.
      setRest((before) => ({ ...before, access_token: '' }))
      change(NUMBER.start)
      return queries.invalidateQueries({ queryKey: ['channels'] })
    },
  })
  const unsubscribed = checked?.steps.some((one) => one.step === 'subscription' && one.state === 'failed')

  return (
    <Stack>
      <Stepper active={step} size="sm" allowNextStepsSelect={false}>
        <Stepper.Step label={t('Number')} />
        <Stepper.Step label={t('Check')} />
        <Stepper.Step label={t('Events')} />
        <Stepper.Step label={t('Code')} />
      </Stepper>
      {step === 0 && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            check.mutate()
          }}
        >
          <Stack gap="sm">
            <TextInput
              required
              label={t('Name')}
              description={t('Name in lists')}
              value={given.name}
              onChange={set('name')}
              data-autofocus
            />
            <TextInput
              required
              label={t('Business phone number')}
              description={t('With its country code')}
              value={given.business_phone}
              onChange={set('business_phone')}
              inputMode="tel"
            />
            <TextInput
              required
              label="Phone number ID"
              description={t('In the app’s WhatsApp settings, under API setup')}
              value={given.phone_number_id}
              onChange={set('phone_number_id')}
              inputMode="numeric"
            />
            <TextInput
              required
              label="WhatsApp Business Account ID"
              description={t('On the same page')}
              value={given.waba_id}
              onChange={set('waba_id')}
              inputMode="numeric"
            />
            <PasswordInput
              required
              label={t('Access token')}
              description={t(
                'Token of a system user with both WhatsApp permissions. It is stored encrypted and never shown again.',
              )}
              value={given.access_token}
              onChange={set('access_token')}
              autoComplete="off"
            />
            {check.isError && <Refusal error={check.error} />}
            <Group justify="flex-end">
              <Button type="submit" loading={check.isPending}>
                {t('Check with WhatsApp')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {step === 1 && checked && (
        <Stack gap="sm">
          <CheckList steps={checked.steps} />
          {subscribe.isError && <Refusal error={subscribe.error} />}
          {check.isError && <Refusal error={check.error} />}
          <Group justify="space-between">
            <Button variant="default" onClick={() => setStep(0)}>
              {t('Back')}
            </Button>
            <Group gap="xs">
              {unsubscribed && (
                <Button variant="light" loading={subscribe.isPending} onClick={() => subscribe.mutate()}>
                  {t('Subscribe the app')}
                </Button>
              )}
              <Button variant="default" loading={check.isPending} onClick={() => check.mutate()}>
                {t('Check again')}
              </Button>
              <Button onClick={() => setStep(2)} disabled={!checked.ok}>
                {t('Continue')}
              </Button>
            </Group>
          </Group>
        </Stack>
      )}
      {step === 2 && (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            create.mutate()
          }}
        >
          <Stack gap="sm">
            <TextInput
              label={t('Webhook URL')}
              description={t('URL that gets the events. You can set it later; until then, poll the events.')}
              placeholder="https://…"
              value={given.webhook_url}
              onChange={set('webhook_url')}
            />
            {create.isError && <Refusal error={create.error} />}
            <Group justify="space-between">
              <Button variant="default" onClick={() => setStep(1)}>
                {t('Back')}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {t('Add the channel')}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {step === 3 && create.data && (
        <Stack gap="sm">
          <Text size="sm">{t('The channel is ready. Programs send this code with every API call:')}</Text>
          <SecretOnce name={t('Certification code')} value={create.data.certification_code} />
          {create.data.webhook_secret && <SecretOnce name={t('Webhook secret')} value={create.data.webhook_secret} />}
          <Group justify="flex-end">
            <Button onClick={onDone}>{t('Done')}</Button>
          </Group>
        </Stack>
      )}
    </Stack>
  )
}

function Refusal({ error }: { error: Error }) {
  const { says } = useWords()
  return (
    <Alert color="red" variant="light" role="alert">
      {says(error.message)}
      {error instanceof ApiError && error.fields.length > 1 && <Problems problems={error.fields} />}
    </Alert>
  )
}
