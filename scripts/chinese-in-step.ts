import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { accept, report } from './chinese/accept.ts'
import { PAIRS, ROOT } from './chinese/pages.ts'
import { IN_STEP, recorded } from './chinese/record.ts'

/*
 * Keeps the Chinese pages in step with the English ones. `test/docs/chinese.test.ts` fails when a section of either has
 * changed since it was recorded.
 */

const HELP = `node scripts/chinese-in-step.ts                          lists the sections that are out of step
node scripts/chinese-in-step.ts --accept                 records them, after the Chinese page says the same
node scripts/chinese-in-step.ts --accept --same-meaning  records English changes that the Chinese page need not follow
node scripts/chinese-in-step.ts --accept --untranslated  if you do not know Chinese: puts a note on the Chinese page
                                                         that these sections follow the older English text`

const OPTIONS = ['--accept', '--same-meaning', '--untranslated']

function main(given: readonly string[]): number {
  const has = (option: string): boolean => given.includes(option)
  if (given.some((one) => !OPTIONS.includes(one)) || (given.length > 0 && !has('--accept'))) {
    console.log(HELP)
    return has('--help') ? 0 : 2
  }
  let left: string[] | undefined
  if (has('--accept')) {
    const options = { sameMeaning: has('--same-meaning'), untranslated: has('--untranslated') }
    const { record, pages, problems } = accept(PAIRS, recorded(), options)
    for (const [path, text] of pages) writeFileSync(join(ROOT, path), text)
    writeFileSync(join(ROOT, IN_STEP), `${JSON.stringify(record, null, 2)}\n`)
    left = problems
  }
  const { problems, untranslated } = report(PAIRS, recorded())
  const wrong = left !== undefined && left.length > 0 ? left : problems
  for (const one of wrong) console.log(one)
  for (const one of untranslated) console.log(`not translated: ${one}`)
  if (wrong.length === 0) console.log('The Chinese pages are in step.')
  else console.log(`\n${HELP}`)
  return wrong.length === 0 ? 0 : 1
}

process.exitCode = main(process.argv.slice(2))
