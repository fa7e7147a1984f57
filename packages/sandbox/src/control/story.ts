import type { Json } from '../checker.ts'
import type { Cloud } from '../cloud.ts'
import { SetupError } from '../setup.ts'
import type { Story, StorySpeed, StoryState } from '../story.ts'

const VERBS = ['start', 'pause', 'resume', 'stop']

export function storyOf(cloud: Cloud): Story {
  if (cloud.story) return cloud.story
  throw new SetupError('The story needs a gateway: this sandbox runs alone.')
}

/** `POST /sandbox/story/{verb}`. Answers with the state after it. */
export async function tellStory(cloud: Cloud, verb: string, body: Json): Promise<StoryState> {
  const story = storyOf(cloud)
  if (!VERBS.includes(verb)) throw new SetupError('A story can: start, pause, resume, stop.')
  if (verb === 'start') await story.start(speedIn(body) ?? 'normal')
  else if (verb === 'resume') story.resume(speedIn(body))
  else if (verb === 'pause') story.pause()
  else await story.stop()
  return story.state()
}

function speedIn({ speed }: Json): StorySpeed | undefined {
  if (speed !== undefined && speed !== 'normal' && speed !== 'fast')
    throw new SetupError('"speed" must be normal or fast.')
  return speed
}
