/** The path of a handset with its token, before every call. Empty on the phones' page. */
export const BASE = /^\/handset\/[\w-]+(?=\/)/.exec(location.pathname)?.[0] ?? ''

/** True on a real handset: one phone on the whole screen, without tools. */
export const IS_HANDSET = BASE !== ''
