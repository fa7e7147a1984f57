import type { Dictionary } from '../dictionary.ts'
import { adviceChinese } from './advice.ts'
import { answersChinese } from './answers.ts'
import { broadcastsChinese } from './broadcasts.ts'
import { endpointsChinese } from './endpoints.ts'
import { featuresChinese } from './features.ts'
import { fieldsChinese } from './fields.ts'
import { incidentsChinese } from './incidents.ts'
import { peopleChinese } from './people.ts'
import { sandboxChinese } from './sandbox.ts'
import { setupChinese } from './setup.ts'
import { storyChinese } from './story.ts'
import { templatesChinese } from './templates.ts'

/** All sentences of the gateway and the sandbox, with `{gaps}`. */
export const serverChinese: Dictionary = {
  ...fieldsChinese,
  ...endpointsChinese,
  ...templatesChinese,
  ...answersChinese,
  ...adviceChinese,
  ...featuresChinese,
  ...incidentsChinese,
  ...broadcastsChinese,
  ...peopleChinese,
  ...setupChinese,
  ...sandboxChinese,
  ...storyChinese,
}
