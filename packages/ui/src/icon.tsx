/** Line drawings on a grid of 24, drawn for these pages. All are decoration beside words. */
const PATHS = {
  reply: 'M10 7 4.5 12.5 10 18M5 12.5h8.5a6 6 0 0 1 6 6',
  link: 'M13 5h6v6M19 5l-8.5 8.5M10 6H6.5A1.5 1.5 0 0 0 5 7.5v10A1.5 1.5 0 0 0 6.5 19h10a1.5 1.5 0 0 0 1.5-1.5V14',
  phone: 'M6 4h3.5l1.6 4.2-2.2 1.6a11 11 0 0 0 5.3 5.3l1.6-2.2L20 14.5V18a2 2 0 0 1-2 2A14 14 0 0 1 4 6a2 2 0 0 1 2-2z',
  hangup: 'M3 14.5c5.5-5 12.5-5 18 0l-1.6 3-4.2-1.2v-2.7a11.5 11.5 0 0 0-6.4 0v2.7L4.6 17.5z',
  back: 'M15 5.5 8.5 12 15 18.5',
  group:
    'M9 11.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM3.5 19a5.5 5.5 0 0 1 11 0M16 6a3 3 0 0 1 0 5.6M17.5 14a5.5 5.5 0 0 1 3 5',
  shop: 'M5 10v9h14v-9M3.5 10 5.5 5h13l2 5zM10 19v-5h4v5',
  copy: 'M9 9h10v11H9zM6 15H5V4h10v2',
  flow: 'M5 4h14v16H5zM8.5 9h7M8.5 12.5h7M8.5 16h4',
  location:
    'M12 21s6.5-6 6.5-11.2A6.5 6.5 0 0 0 5.5 9.8C5.5 15 12 21 12 21zM12 12.2a2.4 2.4 0 1 0 0-4.8 2.4 2.4 0 0 0 0 4.8z',
  list: 'M9 6h11M9 12h11M9 18h11M4.5 6h.01M4.5 12h.01M4.5 18h.01',
  other: 'M12 5v14M5 12h14',
  image: 'M4 5h16v14H4zM4 16l4.5-4.5 3.5 3.5 3-3 5 5M9 9.5h.01',
  sticker: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM9 10h.01M15 10h.01M8.8 14a4 4 0 0 0 6.4 0',
  video: 'M4 6h11v12H4zM15 10.5 20 7.5v9l-5-3',
  audio: 'M9 17V6l10-2v11M9 17a2.3 2.3 0 1 1-4.6 0A2.3 2.3 0 0 1 9 17zM19 15a2.3 2.3 0 1 1-4.6 0 2.3 2.3 0 0 1 4.6 0z',
  document: 'M6 3.5h8l4.5 4.5v12.5H6zM14 3.5V8h4.5M9 12.5h6M9 16h6',
  tick: 'M4.5 12.5 10 18 20 6.5',
  ticks: 'M1.5 12.5 7 18 16.5 6.5M11.5 16l2 2L23 6.5',
  clock: 'M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16zM12 8v4.3l3 1.7',
  chart: 'M5 20V11M10 20V5M15 20v-6M20 20V8',
  mail: 'M4 6h16v12H4zM4 7l8 6 8-6',
  talk: 'M4 5h13v9H9l-5 4zM20 9v10l-3.5-3H10',
  pen: 'M5 19l1-4L16.5 4.5l3 3L9 18zM14.5 6.5l3 3',
  layout: 'M4 5h16v14H4zM4 10h16M10 10v9',
  send: 'M4 12 20 4l-5 16-3.5-6.5zM20 4l-8.5 9.5',
  megaphone: 'M4 10v4h3l8 4.5v-13L7 10zM18.5 9.5a3.5 3.5 0 0 1 0 5M8 14.5l1 5h2.5l-1-4',
  upload: 'M12 16V5M7.5 9 12 4.5 16.5 9M5 19h14',
  plus: 'M12 5v14M5 12h14',
  mic: 'M12 4a2.8 2.8 0 0 0-2.8 2.8v4.7a2.8 2.8 0 0 0 5.6 0V6.8A2.8 2.8 0 0 0 12 4zM6 11.5a6 6 0 0 0 12 0M12 17.5V21',
  camera: 'M4 8h3.500l1.500-2.500h6L16.500 8H20v11H4zM12 16.500a3.300 3.300 0 1 0 0-6.600 3.300 3.300 0 0 0 0 6.600z',
  stop: 'M7 7h10v10H7z',
  more: 'M6 12h.01M12 12h.01M18 12h.01',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM12 2.5V5M12 19v2.5M2.5 12H5M19 12h2.5M5.3 5.3 7 7M17 17l1.7 1.7M18.7 5.3 17 7M7 17l-1.7 1.7',
  sliders: 'M4 7h9M17 7h3M4 12h3M11 12h9M4 17h9M17 17h3M15 5v4M9 10v4M15 15v4',
  bell: 'M12 4a5.5 5.5 0 0 0-5.5 5.5c0 5-2 6.5-2 6.5h15s-2-1.5-2-6.5A5.5 5.5 0 0 0 12 4zM10 19.5a2.2 2.2 0 0 0 4 0',
  coins:
    'M12 3.5a8.5 8.5 0 1 0 0 17 8.5 8.5 0 0 0 0-17zM14.8 9c-.6-1-1.6-1.5-2.8-1.5-3.8 0-3.8 4.3 0 4.5 3.8.2 3.8 4.5 0 4.5-1.2 0-2.2-.5-2.8-1.5M12 5.8v12.4',
  moon: 'M19.5 14.5A8 8 0 0 1 9.5 4.5a8 8 0 1 0 10 10z',
} as const

export type IconName = keyof typeof PATHS

export function Icon({ name, size }: { name: IconName; size?: number }) {
  return <Drawing path={PATHS[name]} bold={name === 'more' || name === 'list'} {...(size !== undefined && { size })} />
}

/** A line drawing of one page alone. */
export function Drawing({ path, size = 18, bold }: { path: string; size?: number; bold?: boolean }) {
  return (
    <svg
      className="icon"
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth={bold ? 2.4 : 1.8}
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden
    >
      <path d={path} />
    </svg>
  )
}
