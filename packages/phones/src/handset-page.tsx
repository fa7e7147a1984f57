import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { useConnection } from '../../ui/src/connection.ts'
import { NotConnected } from '../../ui/src/not-connected.tsx'
import { control, Refusal, type Contact, type State, type VoiceCall } from './control.ts'
import { readDesk, writeDesk, type Place } from './desk.ts'
import { useLive } from './live.ts'
import { PhoneFrame } from './phone-frame.tsx'

const FORBIDDEN = 403

const nothing = (): void => {}

/** One phone on the whole screen of a real handset. Its address has a token for this phone alone. */
export function HandsetPage() {
  const { says } = useWords()
  const { connected, typing } = useLive()
  useConnection()
  const state = useQuery({ queryKey: ['state'], queryFn: () => control<State>('GET', '') })
  const phones = useQuery({
    queryKey: ['phones'],
    queryFn: async () => (await control<{ data: Contact[] }>('GET', '/phones')).data,
  })
  const calls = useQuery({
    queryKey: ['calls'],
    queryFn: async () => (await control<{ data: VoiceCall[] }>('GET', '/calls')).data,
  })
  const contact = phones.data?.[0]
  const [place, setPlace] = usePlace(contact?.number)
  useEffect(() => {
    if (contact) document.title = contact.name
  }, [contact])
  const { refetch } = state
  useEffect(() => {
    // A stream that ends may mean that the code has ended.
    if (!connected) void refetch()
  }, [connected, refetch])
  const problem = state.error ?? phones.error
  const isOver = problem instanceof Refusal && problem.status === FORBIDDEN
  if (problem && (isOver || !contact || !state.data))
    return (
      <main className="handset-over">
        <p role="alert">{says(problem.message)}</p>
      </main>
    )
  if (!contact || !state.data || state.data.numbers.length === 0) return null
  return (
    <main className="handset">
      <NotConnected />
      <PhoneFrame
        isHandset
        number={contact.number}
        numbers={state.data.numbers}
        contact={contact}
        place={place}
        calls={calls.data ?? []}
        nameOf={(number) => (number === contact.number ? contact.name : `+${number}`)}
        isTyping={(id) => typing.has(`${contact.number} ${id}`)}
        now={() => state.data.now + Date.now() - state.dataUpdatedAt}
        onPlace={setPlace}
        onTrace={nothing}
        onMoved={nothing}
        onClose={nothing}
      />
    </main>
  )
}

/** What the phone shows, in the address: the handset's own way back leads from a chat to the list. */
function usePlace(number: string | undefined): [Place | undefined, (next: Place) => void] {
  const [hash, setHash] = useState(location.hash)
  useEffect(() => {
    const read = (): void => setHash(location.hash)
    addEventListener('hashchange', read)
    return () => removeEventListener('hashchange', read)
  }, [])
  const place = readDesk(hash)?.find((one) => one.number === number)?.place
  return [
    place,
    (next) => {
      location.hash = writeDesk([{ number: number ?? '', place: next }])
    },
  ]
}
