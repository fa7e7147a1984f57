import { Autocomplete, Button, Popover, Stack } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'

/** Adds a phone to the page. */
export function AddPhone({ known, onAdd }: { known: string[]; onAdd: (number: string) => void }) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  const [number, setNumber] = useState('')
  const digits = number.replace(/\D/g, '')
  return (
    <Popover opened={open} onChange={setOpen} trapFocus position="bottom-end" shadow="md">
      <Popover.Target>
        <Button size="xs" onClick={() => setOpen(!open)}>
          {t('Add a phone')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            if (digits.length < 7) return
            onAdd(digits)
            setNumber('')
            setOpen(false)
          }}
        >
          <Stack gap="xs">
            <Autocomplete
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
      </Popover.Dropdown>
    </Popover>
  )
}
