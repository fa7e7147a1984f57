import { Button, Popover } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { part } from '../../ui/src/part.tsx'

const AddPhoneForm = part(async () => (await import('./add-phone-form.tsx')).AddPhoneForm)

/** Adds a phone to the page. */
export function AddPhone({ known, onAdd }: { known: string[]; onAdd: (number: string) => void }) {
  const { t } = useWords()
  const [open, setOpen] = useState(false)
  return (
    <Popover opened={open} onChange={setOpen} trapFocus position="bottom-end" shadow="md">
      <Popover.Target>
        <Button size="xs" onClick={() => setOpen(!open)}>
          {t('Add a phone')}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <AddPhoneForm
          known={known}
          onAdd={(number) => {
            onAdd(number)
            setOpen(false)
          }}
        />
      </Popover.Dropdown>
    </Popover>
  )
}
