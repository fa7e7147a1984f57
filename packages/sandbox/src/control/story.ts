import type { Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import { SetupError } from '../setup.ts'
import type { Story, StoryState } from '../story.ts'

const VERBS = ['start', 'pause', 'resume', 'stop'] as const
type Verb = (typeof VERBS)[number]

export function storyOf(cloud: Cloud): Story {
  if (cloud.story) return cloud.story
  throw new SetupError('The story needs a gateway: this sandbox runs alone.')
}

/** `POST /sandbox/story/{verb}`. Answers with the state after it. */
export async function tellStory(cloud: Cloud, verb: string, body: Json): Promise<StoryState> {
  const story = storyOf(cloud)
  if (!VERBS.includes(verb as Verb)) throw new SetupError('A story can: start, pause, resume, stop.')
  if (verb === 'start') await story.start(speedIn(body))
  else await story[verb as Exclude<Verb, 'start'>]()
  return story.state()
}

function speedIn({ speed = 'normal' }: Json): 'normal' | 'fast' {
  if (speed !== 'normal' && speed !== 'fast') throw new SetupError('"speed" must be normal or fast.')
  return speed
}
