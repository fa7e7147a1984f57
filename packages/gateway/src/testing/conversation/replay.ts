import { createPhonesApi } from './phones-api.ts'
import { play, reportOf, type Difference } from './play.ts'
import { checkSteps, type Step } from './steps.ts'

/** A person sees something else than was recorded. The message has a diff for each such step. */
export class ConversationDiffers extends Error {
  readonly differences: readonly Difference[]

  constructor(message: string, differences: readonly Difference[]) {
    super(message)
    this.name = 'ConversationDiffers'
    this.differences = differences
  }
}

export async function replay(
  sandboxUrl: string,
  given: readonly Step[],
  options: { withinMs?: number } = {},
): Promise<void> {
  const steps = checkSteps(given)
  const differences = await play(createPhonesApi(sandboxUrl), steps, options)
  if (differences.length === 0) return
  const report = reportOf(steps, differences)
  throw new ConversationDiffers(`the conversation differs (- recorded, + now)\n\n${report}\n`, differences)
}
