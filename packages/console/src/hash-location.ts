import { useSyncExternalStore } from 'react'

/**
 * Addresses behind the hash, the search with them: `#/messages?status=failed`. So the gateway's own paths stay its
 * API's, and each page's search goes when the page does.
 */
const read = (): string => location.hash.replace(/^#?\/?/, '/')

function subscribe(listener: () => void): () => void {
  addEventListener('hashchange', listener)
  return () => removeEventListener('hashchange', listener)
}

function go(to: string, options: { replace?: boolean } = {}): void {
  // A change of the search alone comes as `?…`, meaning this page.
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
