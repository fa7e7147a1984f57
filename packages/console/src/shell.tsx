import { AppShell, Burger, Button, Group, NavLink, ScrollArea, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useEffect } from 'react'
import { Link, Redirect, Route, Switch, useLocation } from 'wouter'
import { useWords } from '../../ui/src/i18n.tsx'
import { Icon, type IconName } from '../../ui/src/icon.tsx'
import { NewVersion } from '../../ui/src/guard.tsx'
import { NotConnected } from '../../ui/src/not-connected.tsx'
import { part } from '../../ui/src/part.tsx'
import type { Session } from './api.ts'
import { useLive } from './live.ts'
import { Mark } from './mark.tsx'
import { HealthMark } from './overview/health-mark.tsx'
import type { Entry } from './palette/use-found.ts'
import { toFirstRow, useKeys } from './palette/use-keys.ts'
import { Preferences } from './preferences.tsx'
import { PageHead } from './page-head.tsx'
import { Waiting } from './states.tsx'

const waiting = <WaitingPage />
const Overview = part(async () => (await import('./overview/overview.tsx')).Overview, waiting)
const Messages = part(async () => (await import('./messages/messages.tsx')).Messages, waiting)
const MessagePage = part(async () => (await import('./messages/message-page.tsx')).MessagePage, waiting)
const Conversations = part(async () => (await import('./conversations/conversations.tsx')).Conversations, waiting)
const Compose = part(async () => (await import('./compose/compose.tsx')).Compose, waiting)
const Templates = part(async () => (await import('./templates/templates.tsx')).Templates, waiting)
const Broadcasts = part(async () => (await import('./broadcasts/broadcasts.tsx')).Broadcasts, waiting)
const Deliveries = part(async () => (await import('./deliveries/deliveries.tsx')).Deliveries, waiting)
const Channels = part(async () => (await import('./channels/channels.tsx')).Channels, waiting)
const SetupPage = part(async () => (await import('./channels/setup-page.tsx')).SetupPage, waiting)
const People = part(async () => (await import('./people/people.tsx')).People, waiting)
const Costs = part(async () => (await import('./costs/costs.tsx')).Costs, waiting)
const Alarms = part(async () => (await import('./alarms/alarms.tsx')).Alarms, waiting)
const Settings = part(async () => (await import('./settings/settings.tsx')).Settings, waiting)
const Audit = part(async () => (await import('./audit/audit.tsx')).Audit, waiting)

const PALETTE_AFTER_MS = 1_500
const Palette = part(async () => (await import('./palette/palette.tsx')).Palette)

const word = (text: string): string => text

const PLACES: { path: string; label: string; icon: IconName }[] = [
  { path: '/', label: word('Overview'), icon: 'chart' },
  { path: '/messages', label: word('Messages'), icon: 'mail' },
  { path: '/conversations', label: word('Conversations'), icon: 'talk' },
  { path: '/compose', label: word('Composer'), icon: 'pen' },
  { path: '/broadcasts', label: word('Broadcasts'), icon: 'megaphone' },
  { path: '/templates', label: word('Templates'), icon: 'layout' },
  { path: '/deliveries', label: word('Deliveries'), icon: 'send' },
  { path: '/channels', label: word('Channels'), icon: 'phone' },
  { path: '/costs', label: word('Costs'), icon: 'coins' },
  { path: '/alarms', label: word('Alarms'), icon: 'bell' },
]
const FOR_ADMINS: typeof PLACES = [
  { path: '/people', label: word('People'), icon: 'group' },
  { path: '/audit', label: word('Audit'), icon: 'list' },
  { path: '/settings', label: word('Settings'), icon: 'sliders' },
]

const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent)

const ACTIONS: { title: string; href: string }[] = [
  { title: word('Send a message'), href: '/compose' },
  { title: word('New broadcast'), href: '/broadcasts/new' },
  { title: word('New template'), href: '/templates?new=1' },
  { title: word('Set up a number'), href: '/channels?new=1' },
  { title: word('Add a channel'), href: '/channels?add=1' },
  { title: word('Verify a signature'), href: '/deliveries?verify=1' },
  { title: word('Dead events'), href: '/deliveries?state=dead' },
  { title: word('Failed messages'), href: '/messages?status=failed' },
]

/** The pages and actions that the palette offers. */
const entriesOf = (places: typeof PLACES, t: (text: string) => string, onSignOut: () => void): Entry[] => [
  ...places.map(({ path, label }) => ({ key: path, title: t(label), note: t('Page'), act: path })),
  ...ACTIONS.map(({ title, href }) => ({ key: title, title: t(title), note: t('Action'), act: href })),
  { key: 'sign-out', title: t('Sign out'), note: t('Action'), act: onSignOut },
]

/** A page whose files are still to come: its heading stands where it will stay. */
function WaitingPage() {
  const { t } = useWords()
  const [location] = useLocation()
  const place = [...PLACES, ...FOR_ADMINS].find(({ path }) => path === location)
  // The inbox has no heading.
  return (
    <>
      {place && place.path !== '/conversations' && <PageHead title={t(place.label)} />}
      <Waiting />
    </>
  )
}

/** The gateway's version when this page was loaded. */
let firstVersion: string | undefined

