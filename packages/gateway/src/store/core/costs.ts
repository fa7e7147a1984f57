import type { Cost } from '../../domain/costs/cost.ts'
import type { CostChange } from './rows.ts'

/** The changes of a batch to the kept sums of costs: a message counts once, wherever it moves. */
export class CostSums {
  readonly #changes = new Map<string, CostChange>()

  /** The message costs `now` instead of `before`. */
  move(channelId: number, before: Cost | undefined, now: Cost | undefined): void {
    if (before && now && placeOf(channelId, before) === placeOf(channelId, now)) return
    if (before) this.add(channelId, before, -1)
    if (now) this.add(channelId, now, 1)
  }

  add(channelId: number, cost: Cost, messages: number): void {
    const place = placeOf(channelId, cost)
    const known = this.#changes.get(place)
    if (known) known.messages += messages
    else this.#changes.set(place, { channelId, ...cost, messages })
  }

  /** In one order for all nodes and batches, so that two of them never wait for each other. */
  changes(): CostChange[] {
    if (this.#changes.size === 0) return []
    return [...this.#changes]
      .filter(([, { messages }]) => messages !== 0)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, change]) => change)
  }
}

const placeOf = (channelId: number, { day, country, category, type }: Cost): string =>
  `${channelId} ${day} ${country} ${category} ${type}`
