/** The logo: a postern, a small gate in a wall. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
      <rect width="32" height="32" rx="8" fill="#046b66" />
      <path d="M9 25V14a7 7 0 0 1 14 0v11" fill="none" stroke="#fff" strokeWidth="2.6" strokeLinecap="round" />
      <path
        d="M13.5 25v-9.5a2.5 2.5 0 0 1 5 0V25"
        fill="none"
        stroke="#a5d6d3"
        strokeWidth="2.2"
        strokeLinecap="round"
      />
    </svg>
  )
}
