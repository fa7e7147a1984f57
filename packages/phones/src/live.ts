import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { askNow } from '../../ui/src/connection.ts'
import { BASE } from './base.ts'
import { groupOf, type PhoneMessage } from './control.ts'

/** A burst of events leads to one request. */
const GATHER_MS = 30
const TYPING_MS = 25_000
const LATER_MS = 250
/** Pause before the next try after a refusal: then the browser does not reconnect by itself. */
const COME_BACK_MS = 3_000

/**
 * Follows the sandbox's stream, requests what changed, and shows the typing indicator as long as WhatsApp does. `typing`
 * has the phone and the business number of each chat in which the business types.
 */
export function useLive(): { connected: boolean; typing: ReadonlySet<string> } {
  const queries = useQueryClient()
  const [connected, setConnected] = useState(true)
  const [typing, setTyping] = useState<ReadonlySet<string>>(new Set())

  useEffect(() => {
    let source: EventSource | undefined
    const timers = new Map<string, ReturnType<typeof setTimeout>>()
    const soon = (name: string, ms: number, act: () => void): void => {
      if (ms === GATHER_MS && timers.has(name)) return
      clearTimeout(timers.get(name))
      timers.set(
        name,
        setTimeout(() => {
          timers.delete(name)
          act()
        }, ms),
      )
    }
    const again = (...key: string[]): void =>
      soon(key.join(' '), GATHER_MS, () => void queries.invalidateQueries({ queryKey: key }))
    const stopTyping = (chat: string): void =>
      setTyping((before) => (before.has(chat) ? new Set([...before].filter((one) => one !== chat)) : before))

    const dataOf = (event: Event): { phone?: string; numberId?: string; group?: string; message?: PhoneMessage } =>
      JSON.parse((event as MessageEvent<string>).data) as never
    /** The callbacks that a webhook causes come a moment later, without an event. */
    const moved = (): void => {
      again('wire')
      soon('wire later', LATER_MS, () => void queries.invalidateQueries({ queryKey: ['wire'] }))
    }
    function open(): void {
      const opened = new EventSource(
        `${BASE}/sandbox/events?types=message,status,typing,phone,number,call,group,reset,webhook,request,story`,
      )
      source = opened
      opened.addEventListener('message', (event) => {
        // Errors of the stream arrive as events of the same name, without data.
        const { message } = dataOf(event)
        if (!message) return
        if (message.direction === 'out') stopTyping(`${message.phone} ${message.numberId}`)
        const group = groupOf(message)
        if (group !== undefined) {
          // The lists of the others in the group have it too.
          again('group', group)
          again('chat')
        } else again('chat', message.phone)
        again('phones')
      })
      opened.addEventListener('status', (event) => {
        const { phone } = dataOf(event)
        if (!phone) return
        again('chat', phone)
        again('group')
        again('bill')
      })
      opened.addEventListener('typing', (event) => {
        const { phone, numberId } = dataOf(event)
        if (!phone) return
        const chat = `${phone} ${numberId}`
        setTyping((before) => new Set([...before, chat]))
        soon(`typing ${chat}`, TYPING_MS, () => stopTyping(chat))
      })
      opened.addEventListener('phone', () => again('phones'))
      opened.addEventListener('number', () => again('state'))
      opened.addEventListener('story', () => again('state'))
      opened.addEventListener('call', () => again('calls'))
      opened.addEventListener('group', (event) => {
        again('state')
        again('chat')
        again('group', dataOf(event).group ?? '')
      })
      opened.addEventListener('webhook', moved)
      opened.addEventListener('request', moved)
      opened.addEventListener('reset', () => void queries.invalidateQueries())
      opened.onopen = () => {
        setConnected(true)
        void queries.invalidateQueries()
      }
      opened.onerror = () => {
        setConnected(false)
        askNow()
        if (opened.readyState === EventSource.CLOSED) soon('open', COME_BACK_MS, open)
      }
    }
    open()
    return () => {
      source?.close()
      for (const timer of timers.values()) clearTimeout(timer)
    }
  }, [queries])

  return { connected, typing }
}
