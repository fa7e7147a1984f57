import { deleteEndpointsLike } from '../../store/endpoints.ts'
import type { Store } from '../../store/store.ts'
import { DEMO } from '../demo.ts'

/** The path of the story's endpoint, by which a story that was cut off is found again. */
export const STORY_PATH = '/postern-story'

/** Removes what a story left behind whose process was killed. */
export const removeOldStories = ({ sql }: Store): Promise<number> =>
  deleteEndpointsLike(sql, DEMO.channelId, `http://127.0.0.1:%${STORY_PATH}`)
