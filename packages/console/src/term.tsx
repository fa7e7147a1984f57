import { Tooltip } from '@mantine/core'
import type { ReactNode } from 'react'
import { GLOSSARY, type TermKey } from '../../ui/src/glossary.ts'
import { useWords } from '../../ui/src/i18n.tsx'

/** The word of a heading or column. Pointer, focus or touch shows its row of the glossary. */
export function Term({ of, children }: { of: TermKey; children: ReactNode }) {
  const { t } = useWords()
  const { word, synonym, meaning } = GLOSSARY[of]
  const label = word === synonym ? t(meaning) : `${t(meaning)} ${t('Also called: {synonym}.', { synonym: t(synonym) })}`
  return (
    <Tooltip label={label} multiline maw={320} withArrow events={{ hover: true, focus: true, touch: true }}>
      <span className="term" tabIndex={0}>
        {children}
      </span>
    </Tooltip>
  )
}
