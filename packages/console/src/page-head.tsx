import { Title } from '@mantine/core'
import type { ReactNode } from 'react'
import type { TermKey } from '../../ui/src/glossary.ts'
import { Term } from './term.tsx'

/** `term` is the row of the glossary for the title. */
export function PageHead({ title, term, children }: { title: string; term?: TermKey; children?: ReactNode }) {
  return (
    <div className="page-head">
      <Title order={1} size="h2" dir="auto">
        {term === undefined ? title : <Term of={term}>{title}</Term>}
      </Title>
      {children}
    </div>
  )
}
