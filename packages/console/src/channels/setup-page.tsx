import { Alert, Anchor, Button, Group, Text, Title } from '@mantine/core'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Failed, Waiting } from '../states.tsx'
import { Status } from '../status.tsx'
import { useAction } from '../use-action.ts'
import { type Setup, SetupAction, type SetupStep } from './setup-action.tsx'

const word = (text: string): string => text
const TITLES: Record<string, string> = {
  token: word('Access token'),
  number: word('Number and account'),
  registration: word('Registration'),
  name: word('Name, quality, limit'),
  address: word('Public address'),
  app: word('App: callback and fields'),
  subscription: word('Subscription'),
  message: word('First message'),
  answer: word('First answer'),
}
/** Each look asks WhatsApp seven times. */
const LOOK_EVERY_MS = 15_000

/** The way of a number to its first answer. What is done is seen by looking, so a reload goes on where it was. */
export function SetupPage({ channel }: { channel: string }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const channels = useChannels()
  const name = channels.data?.find((one) => String(one.channel_id) === channel)?.name
  const at = `/admin/channels/${encodeURIComponent(channel)}/setup`
  const key = ['setup', channel]
  const setup = useQuery({
    queryKey: key,
    queryFn: () => api<Setup>('GET', at),
    refetchOnWindowFocus: false,
    refetchInterval: ({ state }) => (waitsForPhone(state.data) ? LOOK_EVERY_MS : false),
  })
  const act = useAction({
    mutationFn: async ({ step, given }: { step: SetupStep; given: Record<string, unknown> }): Promise<Setup> => {
      const [need] = step.action?.needs ?? []
      if (need !== 'access_token' && need !== 'waba_id') return api<Setup>('POST', `${at}/${step.step}`, given)
      await api('PATCH', `/admin/channels/${encodeURIComponent(channel)}`, given)
      return api<Setup>('GET', at)
    },
    onSuccess: (now) => {
      queries.setQueryData(key, now)
      return queries.invalidateQueries({ queryKey: ['channels'] })
    },
  })
  return (
    <>
      <Anchor component={Link} href={`/channels/${channel}`} size="sm">
        ← {name ?? t('Channel')}
      </Anchor>
      <PageHead title={t('Set up the number')}>
        <Button variant="default" size="sm" loading={setup.isFetching} onClick={() => void setup.refetch()}>
          {t('Look again')}
        </Button>
      </PageHead>
      {setup.isPending && <Waiting />}
      {setup.isLoadingError && <Failed error={setup.error} retry={() => void setup.refetch()} />}
      {setup.data && (
        <section className="card setup">
          {setup.data.next === null && (
            <Alert color="green" variant="light" role="status" mb="sm" title={t('The number is live')}>
              {t('Messages go out, and answers come in.')}
            </Alert>
          )}
          <ol className="checks">
            {setup.data.steps.map((step) => (
              <li key={step.step} data-next={step.step === setup.data.next || undefined}>
                <div className="check-head">
                  <Title order={2} size="h5">
                    {t(TITLES[step.step] ?? step.step)}
                  </Title>
                  <Status value={step.state} />
                </div>
                <Text size="sm">{says(step.says)}</Text>
                {step.notes.map((one) => (
                  <Text key={one} size="sm" c="dimmed">
                    {says(one)}
                  </Text>
                ))}
                {step.advice !== null && (step.state === 'wrong' || step.step === setup.data.next || step.action) && (
                  <Text size="sm" className="setup-advice">
                    {says(step.advice)}
                  </Text>
                )}
                {act.isError && act.variables.step.step === step.step && (
                  <Alert color="red" variant="light" role="alert" mt="xs">
                    {says(act.error.message)}
                    <Upstream error={act.error} />
                  </Alert>
                )}
                {step.action && (step.step === setup.data.next || step.state === 'done') && (
                  <SetupAction
                    key={step.action.needs.join()}
                    step={step}
                    busy={act.isPending}
                    onGiven={(given) => act.mutate({ step, given })}
                  />
                )}
              </li>
            ))}
          </ol>
          <Group justify="flex-end" mt="sm">
            <Button component={Link} href={`/channels/${channel}`} variant={setup.data.next ? 'default' : 'filled'}>
              {t('To the channel')}
            </Button>
          </Group>
        </section>
      )}
    </>
  )
}

/** The next step ends on a phone, so the page looks by itself. */
function waitsForPhone(setup: Setup | undefined): boolean {
  const next = setup?.steps.find(({ step }) => step === setup.next)
  return next?.state === 'waiting' && !next.action && ['message', 'answer'].includes(next.step)
}

function Upstream({ error }: { error: Error & { details?: Record<string, unknown> } }) {
  const { says } = useWords()
  const advice = (error.details?.upstream as { advice?: unknown } | undefined)?.advice
  return typeof advice === 'string' ? <Text size="sm">{says(advice)}</Text> : null
}
