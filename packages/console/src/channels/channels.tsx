import { Anchor, Button, Group, Modal, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { Link } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { Ltr } from '../../../ui/src/direction.tsx'
import type { Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { useChannels } from '../queries.ts'
import { Empty, Unready } from '../states.tsx'
import { Status } from '../status.tsx'
import { useAsked } from '../use-asked.ts'
import { ChannelPage } from './channel-page.tsx'
import { NewNumber } from './new-number.tsx'
import { Wizard } from './wizard.tsx'

export function Channels({ channel }: { channel?: string | undefined }) {
  const { t } = useWords()
  const channels = useChannels()
  const [adding, add] = useDisclosure()
  useAsked('add', add.open)
  const [isNew, fresh] = useDisclosure()
  useAsked('new', fresh.open)
  // After creation the wizard shows secrets for the only time: a click beside it must not close it.
  const [isMade, setMade] = useState(false)
  const close = (): void => {
    setMade(false)
    add.close()
    fresh.close()
  }
  if (!channels.data) return <Unready title={t('Channels')} term="channel" query={channels} />
  if (channel !== undefined) {
    const found = channels.data.find((one) => String(one.channel_id) === channel)
    return found ? (
      // The key gives each channel its own page, so that no typed text, open part or secret moves to the next channel.
      <ChannelPage key={found.channel_id} channel={found} />
    ) : (
      <Empty title={t('Channel not found')}>
        <Anchor component={Link} href="/channels">
          {t('All channels')}
        </Anchor>
      </Empty>
    )
  }
  return (
    <>
      <PageHead title={t('Channels')} term="channel">
        <Group gap="xs">
          <Button variant="default" onClick={add.open}>
            {t('Add a channel')}
          </Button>
          <Button onClick={fresh.open}>{t('Set up a number')}</Button>
        </Group>
      </PageHead>
      {channels.data.length === 0 ? (
        <Empty title={t('No channels yet')}>
          {t('A channel is one phone number of the business. The wizard checks each step with WhatsApp.')}
        </Empty>
      ) : (
        <div className="two">
          {channels.data.map((one) => (
            <ChannelCard key={one.channel_id} channel={one} />
          ))}
        </div>
      )}
      <Modal
        opened={isNew}
        onClose={close}
        title={t('Set up a number')}
        size="lg"
        closeOnClickOutside={false}
        closeOnEscape={!isMade}
      >
        <NewNumber onMade={() => setMade(true)} />
      </Modal>
      <Modal
        opened={adding}
        onClose={close}
        title={t('Add a channel')}
        size="lg"
        closeOnClickOutside={false}
        closeOnEscape={!isMade}
      >
        <Wizard onMade={() => setMade(true)} onDone={close} />
      </Modal>
    </>
  )
}

function ChannelCard({ channel }: { channel: Channel }) {
  const { t } = useWords()
  return (
    <Link className="card card-link" href={`/channels/${channel.channel_id}`}>
      <div className="endpoint">
        <div>
          <Title order={2} size="h4" dir="auto">
            {channel.name}
          </Title>
          <Text size="sm">
            <Ltr>+{channel.business_phone}</Ltr>
          </Text>
        </div>
        {channel.webhook_state && <Status value={channel.webhook_state} />}
      </div>
      <Text size="sm" c="dimmed" className={channel.webhook_url ? 'mono' : undefined}>
        {channel.webhook_url ?? t('No endpoint yet: events wait until you add one.')}
      </Text>
    </Link>
  )
}
