import { useKept } from './use-kept.ts'

/** A search with a name. */
export type View = { name: string; search: string }

const MOST = 50
const isView = (one: unknown): one is View =>
  typeof one === 'object' &&
  one !== null &&
  typeof (one as View).name === 'string' &&
  typeof (one as View).search === 'string'

/** The saved searches of a list. This browser remembers them; saving a name again replaces it. */
export function useViews(list: string): { views: View[]; save(view: View): void; remove(name: string): void } {
  const [views, setViews] = useKept(`postern.console.views.${list}`, (stored) =>
    Array.isArray(stored) ? stored.filter(isView).slice(0, MOST) : [],
  )
  const without = (name: string): View[] => views.filter((one) => one.name !== name)
  return {
    views,
    save: (view) => setViews([...without(view.name), view].sort((a, b) => a.name.localeCompare(b.name)).slice(0, MOST)),
    remove: (name) => setViews(without(name)),
  }
}
