import { declineHistory, shareMadeHistory, tellHistory, tellHistoryMedia } from './app-history.ts'
import type { HistoryChunk, HistoryMessage, MadeHistory } from './app-history.ts'
import { echo, editOf, revokeOf, syncContacts, type BookEntry } from './business-app.ts'
import { contactOf, type Cloud } from './cloud.ts'
import { disconnect, offboard, onboard, reconnect, type Disconnection } from './connection.ts'
import type { InboundContent } from './inbound.ts'
import type { BusinessNumber } from './world.ts'

/** Actions of a business in its WhatsApp Business app. Each resolves when the webhook was answered. */
export type BusinessApp = {
  /** Sends a text, or any message, to a person. Resolves with the wamid. */
  says(phone: string, content: string | InboundContent): Promise<string>
  edits(phone: string, wamid: string, content: string | InboundContent): Promise<string>
  revokes(phone: string, wamid: string): Promise<string>
  /** Adds, changes or removes contacts in the app's address book. */
  saves(entries: BookEntry[]): Promise<void>
  removes(phones: string[]): Promise<void>
  /** Shares a chunk of the history, the media of one message of it, or nothing. */
  shares(chunk: HistoryChunk): Promise<void>
  /** Shares a made-up history, of 10,000 messages by default, in chunks. */
  sharesAll(history?: MadeHistory): Promise<{ messages: number; chunks: number }>
  sharesMedia(phone: string, message: HistoryMessage): Promise<void>
  declines(): Promise<void>
  /** Ends the connection in the app (`PARTNER_REMOVED`): sends are refused, and people's messages stay in the app. */
  disconnects(how?: Disconnection): Promise<void>
  /** Another phone, or a new registration: the connection rests (`ACCOUNT_OFFBOARDED`). */
  isOffboarded(): Promise<void>
  /** The same connection is back (`ACCOUNT_RECONNECTED`). Contacts and history cannot be asked for again. */
  reconnects(): Promise<void>
  /** The business connects the app anew. Contacts and history can be asked for again, within a day. */
  onboards(): void
}

const asContent = (content: string | InboundContent): InboundContent =>
  typeof content === 'string' ? { type: 'text', text: { body: content } } : content

export function businessApp(cloud: Cloud, number: BusinessNumber): BusinessApp {
  if (!number.onBizApp) onboard(cloud, number)
  return {
    says: (phone, content) => echo(cloud, contactOf(cloud, phone), number, asContent(content)),
    edits: (phone, wamid, content) => {
      const edit = editOf(cloud, number, wamid, asContent(content))
      return echo(cloud, contactOf(cloud, phone), number, edit)
    },
    revokes: (phone, wamid) => echo(cloud, contactOf(cloud, phone), number, revokeOf(wamid)),
    saves: (entries) => syncContacts(cloud, number, entries),
    removes: (phones) =>
      syncContacts(
        cloud,
        number,
        phones.map((phone) => ({ phone })),
        'remove',
      ),
    shares: (chunk) => tellHistory(cloud, number, chunk),
    sharesAll: (history = {}) => shareMadeHistory(cloud, number, history),
    sharesMedia: (phone, message) => tellHistoryMedia(cloud, contactOf(cloud, phone), number, message),
    declines: () => declineHistory(cloud, number),
    disconnects: (how = {}) => disconnect(cloud, number, how),
    isOffboarded: () => offboard(cloud, number),
    reconnects: () => reconnect(cloud, number),
    onboards: () => onboard(cloud, number),
  }
}
