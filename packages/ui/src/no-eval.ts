/**
 * Tells zod, wherever a page loads it, not to try whether it may compile code: the page's policy forbids that, and the
 * browser reports each try as a violation. What `z.config({ jitless: true })` sets, without loading zod at the start.
 */
const global = globalThis as { __zod_globalConfig?: Record<string, unknown> }
global.__zod_globalConfig = { ...global.__zod_globalConfig, jitless: true }
export {}
