import type { CSSProperties } from 'react'
import { initialsOf } from './initials.ts'

/** A coloured disc with the first letters of a name. Decoration: the name stands beside it. */
export function Avatar({ name, seed, size = 40 }: { name: string; seed: number; size?: number }) {
  return (
    <span
      className="avatar"
      aria-hidden
      style={{ width: size, height: size, fontSize: size * 0.38, '--hue': (seed * 47) % 360 } as CSSProperties}
    >
      {initialsOf(name)}
    </span>
  )
}
