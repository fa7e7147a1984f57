import { Anchor, Text, Title } from '@mantine/core'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel } from '../api.ts'

/** Shown while the gateway has no message at all: the way from here to real customers. */
export function FirstRun({ channels, phones }: { channels: readonly Channel[]; phones: string | null | undefined }) {
  const { t } = useWords()
  const [first] = channels
  const end = first === undefined ? '/channels' : `/channels/${first.channel_id}`
  const steps = [
    ...(phones
      ? [
          {
            title: t('Watch'),
            says: t('A shop’s day in half a minute: an order, a list, a payment, a photo, and a webhook that fails.'),
            link: t('Run the story'),
            href: `${phones}/#story`,
          },
        ]
      : []),
    {
      title: t('Send'),
      says: t('Send a first message from the composer. It shows the same call for your program.'),
      link: t('Open the composer'),
      href: '/compose',
    },
    {
      title: t('See'),
      says: t('The message arrives on a phone, and its statuses come back.'),
      link: phones ? t('Open the phones') : t('Messages'),
      href: phones ?? '/messages',
    },
    {
      title: t('Hear'),
      says: t('Set the address of your program. It gets answers and statuses as events.'),
      link: t('Set endpoint'),
      href: end,
    },
    {
      title: t('Verify'),
      says: t('Check the signature of an event, as your program has to.'),
      link: t('Verify a signature'),
      href: '/deliveries?verify=1',
    },
    {
      title: t('Go live'),
      says: t('Add the business’s own number. The wizard checks each step with WhatsApp.'),
      link: t('Add a channel'),
      href: '/channels?add=1',
    },
  ]
  return (
    <section className="card first-run" aria-label={t('First steps')}>
      <Title order={2} size="h3">
        {t('No messages yet')}
      </Title>
      <ol>
        {steps.map(({ title, says, link, href }) => (
          <li key={title}>
            <div>
              <strong>{title}</strong>
              <Text size="sm" c="dimmed">
                {says}
              </Text>
            </div>
            {href.startsWith('/') ? (
              <Anchor component={Link} href={href} size="sm">
                {link}
              </Anchor>
            ) : (
              <Anchor href={href} target="_blank" rel="noreferrer" size="sm">
                {link}
              </Anchor>
            )}
          </li>
        ))}
      </ol>
    </section>
  )
}
