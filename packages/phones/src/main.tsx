import '../../ui/src/library-phones.css'
import '../../ui/src/type.css'
// The page loads all styles at once, so that a part that loads later is never shown without its styles.
import '../../ui/src/bubble.css'
import '../../ui/src/page.css'
import './phone.css'
import './tools.css'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { WordsProvider } from '../../ui/src/i18n.tsx'
import { Look } from '../../ui/src/look.tsx'
import { Guard } from '../../ui/src/guard.tsx'
import { part } from '../../ui/src/part.tsx'
import { App } from './app.tsx'
import { IS_HANDSET } from './base.ts'

const HandsetPage = part(async () => (await import('./handset-page.tsx')).HandsetPage)

const queries = new QueryClient({
  // The browser's online state says nothing about a sandbox on the same machine.
  defaultOptions: { queries: { retry: 1, networkMode: 'always' }, mutations: { networkMode: 'always' } },
})
const chinese = async () => (await import('./words-zh.ts')).chinese

createRoot(document.getElementById('root')!).render(
  <WordsProvider chinese={chinese}>
    <Look>
      <Notifications position="bottom-right" limit={3} />
      <QueryClientProvider client={queries}>
        <Guard>{IS_HANDSET ? <HandsetPage /> : <App />}</Guard>
      </QueryClientProvider>
    </Look>
  </WordsProvider>,
)
