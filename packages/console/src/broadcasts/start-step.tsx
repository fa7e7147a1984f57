import { Alert, Button, Group, Modal, Radio, Stack, Text, TextInput, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { useWords } from '../../../ui/src/i18n.tsx'
import { auto } from '../../../ui/src/direction.tsx'
import { api, type Channel } from '../api.ts'
import { useTimes } from '../time.ts'
import { Forecast, usePrice } from './forecast.tsx'
import { placeOf, useOnce, useRefresh } from './queries.ts'
import { TestCard } from './test-card.tsx'
import type { BroadcastDetail, Report } from './types.ts'

/** `2026-12-01T09:00`, as the field of a date has it, in the reader's time zone. */
function localTime(seconds: number): string {
  const at = new Date(seconds * 1000)
  return new Date(at.getTime() - at.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

/** A message to oneself, then now or later, and one more question. Long: one decision. */
export function StartStep(props: { channel: Channel; draft: BroadcastDetail; report: Report }) {
  const { t, says } = useWords()
  const times = useTimes()
  const { channel, draft, report } = props
  const [isAsking, asking] = useDisclosure()
  const [when, setWhen] = useState<'now' | 'later'>(draft.send_at === null ? 'now' : 'later')
  const [at, setAt] = useState(draft.send_at === null ? '' : localTime(draft.send_at))
  const place = placeOf(channel.channel_id, draft.id)
  const refresh = useRefresh(channel.channel_id, draft.id)
  const sendAt = when === 'later' && at !== '' ? Math.floor(new Date(at).getTime() / 1000) : null
  const start = useOnce(async () => {
    if (sendAt !== draft.send_at) await api('PATCH', place, { send_at: sendAt })
    return api('POST', `${place}/start`, {})
  }, refresh)
  const price = usePrice()(report)
  const people = times.number(report.forecast.accepted)
  const isUntested = channel.broadcast_start === 'tested' && draft.tested_at === null
  const isOpen = when === 'later' && at === ''
  return (
    <Stack>
      <TestCard channel={channel} draft={draft} />
      <section className="card" aria-labelledby="when">
        <Title order={2} size="h4" mb="xs" id="when">
          {t('When')}
        </Title>
        <Radio.Group
          aria-labelledby="when"
          value={when}
          onChange={(value) => setWhen(value === 'later' ? 'later' : 'now')}
        >
          <Stack gap="xs">
            <Radio value="now" label={t('Now')} />
            <Radio value="later" label={t('At a time')} />
          </Stack>
        </Radio.Group>
        {when === 'later' && (
          <TextInput
            mt="xs"
            maw={280}
            type="datetime-local"
            label={t('It begins')}
            description={t('Your time: {zone}', { zone: times.zone })}
            value={at}
            onChange={(event) => setAt(event.currentTarget.value)}
          />
        )}
        {channel.quiet_hours !== null && (
          <Text size="sm" c="dimmed" mt="xs">
            {t('Quiet hours hold marketing back from {from} to {to}, by the clock of each person’s country.', {
              ...{ from: channel.quiet_hours.from, to: channel.quiet_hours.to },
            })}
          </Text>
        )}
      </section>
      <Forecast report={report} />
      {isUntested && (
        <Alert color="yellow" variant="light">
          {t('This channel demands a test first: send the message to an own number.')}
        </Alert>
      )}
      <Group>
        <Button size="md" disabled={isUntested || isOpen} onClick={asking.open}>
          {when === 'now' ? t('Start…') : t('Schedule…')}
        </Button>
      </Group>
      <Modal
        opened={isAsking}
        onClose={asking.close}
        title={t('Send {name} to {n} people?', { name: auto(draft.name ?? draft.id), n: people })}
      >
        <dl className="facts">
          <div>
            <dt>{t('Recipients')}</dt>
            <dd>{people}</dd>
          </div>
          <div>
            <dt>{t('Price')}</dt>
            <dd>{price ?? t('not known: set RATE_CARD_FILE')}</dd>
          </div>
          <div>
            <dt>{t('It begins')}</dt>
            <dd>{sendAt === null ? t('now') : times.full(sendAt)}</dd>
          </div>
        </dl>
        {start.isError && (
          <Alert color="red" variant="light" role="alert" mt="sm">
            {says(start.error.message)}
          </Alert>
        )}
        <Group mt="md">
          <Button loading={start.isPending} onClick={() => start.run(undefined)} data-autofocus>
            {sendAt === null ? t('Send to {n} people now', { n: people }) : t('Schedule for {n} people', { n: people })}
          </Button>
          <Button variant="default" onClick={asking.close}>
            {t('Not yet')}
          </Button>
        </Group>
      </Modal>
    </Stack>
  )
}
