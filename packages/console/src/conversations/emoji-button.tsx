import { ActionIcon, Popover, SimpleGrid, UnstyledButton } from '@mantine/core'
import { useState } from 'react'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'

/** Those that shops write. Every system has a keyboard for the others. */
const EMOJI = [
  ...['😀', '😃', '😄', '😁', '😅', '😂', '🙂', '😉', '😊', '😍', '😘', '🤗', '🤔', '😐', '😴', '😢', '😭', '😡'],
  ...['👍', '👎', '👏', '🙏', '🤝', '💪', '👋', '✌️', '👌', '👉', '❤️', '💚', '⭐', '✨', '🔥', '🎉', '🎁', '🎂'],
  ...['✅', '❌', '⚠️', '❗', '❓', '💡', '📦', '🚚', '🏠', '📍', '📞', '📧', '📅', '⏰', '💳', '💰', '🧾', '🛒'],
]

export function EmojiButton({ onPick }: { onPick: (emoji: string) => void }) {
  const { t } = useWords()
  const [opened, setOpened] = useState(false)
  return (
    <Popover opened={opened} onChange={setOpened} position="top-start" trapFocus returnFocus={false}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          radius="xl"
          aria-label={t('Emoji')}
          onClick={() => setOpened(!opened)}
        >
          <Icon name="sticker" size={20} />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown p={6}>
        <SimpleGrid cols={9} spacing={2} verticalSpacing={2}>
          {EMOJI.map((emoji) => (
            <UnstyledButton
              key={emoji}
              className="emoji"
              onClick={() => {
                setOpened(false)
                onPick(emoji)
              }}
            >
              {emoji}
            </UnstyledButton>
          ))}
        </SimpleGrid>
      </Popover.Dropdown>
    </Popover>
  )
}
