import { notifications } from '@mantine/notifications'
import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { control, type Contact, type StoryState } from './control.ts'

/** The console links here with it. */
const ASKED = '#story'

/**
 * The story of the sandbox, and whether it stands above the phones: while it plays, for a newcomer, and when somebody
 * asks for it.
 */
export function useStory(story: StoryState | null | undefined, phones: readonly Contact[] | undefined) {
  const { says } = useWords()
  const [isClosed, setClosed] = useState(false)
  // The address has the phones from then on.
  const [isAsked] = useState(() => location.hash === ASKED)
  const isNew = isAsked || phones?.every((one) => one.messages === 0) === true
  return {
    isShown: !!story && (story.state !== 'idle' || (isNew && !isClosed)),
    close: () => setClosed(true),
    async run(): Promise<void> {
      try {
        await control('POST', '/story/start')
      } catch (error) {
        notifications.show({ color: 'red', message: says((error as Error).message) })
      }
    },
  }
}
