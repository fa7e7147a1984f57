import { Button, Group, Modal, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useWords } from '../../../ui/src/i18n.tsx'
import { api, ApiError, type Delivery } from '../api.ts'
import { CodeTabs } from '../list/code-tabs.tsx'
import { Failed, Waiting } from '../states.tsx'
import { useTimes } from '../time.ts'
import { VerifyHelp } from './verify-help.tsx'

type Shown = {
  method: string
  url: string
  headers: { name: string; value: string | null }[]
  body: string
  attempt: number | null
  signed_at: number
}

/** What the gateway posts for a delivery: its headers, the same as code, and the check of its signature. */
export function DeliveryRequest({ delivery }: { delivery: Delivery }) {
  const { t, says } = useWords()
  const times = useTimes()
  const [verifying, verify] = useDisclosure()
  const [asCode, code] = useDisclosure()
  const request = useQuery({
    queryKey: ['delivery-request', delivery.id, delivery.endpoint_id, delivery.attempts.length],
    queryFn: () =>
      api<Shown>('GET', `/admin/deliveries/${delivery.id}/request`, undefined, { endpoint_id: delivery.endpoint_id }),
    enabled: delivery.endpoint_id !== null,
  })
  if (delivery.endpoint_id === null) return null
  if (request.isPending) return <Waiting />
  if (request.isLoadingError) {
    const { error } = request
    // A role that may not see it, or an endpoint without requests: no failure of the page.
    if (error instanceof ApiError && (error.http === 403 || error.http === 400))
      return (
        <Text size="xs" c="dimmed" mt="sm">
          {says(error.message)}
        </Text>
      )
    return <Failed error={error} />
  }
  const { method, url, headers, body, attempt, signed_at } = request.data
  const valueOf = (name: string): string => headers.find((one) => one.name === name)?.value ?? ''
  const signature = valueOf('webhook-signature')
  return (
    <section className="delivery-request" aria-label={t('Request')}>
      <Title order={3} size="h5" mb={4}>
        {t('Request')}
      </Title>
      <Text size="sm" className="mono" dir="ltr">
        {method} {url}
      </Text>
      <dl className="headers">
        {headers.map(({ name, value }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="ltr">{value ?? <span className="masked">{t('a secret, not shown')}</span>}</dd>
          </div>
        ))}
      </dl>
      <Text size="xs" c="dimmed" mt={4}>
        {attempt === null
          ? t('As it would be sent now, with the present settings of the endpoint.')
          : t('Made again for attempt {n}, {time}, with the present secret and settings of the endpoint.', {
              n: attempt,
              time: times.full(signed_at),
            })}
      </Text>
      <Group gap="xs" mt="xs">
        {signature !== '' && (
          <Button size="compact-sm" variant="default" onClick={verify.open}>
            {t('Verify this signature')}
          </Button>
        )}
        <Button size="compact-sm" variant="default" aria-expanded={asCode} onClick={code.toggle}>
          {t('Copy as code')}
        </Button>
      </Group>
      {asCode && (
        <div className="as-code">
          <CodeTabs
            request={{
              method,
              url,
              headers: headers.map(({ name, value }) => [name, value ?? SECRET] as const),
              body,
            }}
          />
        </div>
      )}
      <Modal opened={verifying} onClose={verify.close} title={t('Verify a signature')} size="lg">
        <VerifyHelp given={{ id: valueOf('webhook-id'), timestamp: valueOf('webhook-timestamp'), signature, body }} />
      </Modal>
    </section>
  )
}

/** Stands for the value of a header that is a secret. */
const SECRET = 'YOUR_SECRET'
