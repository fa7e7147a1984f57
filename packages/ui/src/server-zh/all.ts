import type { Dictionary } from '../i18n.tsx'
import { adviceChinese } from './advice.ts'
import { answersChinese } from './answers.ts'
import { fieldsChinese } from './fields.ts'
import { sandboxChinese } from './sandbox.ts'
import { templatesChinese } from './templates.ts'

/** Everything that the gateway and the sandbox say by themselves, `{gaps}` and all. */
export const serverChinese: Dictionary = {
  ...fieldsChinese,
  ...templatesChinese,
  ...answersChinese,
  ...adviceChinese,
  ...sandboxChinese,
}
