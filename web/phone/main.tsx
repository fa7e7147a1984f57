import '@mantine/core/styles.css'
import '@mantine/notifications/styles.css'
import './phone.css'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { WordsProvider } from '../shared/i18n.tsx'
import { Look } from '../shared/look.tsx'
import { App } from './app.tsx'

const queries = new QueryClient({ defaultOptions: { queries: { retry: 1 } } })
const chinese = async () => (await import('./words-zh.ts')).chinese

createRoot(document.getElementById('root')!).render(
  <WordsProvider chinese={chinese}>
    <Look>
      <Notifications position="bottom-right" limit={3} />
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </Look>
  </WordsProvider>,
)
