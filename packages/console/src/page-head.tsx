import { Title } from '@mantine/core'
import type { ReactNode } from 'react'

export function PageHead({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="page-head">
      <Title order={1} size="h2" dir="auto">
        {title}
      </Title>
      {children}
    </div>
  )
}
