import type { Dictionary } from '../shared/i18n.tsx'

export const chinese: Dictionary = {}
