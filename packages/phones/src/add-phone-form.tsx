import { Autocomplete, Button, Stack } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'

/** Asks for the number of a new phone. */
export function AddPhoneForm({ known, onAdd }: { known: string[]; onAdd: (number: string) => void }) {
  const { t } = useWords()
  const [number, setNumber] = useState('')
  const digits = number.replace(/\D/g, '')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (digits.length >= 7) onAdd(digits)
      }}
    >
      <Stack gap="xs">
        <Autocomplete
          data-autofocus
          label={t('Number, with its country code')}
          placeholder="4915112345678"
          data={known}
          value={number}
          onChange={setNumber}
          comboboxProps={{ withinPortal: false }}
        />
        <Button type="submit" size="xs" disabled={digits.length < 7}>
          {t('Add')}
        </Button>
      </Stack>
    </form>
  )
}
