import { CloseButton } from '@mantine/core'
import type { ReactNode } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'

export type Tool = 'wire' | 'trouble' | 'record'

const word = (text: string): string => text
export const TOOLS: readonly (readonly [Tool, string])[] = [
  ['wire', word('Wire')],
  ['trouble', word('Trouble')],
  ['record', word('Record a test')],
]

/** The tools beside the phones: a column, or a sheet on a narrow screen. The phones stay in use. */
export function Tools(props: { tool: Tool; onClose: () => void; children: ReactNode }) {
  const { t } = useWords()
  const name = t(TOOLS.find(([tool]) => tool === props.tool)![1])
  return (
    <aside className="tools" aria-label={name} onKeyDown={(event) => event.key === 'Escape' && props.onClose()}>
      <header className="tools-head">
        <h2>{name}</h2>
        <CloseButton aria-label={t('Close')} onClick={props.onClose} />
      </header>
      {props.children}
    </aside>
  )
}
