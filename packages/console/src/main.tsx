import '../../ui/src/no-eval.ts'
import '../../ui/src/library.css'
import '../../ui/src/type.css'
import './console.css'
// The page loads all styles at once, so that a part that loads later is never shown without its styles.
import '../../ui/src/bubble.css'
import '../../ui/src/page.css'
import './media/media.css'
import './overview/overview.css'
import './palette/palette.css'
import './templates/gallery.css'
import '@mantine/charts/styles.css'
import { Notifications } from '@mantine/notifications'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { WordsProvider } from '../../ui/src/i18n.tsx'
import { Look } from '../../ui/src/look.tsx'
import { ApiError } from './api.ts'
import { Guard } from '../../ui/src/guard.tsx'
import { App } from './app.tsx'
import { useHash, useHashSearch } from './hash-location.ts'

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      // The browser's online state says nothing about a gateway on the same machine.
      networkMode: 'always',
      staleTime: 1_000,
      // A refused request is not retried. A request without an answer is.
      retry: (failures, error) => failures < 2 && !(error instanceof ApiError && error.http >= 400 && error.http < 500),
    },
    // An action without a connection fails at once. It must not run later, when the user no longer expects it.
    mutations: { networkMode: 'always' },
  },
})

const chinese = async () => (await import('./words-zh.ts')).chinese

createRoot(document.getElementById('root')!).render(
  <WordsProvider chinese={chinese}>
    <Look>
      <Notifications position="bottom-right" limit={3} />
      <QueryClientProvider client={queries}>
        <Router hook={useHash} searchHook={useHashSearch}>
          <Guard>
            <App />
          </Guard>
        </Router>
      </QueryClientProvider>
    </Look>
  </WordsProvider>,
)
