import { Icon } from '../../ui/src/icon.tsx'

/** Dark enough for white letters. */
const COLOURS = ['#00695c', '#6a3fa0', '#a8430f', '#1f5fa8', '#9c2f5c', '#4d6a12', '#7a4a2b', '#2f5b66']

/** The first letter of a name on a colour that stays with its owner. */
export function Avatar({ name, of }: { name: string; of: string }) {
  let sum = 0
  for (const sign of of) sum = (sum * 31 + sign.charCodeAt(0)) % 9973
  return (
    <span className="phone-avatar" aria-hidden style={{ background: COLOURS[sum % COLOURS.length] }}>
      {[...name][0] ?? ''}
    </span>
  )
}

export const GroupSign = () => (
  <span className="phone-avatar" aria-hidden>
    <Icon name="group" size={20} />
  </span>
)
