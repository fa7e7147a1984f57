import { Anchor, Button, Group, Modal, Text, Title } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useWords } from '../../../ui/src/i18n.tsx'
import { auto } from '../../../ui/src/direction.tsx'
import { api, type Channel } from '../api.ts'
import { PageHead } from '../page-head.tsx'
import { useTimes } from '../time.ts'
import { useAction } from '../use-action.ts'
import { ChannelCheck } from './channel-check.tsx'
import { ChannelHealth } from './channel-health.tsx'
import { ChannelState } from './channel-state.tsx'
import { Endpoints } from './endpoints.tsx'
import { SecretOnce } from './secret-once.tsx'
import { MarketingSettings } from './marketing-settings.tsx'
import { Settings } from './settings.tsx'

export function ChannelPage({ channel }: { channel: Channel }) {
  const { t } = useWords()
  const [removing, remove] = useDisclosure()
  return (
    <>
      <Anchor component={Link} href="/channels" size="sm">
        ← {t('Channels')}
      </Anchor>
      <PageHead title={channel.name}>
        <Group gap="xs">
          <Button component={Link} href={`/compose?channel=${channel.channel_id}`} variant="default" size="sm">
            {t('Compose')}
          </Button>
          <Button className="danger" variant="default" size="sm" onClick={remove.open}>
            {t('Remove')}
          </Button>
        </Group>
      </PageHead>
      <ChannelHealth channel={channel} />
      <div className="two below-health">
        <div>
          <ChannelState channel={channel} />
          <ChannelCheck channel={channel} />
          <Endpoints channel={channel} />
          <Codes channel={channel} />
          <section className="card">
            <Title order={2} size="h4" mb="xs">
              {t('At WhatsApp')}
            </Title>
            <dl className="facts">
              {[
                [t('Number'), `+${channel.business_phone}`],
                ['Phone number ID', channel.phone_number_id],
                ['WABA ID', channel.waba_id],
              ].map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd className="mono" dir="ltr">
                    {value}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        </div>
        <div>
          <Settings channel={channel} />
          <MarketingSettings channel={channel} />
        </div>
      </div>
      <Modal opened={removing} onClose={remove.close} title={t('Remove {name}', { name: auto(channel.name) })}>
        <Remove channel={channel} onKept={remove.close} />
      </Modal>
    </>
  )
}

function Codes({ channel }: { channel: Channel }) {
  const { t, says } = useWords()
  const times = useTimes()
  const queries = useQueryClient()
  const [code, setCode] = useState<string | null>(null)
  const [asked, setAsked] = useState<string | null>(null)
  const at = `/admin/channels/${channel.channel_id}/certification-codes`
  const refresh = () => queries.invalidateQueries({ queryKey: ['channels'] })
  const fail = (error: Error): unknown => notifications.show({ color: 'red', message: says(error.message) })
  const make = useAction({
    mutationFn: () => api<{ code_id: string; certification_code: string }>('POST', at),
    onSuccess: (made) => {
      setCode(made.certification_code)
      return refresh()
    },
    onError: fail,
  })
  const revoke = useAction({
    mutationFn: (id: string) => api('DELETE', `${at}/${id}`),
    onSuccess: () => {
      setAsked(null)
      return refresh()
    },
    onError: fail,
  })
  return (
    <section className="card spaced">
      <Title order={2} size="h4" mb="xs">
        {t('Certification codes')}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t('To rotate: create a new code, give it to its users, then revoke the old code.')}
      </Text>
      {channel.certification_codes.map((one) => (
        <Group key={one.code_id} justify="space-between" wrap="nowrap" py={4}>
          <div>
            <span className="mono">{one.code_id}</span>
            <Text size="xs" c="dimmed">
              {t('since {time}', { time: times.short(one.created_at) })}
            </Text>
          </div>
          {asked === one.code_id ? (
            <Group gap={4} wrap="nowrap">
              <Button
                size="compact-xs"
                color="red"
                loading={revoke.isPending}
                onClick={() => revoke.mutate(one.code_id)}
              >
                {t('Revoke it now')}
              </Button>
              <Button size="compact-xs" variant="default" onClick={() => setAsked(null)}>
                {t('Keep it')}
              </Button>
            </Group>
          ) : (
            <Button size="compact-xs" variant="subtle" color="red" onClick={() => setAsked(one.code_id)}>
              {t('Revoke')}
            </Button>
          )}
        </Group>
      ))}
      {code !== null && (
        <SecretOnce key={code} name={t('Certification code')} value={code} onPutAway={() => setCode(null)} />
      )}
      <Button mt="sm" size="compact-sm" variant="default" loading={make.isPending} onClick={() => make.mutate()}>
        {t('Create a new code')}
      </Button>
    </section>
  )
}

function Remove({ channel, onKept }: { channel: Channel; onKept: () => void }) {
  const { t, says } = useWords()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const remove = useAction({
    mutationFn: () => api('DELETE', `/admin/channels/${channel.channel_id}`),
    onSuccess: async () => {
      navigate('/channels')
      await queries.invalidateQueries({ queryKey: ['channels'] })
    },
    onError: (error) => notifications.show({ color: 'red', message: says(error.message) }),
  })
  return (
    <>
      <Text size="sm" mb="md">
        {t('Its certification codes stop working at once. Messages and events are kept until retention deletes them.')}
      </Text>
      <Group gap="xs">
        <Button color="red" loading={remove.isPending} onClick={() => remove.mutate()}>
          {t('Remove channel')}
        </Button>
        <Button variant="default" onClick={onKept}>
          {t('Keep it as it is')}
        </Button>
      </Group>
    </>
  )
}
