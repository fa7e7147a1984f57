import { Anchor } from '@mantine/core'
import { Link } from 'wouter'
import { useChannels } from '../queries.ts'
import { Empty, Unready } from '../states.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { BroadcastPage } from './broadcast-page.tsx'
import { BroadcastList } from './broadcast-list.tsx'
import { NewBroadcast } from './new-broadcast.tsx'
import './broadcasts.css'

/** `/broadcasts`, `/broadcasts/new`, and `/broadcasts/{channel}/{id}`: a draft opens in the wizard. */
export function Broadcasts({ channel, id }: { channel?: string | undefined; id?: string | undefined }) {
  const { t } = useWords()
  const channels = useChannels()
  if (!channels.data) return <Unready title={t('Broadcasts')} term="broadcast" query={channels} />
  if (channels.data.length === 0) return <Empty title={t('No channels yet')} />
  if (channel === 'new') return <NewBroadcast channels={channels.data} />
  const found = channels.data.find((one) => String(one.channel_id) === channel)
  if (channel !== undefined && !found)
    return (
      <Empty title={t('Channel not found')}>
        <Anchor component={Link} href="/broadcasts">
          {t('Broadcasts')}
        </Anchor>
      </Empty>
    )
  if (found && id !== undefined) return <BroadcastPage key={id} channel={found} id={id} />
  return <BroadcastList channels={channels.data} chosen={found} />
}
