import { useSyncExternalStore } from 'react'

/**
 * Addresses of pages, with their search, stand behind the hash: `#/messages?status=failed`. The gateway's own paths are
 * free for its API, and leaving a page removes its search.
 */
const read = (): string => location.hash.replace(/^#?\/?/, '/')

/*
 * The address as of the last event, one for all parts of the page. The browser changes `location.hash` before it tells,
 * so a list that is drawn in between would take the next page's search for its own.
 */
let shown = read()
const listeners = new Set<() => void>()
addEventListener('hashchange', () => {
  shown = read()
  for (const listener of listeners) listener()
})

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function go(to: string, options: { replace?: boolean } = {}): void {
  // `?…` without a path changes the search of this page only.
  const next = to.startsWith('?') ? pathOf(read()) + to : to
  const url = `${location.pathname}#${next}`
  if (options.replace) history.replaceState(null, '', url)
  else history.pushState(null, '', url)
  dispatchEvent(new HashChangeEvent('hashchange'))
}

const pathOf = (text: string): string => text.split('?')[0]!
const searchOf = (text: string): string => text.split('?').slice(1).join('?')

export function useHash(): [string, typeof go] {
  return [useSyncExternalStore(subscribe, () => pathOf(shown)), go]
}

export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => searchOf(shown))
}

useHash.hrefs = (href: string): string => `#${href}`
