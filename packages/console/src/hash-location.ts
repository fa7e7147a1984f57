import { useSyncExternalStore } from 'react'

/**
 * Addresses of pages, with their search, stand behind the hash: `#/messages?status=failed`. The gateway's own paths are
 * free for its API, and leaving a page removes its search.
 */
const read = (): string => location.hash.replace(/^#?\/?/, '/')

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
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
  return [useSyncExternalStore(subscribe, () => pathOf(read())), go]
}

export function useHashSearch(): string {
  return useSyncExternalStore(subscribe, () => searchOf(read()))
}

useHash.hrefs = (href: string): string => `#${href}`
