import { createTheme, type MantineColorsTuple } from '@mantine/core'

/** A green that leans to the sea; shade 7 carries white text at more than 4.5 to 1. */
const harbour: MantineColorsTuple = [
  '#e6f7f6',
  '#d1ebe9',
  '#a5d6d3',
  '#76c0bb',
  '#4fada7',
  '#349f99',
  '#1f8d87',
  '#0d7a74',
  '#046b66',
  '#005b56',
]

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: { light: 7, dark: 4 },
  autoContrast: true,
  colors: { harbour },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  cursorType: 'pointer',
  respectReducedMotion: true,
})
