import { ActionIcon, FileButton, Menu } from '@mantine/core'
import { useRef } from 'react'
import { Icon, type IconName } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'
import { KINDS } from '../compose/kinds.ts'

const SIGNS: Record<string, IconName> = {
  template: 'layout',
  image: 'image',
  video: 'video',
  audio: 'audio',
  document: 'document',
  sticker: 'sticker',
  location: 'location',
  contacts: 'group',
  list: 'list',
  flow: 'flow',
}

/** ＋: a file of this computer, or another type of message. */
export function AddMenu(props: {
  onKind: (kind: string) => void
  onFile: (file: File) => void
  onlyTemplates: boolean
  busy: boolean
}) {
  const { onKind, onFile, onlyTemplates, busy } = props
  const { t } = useWords()
  const open = useRef<() => void>(() => undefined)
  const kinds = KINDS.filter(({ id, always }) => id !== 'text' && (!onlyTemplates || always))
  return (
    <>
      <FileButton onChange={(file) => file && onFile(file)}>
        {(props) => {
          open.current = props.onClick
          return null
        }}
      </FileButton>
      <Menu position="top-start">
        <Menu.Target>
          <ActionIcon variant="subtle" color="gray" size="lg" radius="xl" loading={busy} aria-label={t('Add')}>
            <Icon name="plus" size={22} />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown mah={360} style={{ overflowY: 'auto' }}>
          {!onlyTemplates && (
            <>
              <Menu.Item leftSection={<Icon name="link" />} onClick={() => open.current()}>
                {t('File of this computer…')}
              </Menu.Item>
              <Menu.Divider />
            </>
          )}
          {kinds.map((kind) => (
            <Menu.Item
              key={kind.id}
              leftSection={<Icon name={SIGNS[kind.id] ?? 'talk'} />}
              onClick={() => onKind(kind.id)}
            >
              {t(kind.label)}
            </Menu.Item>
          ))}
        </Menu.Dropdown>
      </Menu>
    </>
  )
}
