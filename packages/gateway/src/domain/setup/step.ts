/** In their order: a step may need those before it. */
export const STEPS = [
  'token',
  'number',
  'registration',
  'name',
  'address',
  'app',
  'subscription',
  'message',
  'answer',
] as const
export type StepName = (typeof STEPS)[number]

/** What a person gives for an action. */
export const NEEDS = [
  'access_token',
  'waba_id',
  'code',
  'pin',
  'display_name',
  'to',
  /** That another program loses these webhooks, said in words before. */
  'replace',
] as const
export type Need = (typeof NEEDS)[number]

export type Step = {
  step: StepName
  /** `waiting`: for another step, for WhatsApp, or for a person. */
  state: 'done' | 'waiting' | 'wrong'
  says: string
  /** What to do, and where on Meta's pages. */
  advice: string | null
  /** Worth knowing, and no reason to stop. */
  notes: string[]
  /** What Postern can do for this step, and what it needs for it. */
  action: { needs: Need[] } | null
}

type Rest = Partial<Pick<Step, 'advice' | 'notes' | 'action'>>
type Found = Omit<Step, 'step'>

const found =
  (state: Step['state']) =>
  (what: { says: string } & Rest): Found => ({ state, advice: null, notes: [], action: null, ...what })

export const done = found('done')
export const waiting = found('waiting')
export const wrong = found('wrong')
export type { Found }

/** Marks a text that a person reads. */
export const note = (text: string): string => text

/** The first step that stops the way, if any. WhatsApp reviews names for days, and sends go out meanwhile. */
export function nextOf(steps: readonly Step[]): StepName | null {
  const stops = ({ step, state }: Step): boolean => state === 'wrong' || (state === 'waiting' && step !== 'name')
  return steps.find(stops)?.step ?? null
}
