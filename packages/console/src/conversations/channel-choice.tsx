import { Button, Menu } from '@mantine/core'
import { useWords } from '../../../ui/src/i18n.tsx'
import type { Channel } from '../api.ts'

/** Chooses all channels, or some of them. */
export function ChannelChoice(props: { channels: Channel[]; chosen: number[]; change: (next: number[]) => void }) {
  const { channels, chosen, change } = props
  const { t } = useWords()
  const only = chosen.length === 1 ? channels.find((one) => one.channel_id === chosen[0]) : undefined
  const toggle = (id: number): void =>
    change(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id])
  return (
    <Menu position="bottom-end" closeOnItemClick={false}>
      <Menu.Target>
        <Button variant="default" className="talk-channels" aria-label={t('Channel')}>
          <span dir="auto">
            {only?.name ?? (chosen.length === 0 ? t('All channels') : t('{n} channels', { n: chosen.length }))}
          </span>
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item role="menuitemradio" aria-checked={chosen.length === 0} onClick={() => change([])}>
          {chosen.length === 0 ? '✓ ' : '  '}
          {t('All channels')}
        </Menu.Item>
        {channels.map((one) => (
          <Menu.Item
            key={one.channel_id}
            role="menuitemcheckbox"
            aria-checked={chosen.includes(one.channel_id)}
            onClick={() => toggle(one.channel_id)}
          >
            {chosen.includes(one.channel_id) ? '✓ ' : '  '}
            <span dir="auto">{one.name}</span>
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
