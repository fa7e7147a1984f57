import type { Message } from '../api.ts'
import type { CodeRequest } from './request-code.ts'

type Query = Record<string, string | number | undefined | null>

/** The admin route behind a list, with the filters of the page. */
export function listCall(origin: string, path: string, query: Query): CodeRequest {
  const params = new URLSearchParams()
  for (const [key, value] of Object.entries(query))
    if (value !== undefined && value !== null && value !== '') params.set(key, String(value))
  return {
    method: 'GET',
    url: `${origin}${path}${params.size > 0 ? `?${params}` : ''}`,
    headers: [['authorization', 'Bearer YOUR_API_KEY']],
  }
}

/** A message that was sent, as the call that sends it again. A received one, as the call that fetches it. */
export function messageCall(origin: string, message: Message): { call: CodeRequest; sends: boolean } {
  const { direction, phone, user_id, content, reference, msg_id } = message
  const code = ['certification-code', 'YOUR_CERTIFICATION_CODE'] as const
  if (direction === 'outbound' && (phone !== null || user_id !== null)) {
    const to = phone === null ? { recipient: user_id } : { to: phone }
    return {
      sends: true,
      call: {
        method: 'POST',
        url: `${origin}/external/messages/whatsapp`,
        headers: [['content-type', 'application/json'], code],
        // Stored as WhatsApp got it, which the API takes beside `messaging_product`.
        body: JSON.stringify({ messaging_product: 'whatsapp', ...to, ...content }, null, 2),
      },
    }
  }
  const id = encodeURIComponent(msg_id ?? reference)
  return { sends: false, call: { method: 'GET', url: `${origin}/external/messages/${id}`, headers: [code] } }
}
