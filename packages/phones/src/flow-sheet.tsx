import { Button, CloseButton, Group, Modal, Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { isLike, useKept, type Kept } from '../../ui/src/kept.ts'

export type Field = { name: string; value: string }

/**
 * A flow, or a question for an address, as a form of names and values. The screens of a flow are at Meta and are not
 * imitated. Their result is what the user enters, and this form accepts it directly.
 */
export function FlowSheet(props: {
  /** The message that opens the form. */
  name: string
  title: string
  start: Field[]
  onSubmit: (data: Record<string, string>) => void
  onClose: () => void
}) {
  const { t } = useWords()
  const { start } = props
  const [form] = useState<Kept<Field[]>>(() => ({
    start: () => start,
    read: (stored) => (isLike(stored, [{ name: '', value: '' }]) && stored.length > 0 ? stored : undefined),
    keep: (fields) => (JSON.stringify(fields) === JSON.stringify(start) ? undefined : fields),
  }))
  const { value: fields, change: write } = useKept(`form ${props.name}`, form)
  const setFields = (next: Field[]): void => write(() => next)
  const change = (index: number, part: Partial<Field>): void =>
    setFields(fields.map((field, i) => (i === index ? { ...field, ...part } : field)))
  const filled = fields.filter((field) => field.name.trim() !== '' && field.value !== '')

  return (
    <Modal opened onClose={props.onClose} title={props.title || t('Flow')} size="sm" centered>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          setFields(start)
          props.onSubmit(Object.fromEntries(filled.map((field) => [field.name.trim(), field.value])))
        }}
      >
        <Stack gap="sm">
          <Text size="sm">
            {t('WhatsApp holds the form itself. Enter the values that the person fills in. They are sent as JSON.')}
          </Text>
          {fields.map((field, i) => (
            <Group key={i} gap={6} wrap="nowrap" align="flex-end">
              <TextInput
                label={t('Field')}
                value={field.name}
                maxLength={100}
                onChange={(event) => change(i, { name: event.currentTarget.value })}
                flex={2}
              />
              <TextInput
                label={t('Value')}
                value={field.value}
                maxLength={2_000}
                data-autofocus={i === 0 || undefined}
                onChange={(event) => change(i, { value: event.currentTarget.value })}
                flex={3}
              />
              <CloseButton
                mb={4}
                aria-label={t('Remove field {n}', { n: i + 1 })}
                disabled={fields.length === 1}
                onClick={() => setFields(fields.filter((_, at) => at !== i))}
              />
            </Group>
          ))}
          <Group justify="space-between">
            <Button
              variant="default"
              size="xs"
              disabled={fields.length >= 20}
              onClick={() => setFields([...fields, { name: '', value: '' }])}
            >
              {t('One more field')}
            </Button>
            <Button type="submit" disabled={filled.length === 0}>
              {t('Send the form')}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  )
}
