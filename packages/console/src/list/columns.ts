import { useKept } from './use-kept.ts'

export type Column<Key extends string> = { key: Key; label: string }

/** The columns of a list that are shown, in the list's order. This browser remembers them. */
export function useColumns<Key extends string>(
  list: string,
  all: readonly Column<Key>[],
  atFirst: readonly Key[],
): [Key[], (next: readonly Key[]) => void] {
  const inOrder = (keys: readonly unknown[]): Key[] => all.map(({ key }) => key).filter((key) => keys.includes(key))
  const [shown, setShown] = useKept(`postern.console.columns.${list}`, (stored) => {
    const known = Array.isArray(stored) ? inOrder(stored) : []
    return known.length > 0 ? known : [...atFirst]
  })
  return [shown, (next) => setShown(inOrder(next))]
}
