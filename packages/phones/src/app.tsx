import { ActionIcon, Alert, Button, Group, Text, useComputedColorScheme, useMantineColorScheme } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { notifications } from '@mantine/notifications'
import { useCallback, useEffect, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { useConnection, useLostSince } from '../../ui/src/connection.ts'
import { Guard } from '../../ui/src/guard.tsx'
import { NotConnected } from '../../ui/src/not-connected.tsx'
import { part } from '../../ui/src/part.tsx'
import { control, type Contact, type State, type VoiceCall } from './control.ts'
import { useLive } from './live.ts'
import { AddPhone } from './add-phone.tsx'
import { Tools, TOOLS, type Tool } from './tools.tsx'
import { useRecording } from './use-recording.ts'
import { useDesk } from './use-desk.ts'
import type { OnDesk } from './desk.ts'
import { useStory } from './use-story.ts'
import { PhoneFrame } from './phone-frame.tsx'

const TroublePanel = part(async () => (await import('./trouble.tsx')).TroublePanel)
const Wire = part(async () => (await import('./wire.tsx')).Wire)
const RecordPanel = part(async () => (await import('./record-panel.tsx')).RecordPanel)
const StoryBar = part(async () => (await import('./story-bar.tsx')).StoryBar)
const BusinessPhone = part(async () => (await import('./business-phone.tsx')).BusinessPhone)

const TOOL_KEPT_AS = 'postern.phones.tool'
/** Two phones and the wire stand side by side. */
const WIDE_PX = 1200
const TOOLS_AFTER_MS = 300
const BUSINESS_KEPT_AS = 'postern.phones.business'

/** The tool that is open beside the phones. On a wide screen this is the wire at first. */
function keptTool(): Tool | null {
  const kept = localStorage.getItem(TOOL_KEPT_AS)
  if (kept !== null) return kept === 'wire' ? 'wire' : null
  return innerWidth >= WIDE_PX ? 'wire' : null
}

/** False until the phones are there: the tools come after them. */
function useIsIdle(): boolean {
  const [isIdle, setIdle] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setIdle(true), TOOLS_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  return isIdle
}

/** Long: the frame of the page is one piece of markup. */
export function App() {
  const { t, says, language, setLanguage } = useWords()
  const { setColorScheme } = useMantineColorScheme()
  const scheme = useComputedColorScheme('light')
  const { connected, typing } = useLive()
  useConnection()
  const lostSince = useLostSince()
  const state = useQuery({ queryKey: ['state'], queryFn: () => control<State>('GET', '') })
  const phones = useQuery({
    queryKey: ['phones'],
    queryFn: async () => (await control<{ data: Contact[] }>('GET', '/phones')).data,
  })
  const { desk, setDesk } = useDesk()
  const [business, setBusiness] = useState<string | null>(null)
  const [tool, setTool] = useState(keptTool)
  /** The message that the wire is about; undefined for all. */
  const [about, setAbout] = useState<string>()
  const [withBusiness, setWithBusiness] = useState(() => localStorage.getItem(BUSINESS_KEPT_AS) === 'yes')
  const calls = useQuery({
    queryKey: ['calls'],
    queryFn: async () => (await control<{ data: VoiceCall[] }>('GET', '/calls')).data,
  })
  const show = (next: Tool | null): void => {
    localStorage.setItem(TOOL_KEPT_AS, next ?? 'none')
    setTool(next)
  }
  const trace = (wamid: string): void => {
    setAbout(wamid)
    show('wire')
  }
  const isIdle = useIsIdle()
  const recording = useRecording(
    useCallback(() => notifications.show({ color: 'red', message: t('This part of the page did not load') }), [t]),
  )
  const isRecording = recording.state === 'running' || recording.state === 'starting'

  const numbers = state.data?.numbers ?? []
  const here = numbers.find((one) => one.id === business) ?? numbers[0]
  const onDesk = desk ?? (phones.data ?? []).slice(0, 2).map(({ number }): OnDesk => ({ number }))
  const shown = onDesk.map((one) => one.number)
  const change = (number: string, next: Partial<OnDesk>): void =>
    setDesk(onDesk.map((one) => (one.number === number ? { ...one, ...next } : one)))
  const showBusiness = (next: boolean): void => {
    localStorage.setItem(BUSINESS_KEPT_AS, next ? 'yes' : 'no')
    setWithBusiness(next)
  }
  const nameOf = (number: string): string => phones.data?.find((one) => one.number === number)?.name ?? `+${number}`
  const now = (): number => (state.data ? state.data.now + Date.now() - state.dataUpdatedAt : Date.now())
  const story = useStory(state.data?.story, phones.data)
  const runStory = (): void => {
    const missing = (state.data?.story?.phones ?? []).filter((one) => !shown.includes(one))
    if (missing.length > 0) setDesk([...missing.map((number): OnDesk => ({ number })), ...onDesk])
    if (tool === null && innerWidth >= WIDE_PX) show('wire')
    void story.run()
  }

  return (
    <div className="phones-page">
      <header className="phones-bar">
        <Group gap="xs" wrap="nowrap">
          <span className="sandbox-word">{t('sandbox')}</span>
          <h1>{t('Phones')}</h1>
        </Group>
        <Group gap={6} className="phones-acts">
          {/* Its place is kept while it is not known whether there is a story: the buttons would push the phones down. */}
          {(state.data === undefined || state.data.story) && !story.isShown && (
            <Button size="xs" variant="light" disabled={state.data === undefined} onClick={runStory}>
              {t('Run the story')}
            </Button>
          )}
          <AddPhone
            known={(phones.data ?? []).map((one) => one.number).filter((one) => !shown.includes(one))}
            onAdd={(number) => setDesk([...onDesk.filter((one) => one.number !== number), { number }])}
          />
          <Button size="xs" variant="default" aria-pressed={withBusiness} onClick={() => showBusiness(!withBusiness)}>
            {t('Business')}
          </Button>
          {TOOLS.map(([one, name]) => (
            <Button
              key={one}
              size="xs"
              variant="default"
              className={one === 'record' ? 'record-button' : undefined}
              aria-pressed={tool === one}
              data-recording={(one === 'record' && isRecording) || undefined}
              onClick={() => show(tool === one ? null : one)}
            >
              {one === 'record' && isRecording ? t('Recording: {n}', { n: recording.steps.length }) : t(name)}
            </Button>
          ))}
        </Group>
        <Group gap={6} wrap="nowrap">
          <ActionIcon
            variant="default"
            size={30}
            aria-label={scheme === 'dark' ? t('Light') : t('Dark')}
            onClick={() => setColorScheme(scheme === 'dark' ? 'light' : 'dark')}
          >
            <Icon name={scheme === 'dark' ? 'sun' : 'moon'} size={17} />
          </ActionIcon>
          <Button
            size="xs"
            variant="default"
            lang={language === 'en' ? 'zh-CN' : 'en'}
            onClick={() => setLanguage(language === 'en' ? 'zh' : 'en')}
          >
            {language === 'en' ? '中文' : 'English'}
          </Button>
        </Group>
      </header>
      <NotConnected />
      {!connected && lostSince === null && (
        <Alert color="yellow" m="xs" role="status">
          {t('The sandbox does not answer. Trying again …')}
        </Alert>
      )}
      {(state.isLoadingError || phones.isLoadingError) && (
        <Alert color="red" m="xs" role="alert">
          {says((state.error ?? phones.error)?.message ?? '')}
        </Alert>
      )}
      {story.isShown && state.data?.story && (
        <StoryBar story={state.data.story} onRun={runStory} onClose={story.close} />
      )}
      <div className="phones-desk">
        <main className="phones-row" tabIndex={-1}>
          {here && withBusiness && (
            <Guard key={here.id}>
              <BusinessPhone
                business={here}
                numbers={numbers}
                onBusiness={setBusiness}
                contacts={phones.data ?? []}
                calls={(calls.data ?? []).filter((call) => call.numberId === here.id)}
                nameOf={nameOf}
                now={now}
                onTrace={trace}
                onClose={() => showBusiness(false)}
              />
            </Guard>
          )}
          {here &&
            onDesk.map(({ number, place }) => (
              <Guard key={number}>
                <PhoneFrame
                  number={number}
                  numbers={numbers}
                  place={place}
                  contact={phones.data?.find((one) => one.number === number)}
                  calls={(calls.data ?? []).filter((call) => call.phone === number)}
                  nameOf={nameOf}
                  now={now}
                  isTyping={(id) => typing.has(`${number} ${id}`)}
                  onPlace={(next) => change(number, { place: next })}
                  onMoved={(moved) => change(number, { number: moved })}
                  onTrace={trace}
                  onClose={() => setDesk(onDesk.filter((one) => one.number !== number))}
                />
              </Guard>
            ))}
          {here && shown.length === 0 && !withBusiness && (
            <div className="phones-empty">
              <Text>{t('No phones yet. Add one: any number can be a phone here.')}</Text>
            </div>
          )}
        </main>
        {tool !== null && (
          <Tools tool={tool} onClose={() => show(null)}>
            {!isIdle ? null : tool === 'record' ? (
              <RecordPanel recording={recording} nameOf={nameOf} />
            ) : tool === 'trouble' ? (
              <TroublePanel phones={shown} numbers={numbers} nameOf={nameOf} />
            ) : (
              <Wire about={about} phones={shown} nameOf={nameOf} now={now} onAbout={setAbout} />
            )}
          </Tools>
        )}
      </div>
    </div>
  )
}
