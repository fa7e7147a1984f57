import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { groupLines, privateLines, type ChatLine } from './chat-lines.ts'
import { control, type GroupLine, type PhoneMessage, type VoiceCall } from './control.ts'

/** Lines of a chat with a business number, or of a group. */
export function useLines(number: string, businessId: string, group: string | null, calls: VoiceCall[]) {
  const chat = useQuery({
    queryKey: ['chat', number, businessId],
    queryFn: async () =>
      (await control<{ data: PhoneMessage[] }>('GET', `/phones/${number}/messages?count=200&with=${businessId}`)).data,
    enabled: group === null,
  })
  const inGroup = useQuery({
    queryKey: ['group', group, number],
    queryFn: async () =>
      (await control<{ data: GroupLine[] }>('GET', `/groups/${encodeURIComponent(group!)}/messages?phone=${number}`))
        .data,
    enabled: group !== null,
  })
  const { data: messages } = chat
  const ofGroup = inGroup.data
  const lines = useMemo<ChatLine[]>(
    () =>
      group === null
        ? privateLines(
            messages ?? [],
            calls.filter((call) => call.numberId === businessId),
          )
        : groupLines(ofGroup ?? []),
    [group, businessId, messages, ofGroup, calls],
  )
  return { lines, isLoading: group === null ? chat.isPending : inGroup.isPending }
}
