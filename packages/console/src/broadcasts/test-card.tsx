import { Alert, Button, Group, Text, TextInput, Title } from '@mantine/core'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, ApiError, type Channel } from '../api.ts'
import { useTimes } from '../time.ts'
import { placeOf, useOnce, useRefresh } from './queries.ts'
import type { BroadcastDetail, TestResult } from './types.ts'

/** Sends the first person's message to numbers of one's own. */
export function TestCard({ channel, draft }: { channel: Channel; draft: BroadcastDetail }) {
  const { t, says } = useWords()
  const times = useTimes()
  const [text, setText] = useState(draft.test_numbers?.join(', ') ?? '')
  const numbers = text
    .split(/[,;\n]/)
    .map((one) => one.replace(/[^\d]/g, ''))
    .filter((one) => one !== '')
  const place = placeOf(channel.channel_id, draft.id)
  const refresh = useRefresh(channel.channel_id, draft.id)
  const test = useOnce(async (given: string[]) => {
    // Kept with the draft, so that the next test has them.
    await api('PATCH', place, { test_numbers: given })
    return api<{ results: TestResult[] }>('POST', `${place}/test`, { numbers: given })
  }, refresh)
  const [problem] = test.error instanceof ApiError ? test.error.fields : []
  return (
    <section className="card" aria-labelledby="test-first">
      <Title order={2} size="h4" mb="xs" id="test-first">
        {t('Test to yourself')}
      </Title>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (numbers.length > 0) test.run(numbers)
        }}
      >
        <Group align="flex-end" gap="sm">
          <TextInput
            className="grow"
            label={t('Own numbers')}
            description={t('With country code, several with commas. They get what the first person will get.')}
            placeholder="85268411234"
            inputMode="tel"
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            maw={460}
          />
          <Button type="submit" variant="default" loading={test.isPending} disabled={numbers.length === 0}>
            {t('Send the test')}
          </Button>
        </Group>
      </form>
      {test.isError && (
        <Alert color="red" variant="light" role="alert" mt="sm">
          {says(problem?.message ?? test.error.message)}
        </Alert>
      )}
      {test.data && !test.isPending && (
        <div role="status">
          <ul className="tests">
            {test.data.results.map((one) => (
              <li key={one.to}>
                <span className="status" data-tone={one.state === 'accepted' ? 'good' : 'bad'}>
                  {one.state === 'accepted' ? t('sent') : t('not sent')}
                </span>{' '}
                <span dir="ltr">+{one.to}</span> {one.error && says(one.error.message)}
              </li>
            ))}
          </ul>
        </div>
      )}
      {draft.tested_at !== null && (
        <Text size="sm" c="dimmed" mt="xs">
          {t('WhatsApp accepted the last test {time}.', { time: times.full(draft.tested_at) })}
        </Text>
      )}
    </section>
  )
}
