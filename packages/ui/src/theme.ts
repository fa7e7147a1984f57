import { createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

/** A bluish green. Shade 7 carries white text at a contrast above 4.5 to 1. */
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

/** Set on the input itself: the library puts a component's `dir` on the box around it. */
const ownDirection = { attributes: { input: { dir: 'auto' } } }

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: 7,
  autoContrast: true,
  colors: { harbour },
  defaultRadius: 'md',
  fontFamily: 'system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Noto Sans CJK SC", sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Typed text has the direction of its first letter; without letters, from left to right.
  components: {
    TextInput: { defaultProps: ownDirection },
    Textarea: { defaultProps: ownDirection },
    Select: { defaultProps: ownDirection },
    Autocomplete: { defaultProps: ownDirection },
    JsonInput: { defaultProps: { attributes: { input: { dir: 'ltr' } } } },
  },
})

/** The library's greys and reds are too pale for small text. These have a contrast of 4.5 to 1 or more. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-dimmed': '#545d66',
    '--mantine-color-placeholder': '#6b747c',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-teal-light-color': '#0b5a43',
  },
  dark: {
    '--mantine-color-dimmed': '#aab2b9',
    '--mantine-color-placeholder': '#8f989f',
    '--mantine-color-error': '#ff9d9d',
    '--mantine-color-red-light-color': '#ffb3b3',
    '--mantine-color-yellow-light-color': '#ffe08a',
    '--mantine-color-teal-light-color': '#8fe6c8',
  },
})
