import { createTheme, MantineProvider, mergeThemeOverrides } from '@mantine/core'
import { useMemo, type ReactNode } from 'react'
import { useWords } from './i18n.tsx'
import { nonce } from './nonce.ts'
import { theme, variables } from './theme.ts'

/** Colours, sizes, and the texts that the component library needs. */
export function Look({ children }: { children: ReactNode }) {
  const { t } = useWords()
  const full = useMemo(() => {
    const closeButtonProps = { 'aria-label': t('Close') }
    return mergeThemeOverrides(
      theme,
      createTheme({
        components: Object.fromEntries(
          ['Modal', 'Drawer', 'Notification'].map((name) => [name, { defaultProps: { closeButtonProps } }]),
        ),
      }),
    )
  }, [t])
  return (
    <MantineProvider
      theme={full}
      defaultColorScheme="auto"
      cssVariablesResolver={variables}
      getStyleNonce={() => nonce}
    >
      {children}
    </MantineProvider>
  )
}
