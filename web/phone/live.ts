import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'

/** One look for a burst of events. */
const GATHER_MS = 30
const TYPING_MS = 25_000

/** Follows the sandbox's stream: what changes is asked for again, and typing is shown for as long as WhatsApp shows it. */
export function useLive(): { connected: boolean; typing: ReadonlySet<string> } {
  const queries = useQueryClient()
  const [connected, setConnected] = useState(true)
  const [typing, setTyping] = useState<ReadonlySet<string>>(new Set())

  useEffect(() => {
    const source = new EventSource('/sandbox/events?types=message,status,typing,phone,reset,webhook,request')
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
    const stopTyping = (phone: string): void =>
      setTyping((before) => (before.has(phone) ? new Set([...before].filter((one) => one !== phone)) : before))

    const dataOf = (event: Event): { phone?: string; message?: { phone: string; direction: string } } =>
      JSON.parse((event as MessageEvent<string>).data) as never
    source.addEventListener('message', (event) => {
      // Stream errors arrive as plain events of the same name; those carry no data.
      const { message } = dataOf(event)
      if (!message) return
      if (message.direction === 'out') stopTyping(message.phone)
      again('chat', message.phone)
      again('phones')
    })
    source.addEventListener('status', (event) => {
      const { phone } = dataOf(event)
      if (phone) again('chat', phone)
    })
    source.addEventListener('typing', (event) => {
      const { phone } = dataOf(event)
      if (!phone) return
      setTyping((before) => new Set([...before, phone]))
      soon(`typing ${phone}`, TYPING_MS, () => stopTyping(phone))
    })
    source.addEventListener('phone', () => again('phones'))
    source.addEventListener('webhook', () => again('wire'))
    source.addEventListener('request', () => again('wire'))
    source.addEventListener('reset', () => void queries.invalidateQueries())
    source.onopen = () => {
      setConnected(true)
      void queries.invalidateQueries()
    }
    source.onerror = () => setConnected(false)
    return () => {
      source.close()
      for (const timer of timers.values()) clearTimeout(timer)
    }
  }, [queries])

  return { connected, typing }
}
