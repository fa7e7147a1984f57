import type { StateChange } from '../../domain/channels/state.ts'
import type { TemplateUpdate } from '../../domain/templates/kept-template.ts'
import type { Fact } from '../../store/store.ts'

/** A webhook signed by Meta that belongs to no channel, kept whole. */
export type Unroutable = { reason: 'unknown_number' | 'unreadable'; detail: string; body: string }

/**
 * A template update also changes the catalog of the account. `templates` has it by WABA; it is empty when only a sync
 * can tell the change.
 */
export type Reading = {
  facts: Fact[]
  unroutable: Unroutable[]
  templates: Map<string, TemplateUpdate[]>
  /** What signals change in the state of channels. */
  states: (StateChange & { channelId: number })[]
}