/** Long: the frame of every page is one piece of markup. */
export function Shell({ session, onSignOut }: { session: Session; onSignOut: () => void }) {
  const { t } = useWords()
  useLive()
  firstVersion ??= session.version
  const [location] = useLocation()
  const [opened, { toggle, close }] = useDisclosure()
  const isHere = (path: string): boolean => (path === '/' ? location === '/' : location.startsWith(path))
  // Also with the browser's Back.
  useEffect(close, [location, close])
  const [isFinding, finding] = useDisclosure()
  useKeys(finding.open)
  // Its file is there before the keys are pressed, so that what is typed next goes into its field.
  useEffect(() => {
    const timer = setTimeout(() => void import('./palette/palette.tsx').catch(() => undefined), PALETTE_AFTER_MS)
    return () => clearTimeout(timer)
  }, [])
  const places = session.user?.role === 'admin' ? [...PLACES, ...FOR_ADMINS] : PLACES
  const here = places.find((place) => isHere(place.path))

  useEffect(() => {
    document.title = here ? `${t(here.label)} · Postern` : 'Postern'
  }, [here, t])

  return (
    <AppShell
      header={{ height: 52 }}
      navbar={{ width: 216, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding="md"
    >
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        {t('Skip to the content')}
      </a>
      <a
        className="skip"
        href="#main"
        onClick={(event) => {
          event.preventDefault()
          toFirstRow()
        }}
      >
        {t('Skip to the first row')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" justify="space-between" wrap="nowrap">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={opened}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={t('Menu')}
              aria-expanded={opened}
            />
            <Mark />
            <Text fw={700} size="lg" component="span" className="brand">
              Postern
            </Text>
            {session.sandbox_url && <span className="sandbox-tag">{t('sandbox')}</span>}
          </Group>
          <Group gap="xs" wrap="nowrap">
            <HealthMark />
            <Button
              className="palette-button"
              variant="default"
              size="compact-md"
              aria-keyshortcuts="Control+K Meta+K"
              onClick={finding.open}
            >
              {t('Search')}
              <kbd aria-hidden>{isMac ? '⌘K' : 'Ctrl K'}</kbd>
            </Button>
            {session.sandbox_url && (
              <Button
                component="a"
                href={session.sandbox_url}
                target="_blank"
                rel="noreferrer"
                variant="light"
                size="compact-md"
              >
                {t('Phones')}
              </Button>
            )}
          </Group>
        </Group>
      </AppShell.Header>
      {isFinding && <Palette pages={entriesOf(places, t, onSignOut)} onClose={finding.close} />}
      <AppShell.Navbar p="xs" aria-label={t('Pages')}>
        <AppShell.Section grow component={ScrollArea}>
          {places.map((place) => (
            <NavLink
              key={place.path}
              className="nav-link"
              component={Link}
              href={place.path}
              active={isHere(place.path)}
              aria-current={isHere(place.path) ? 'page' : undefined}
              label={t(place.label)}
              leftSection={<Icon name={place.icon} />}
              onClick={close}
            />
          ))}
        </AppShell.Section>
        <AppShell.Section pt="xs" className="nav-foot">
          <Preferences />
          {session.user?.kind === 'user' && (
            <Text size="xs" c="dimmed" px={8} dir="auto">
              {session.user.name}
            </Text>
          )}
          <Button variant="subtle" color="gray" size="compact-sm" onClick={onSignOut}>
            {t('Sign out')}
          </Button>
          <Text size="xs" c="dimmed" px={8} pt={4}>
            {t('Version {version}', { version: session.version ?? '' })} ·{' '}
            <a href="/docs" target="_blank" rel="noreferrer">
              API
            </a>
          </Text>
        </AppShell.Section>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1}>
        <NotConnected />
        {session.version !== firstVersion && <NewVersion />}
        <Switch>
          <Route path="/">
            <Overview session={session} />
          </Route>
          <Route path="/messages">
            <Messages />
          </Route>
          <Route path="/messages/:reference">
            {(params) => <MessagePage key={params.reference} reference={params.reference} />}
          </Route>
          <Route path="/conversations/:channel?/:contact?">
            {(params) => <Conversations channel={params.channel} contact={params.contact} />}
          </Route>
          <Route path="/broadcasts/:channel?/:id?">
            {(params) => <Broadcasts channel={params.channel} id={params.id} />}
          </Route>
          <Route path="/compose">
            <Compose />
          </Route>
          <Route path="/templates/:channel?">
            <Templates />
          </Route>
          <Route path="/deliveries">
            <Deliveries />
          </Route>
          <Route path="/people">
            <People />
          </Route>
          <Route path="/costs">
            <Costs />
          </Route>
          <Route path="/alarms">
            <Alarms mayChange={session.user?.role === 'admin' || session.user?.role === 'operator'} />
          </Route>
          <Route path="/settings">
            <Settings />
          </Route>
          <Route path="/audit">
            <Audit />
          </Route>
          <Route path="/channels/:channel/setup">{(params) => <SetupPage channel={params.channel} />}</Route>
          <Route path="/channels/:channel?">{(params) => <Channels channel={params.channel} />}</Route>
          <Route>
            <Redirect to="/" />
          </Route>
        </Switch>
      </AppShell.Main>
    </AppShell>
  )
}
