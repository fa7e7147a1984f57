import type { Size } from './batcher.ts'
import type { Fact, NewMessage } from './store.ts'

/** Estimate of a row's ids, names and times. */
const ROW_BYTES = 1024

export function sizeOfFacts(facts: readonly Fact[]): Size {
  let bytes = 0
  for (const fact of facts) bytes += sizeOfFact(fact)
  return { writes: facts.length, bytes }
}

export function sizeOfFact(fact: Fact): number {
  if (fact.kind === 'status') return ROW_BYTES + fact.body.text.length + (fact.error?.length ?? 0)
  return ROW_BYTES + fact.body.length + (fact.kind === 'message' ? fact.content.length : 0)
}

export const sizeOfMessage = (message: NewMessage): Size => ({ writes: 1, bytes: ROW_BYTES + message.content.length })

/** Divides facts, in order, into parts that one commit may hold. A larger fact is a part of its own. */
export function partsOf(facts: readonly Fact[], most: Size): Fact[][] {
  const parts: Fact[][] = []
  let writes = 0
  let bytes = 0
  for (const fact of facts) {
    const size = sizeOfFact(fact)
    if (parts.length === 0 || writes === most.writes || bytes + size > most.bytes) {
      parts.push([])
      writes = 0
      bytes = 0
    }
    parts.at(-1)!.push(fact)
    writes++
    bytes += size
  }
  return parts
}
