import { Button, Group, PasswordInput, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'

export type SetupStep = {
  step: string
  state: 'done' | 'waiting' | 'wrong'
  says: string
  advice: string | null
  notes: string[]
  action: { needs: string[] } | null
}
export type Setup = { steps: SetupStep[]; next: string | null }

const word = (text: string): string => text
const FIELDS: Record<string, { label: string; button: string }> = {
  access_token: { label: word('New access token'), button: word('Use this token') },
  waba_id: { label: 'WhatsApp Business Account ID', button: word('Use this account') },
  code: { label: word('Code that the number received'), button: word('Verify the number') },
  pin: { label: word('PIN, six digits'), button: word('Register the number') },
  display_name: { label: word('Name that people see'), button: word('Ask for this name') },
  to: { label: word('Your own number, with its country code'), button: word('Send the first message') },
}

type Props = { step: SetupStep; busy: boolean; onGiven: (given: Record<string, unknown>) => void }

/** What Postern can do for a step: a button, with a field for what only a person knows. */
export function SetupAction({ step, busy, onGiven }: Props) {
  const { t } = useWords()
  const [value, setValue] = useState('')
  const [need] = step.action!.needs
  if (need === undefined)
    return (
      <Button mt="xs" size="compact-md" loading={busy} onClick={() => onGiven({})}>
        {step.step === 'app' ? t('Set the callback and the fields') : t('Subscribe the app')}
      </Button>
    )
  if (need === 'replace')
    return (
      <Button mt="xs" size="compact-md" color="red" loading={busy} onClick={() => onGiven({ replace: true })}>
        {t('Replace the address')}
      </Button>
    )
  const { label, button } = FIELDS[need]!
  const Field = need === 'access_token' ? PasswordInput : TextInput
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onGiven({ [need]: need === 'to' ? value.replace(/[^\d+]/g, '') : value.trim() })
      }}
    >
      {need === 'code' && (
        <Group gap="xs" mt="xs">
          {(['SMS', 'VOICE'] as const).map((by) => (
            <Button
              key={by}
              size="compact-md"
              variant="default"
              loading={busy}
              onClick={() => onGiven({ code_method: by })}
            >
              {by === 'SMS' ? t('Send the code as a text message') : t('Tell the code in a call')}
            </Button>
          ))}
        </Group>
      )}
      <Group gap="xs" mt="xs" align="flex-end">
        <Field
          required
          label={t(label)}
          value={value}
          onChange={(event) => setValue(event.currentTarget.value)}
          autoComplete="off"
          className="setup-field"
        />
        <Button type="submit" loading={busy}>
          {t(button)}
        </Button>
      </Group>
    </form>
  )
}
