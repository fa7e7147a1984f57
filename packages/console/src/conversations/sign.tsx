import { Drawing } from '../../../ui/src/icon.tsx'

/** Line drawings of the inbox, as those of `ui/src/icon.tsx`. */
const PATHS = {
  search: 'M11 4.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13zM16 16l4 4',
  user: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4.5 20a7.5 7.5 0 0 1 15 0',
  close: 'M6 6l12 12M18 6 6 18',
  saved: 'M6.5 4h11v16L12 16l-5.5 4z',
} as const

export function Sign({ name, size }: { name: keyof typeof PATHS; size?: number }) {
  return <Drawing path={PATHS[name]} {...(size !== undefined && { size })} />
}
