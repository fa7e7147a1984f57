/** What an API key reaches. Lists that are null have no limit. */
export type KeyScopes = {
  /** Patterns of routes. */
  routes: readonly string[]
  channels: readonly number[] | null
  /** The only templates that it may send. */
  templates: readonly string[] | null
  read_only: boolean
  /** Epoch milliseconds. */
  expiresAt: number | null
}
