import { Alert, Button, Group, Modal, Stack, Text, UnstyledButton } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, type Person } from '../api.ts'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'

/** Tells whether this contact wants marketing; pressed, who said so and when, with a button to change it. */
export function MarketingMark({ person }: { person: Person }) {
  const { t } = useWords()
  const [opened, window] = useDisclosure()
  if (person.group_id !== null) return null
  const { state, isLimited } = wishOf(person)
  const text =
    state === 'stopped'
      ? t('marketing stopped')
      : isLimited
        ? t('marketing limited')
        : state === 'allowed'
          ? t('marketing allowed')
          : t('marketing: nobody said')
  return (
    <>
      <UnstyledButton
        className="status"
        data-tone={state === 'stopped' || isLimited ? 'warm' : undefined}
        onClick={window.open}
        aria-haspopup="dialog"
      >
        {text}
      </UnstyledButton>
      <Modal opened={opened} onClose={window.close} title={t('Marketing messages')}>
        <Wish person={person} close={window.close} />
      </Modal>
    </>
  )
}

const wishOf = ({ marketing, marketing_limited_until: until }: Person) => ({
  state: marketing?.state,
  isLimited: until !== null && until * 1000 > Date.now(),
})

function Wish({ person, close }: { person: Person; close: () => void }) {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const [asking, ask] = useDisclosure()
  const { state, isLimited } = wishOf(person)
  const next = state === 'stopped' ? 'allowed' : 'stopped'
  const change = useAction({
    mutationFn: () =>
      api('PUT', `/admin/conversations/${person.channel_id}/${person.contact_id}/preferences`, { marketing: next }),
    onSuccess: async () => {
      close()
      notifications.show({ message: t('Saved.') })
      await queries.invalidateQueries({ queryKey: ['person', person.channel_id, person.contact_id] })
    },
  })
  const by = { contact: t('the contact'), business: t('the business'), whatsapp: t('WhatsApp, by refusing a message') }
  return (
    <Stack gap="sm">
      <Text>
        {state === 'stopped'
          ? t('This contact wants no marketing. Marketing templates are refused before WhatsApp is asked.')
          : state === 'allowed'
            ? t('This contact wants marketing.')
            : t('Nobody said whether this contact wants marketing. Marketing templates go out.')}
      </Text>
      {person.marketing && (
        <dl className="facts">
          <div>
            <dt>{t('Said by')}</dt>
            <dd>{by[person.marketing.by]}</dd>
          </div>
          <div>
            <dt>{t('Since')}</dt>
            <dd>{person.marketing.since === null ? '–' : times.full(person.marketing.since)}</dd>
          </div>
        </dl>
      )}
      {isLimited && (
        <Alert color="yellow" variant="light">
          {t(
            'WhatsApp did not deliver marketing to this contact. It is refused until {time}, from every number of the account.',
            {
              time: times.full(person.marketing_limited_until!),
            },
          )}
        </Alert>
      )}
      {change.isError && (
        <Alert color="red" variant="light" role="alert">
          {says(change.error.message)}
        </Alert>
      )}
      {asking ? (
        <>
          <Text>
            {next === 'stopped'
              ? t('Did the contact tell you to stop marketing?')
              : t(
                  'Did the contact tell you, after the stop, to send marketing again? Against the contact’s wish it breaks WhatsApp’s rules.',
                )}
          </Text>
          <Group>
            <Button
              color={next === 'allowed' ? 'red' : undefined}
              loading={change.isPending}
              onClick={() => change.mutate()}
            >
              {next === 'stopped' ? t('Yes, stop marketing') : t('Yes, allow marketing')}
            </Button>
            <Button variant="default" onClick={ask.close} data-autofocus>
              {t('No')}
            </Button>
          </Group>
        </>
      ) : (
        <Group>
          <Button variant="light" onClick={ask.open}>
            {next === 'stopped' ? t('Record a stop…') : t('Allow marketing again…')}
          </Button>
        </Group>
      )}
    </Stack>
  )
}
