import { Alert, Button, Group, PasswordInput, Radio, Stack, Text, TextInput } from '@mantine/core'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { useLocation } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { useAction } from '../use-action.ts'
import { adviceOf } from '../compose/send-error.tsx'
import { SecretOnce } from './secret-once.tsx'

type Found = {
  accounts: {
    waba_id: string
    name: string | null
    numbers: {
      phone_number_id: string
      display_phone_number: string
      verified_name: string | null
      channel_id: number | null
    }[]
  }[]
}
type Made = { channel_id: number; certification_code: string }

/** Adds a channel from a token alone: WhatsApp names the numbers that the token may use. */
export function NewNumber({ onMade }: { onMade: () => void }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  // Only in memory: it is a secret.
  const [token, setToken] = useState('')
  const [chosen, setChosen] = useState('')
  const [name, setName] = useState('')
  const find = useAction({
    mutationFn: () => api<Found>('POST', '/admin/channels/discover', { access_token: token.trim() }),
    onSuccess: ({ accounts }) => {
      const free = accounts.flatMap(({ numbers }) => numbers).filter((one) => one.channel_id === null)
      if (free.length === 1) setChosen(free[0]!.phone_number_id)
    },
  })
  const numbers = (find.data?.accounts ?? []).flatMap((account) =>
    account.numbers.map((one) => ({ ...one, waba_id: account.waba_id })),
  )
  const number = numbers.find((one) => one.phone_number_id === chosen)
  const add = useAction({
    mutationFn: () =>
      api<Made>('POST', '/admin/channels', {
        name: name.trim() || number!.verified_name || number!.display_phone_number,
        business_phone: number!.display_phone_number.replace(/\D/g, ''),
        phone_number_id: number!.phone_number_id,
        waba_id: number!.waba_id,
        access_token: token.trim(),
      }),
    onSuccess: () => {
      onMade()
      setToken('')
      return queries.invalidateQueries({ queryKey: ['channels'] })
    },
  })
  const error = add.error ?? find.error
  const advice = adviceOf(error)
  if (add.data) return <Added made={add.data} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (number) add.mutate()
        else find.mutate()
      }}
    >
      <Stack gap="sm">
        <PasswordInput
          required
          data-autofocus
          label={t('Access token')}
          description={t(
            'Token of a system user with both WhatsApp permissions. It is stored encrypted and never shown again.',
          )}
          value={token}
          onChange={(event) => {
            setToken(event.currentTarget.value)
            find.reset()
            setChosen('')
          }}
          autoComplete="off"
        />
        {find.data && numbers.length === 0 && (
          <Alert color="yellow" variant="light" role="status">
            {t('This token sees no number. Give its system user the WhatsApp account, or add a channel by its ids.')}
          </Alert>
        )}
        {numbers.length > 0 && (
          <Radio.Group label={t('Number')} value={chosen} onChange={setChosen}>
            <Stack gap="xs" mt="xs">
              {numbers.map((one) => (
                <Radio
                  key={one.phone_number_id}
                  value={one.phone_number_id}
                  disabled={one.channel_id !== null}
                  label={<bdi>{`${one.display_phone_number} ${one.verified_name ?? ''}`}</bdi>}
                  description={one.channel_id === null ? undefined : t('It is a channel already.')}
                />
              ))}
            </Stack>
          </Radio.Group>
        )}
        {number && (
          <TextInput
            label={t('Name')}
            description={t('Name in lists')}
            placeholder={number.verified_name ?? number.display_phone_number}
            value={name}
            onChange={(event) => setName(event.currentTarget.value)}
          />
        )}
        {error && (
          <Alert color="red" variant="light" role="alert">
            {says(error.message)}
            {advice !== undefined && (
              <Text size="sm" fw={600} mt={4}>
                {says(advice)}
              </Text>
            )}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button type="submit" loading={find.isPending || add.isPending}>
            {number ? t('Add the channel') : t('Find its numbers')}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}

function Added({ made }: { made: Made }) {
  const { t } = useWords()
  const [, navigate] = useLocation()
  return (
    <Stack gap="sm">
      <Text size="sm">{t('The channel is added. Programs send this code with every API call:')}</Text>
      <SecretOnce name={t('Certification code')} value={made.certification_code} />
      <Group justify="flex-end">
        <Button onClick={() => navigate(`/channels/${made.channel_id}/setup`)}>{t('Go on')}</Button>
      </Group>
    </Stack>
  )
}
