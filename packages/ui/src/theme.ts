import { createTheme, rem, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

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

/** Greys with the accent's tint, for the dark scheme. The library's own are neutral, and text in them is dull. */
const dark: MantineColorsTuple = [
  '#e4e8eb',
  '#b6bec5',
  '#9aa3ab',
  '#7b858e',
  '#39414a',
  '#2b3238',
  '#21272c',
  '#1b1f23',
  '#15191c',
  '#101315',
]

/** For what the typeface does not have: Chinese, Arabic, Hebrew and emoji, in the fonts of each system. */
const SYSTEM_FONTS = [
  'system-ui, -apple-system, "Segoe UI", Roboto',
  '"PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC"',
  '"Geeza Pro", "Noto Sans Arabic", "Noto Sans Hebrew", "Noto Sans", sans-serif',
  '"Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"',
].join(', ')

/** Set on the input itself: the library puts a component's `dir` on the box around it. */
const ownDirection = { attributes: { input: { dir: 'auto' } } }

export const theme = createTheme({
  primaryColor: 'harbour',
  primaryShade: 7,
  autoContrast: true,
  colors: { harbour, dark },
  defaultRadius: 'md',
  fontFamily: `"Inter Variable", ${SYSTEM_FONTS}`,
  fontFamilyMonospace: `ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", ${SYSTEM_FONTS}`,
  // Six sizes of type and five of space: 12, 13, 14, 16, 20 and the headings; 4, 8, 12, 16, 24.
  fontSizes: { xs: rem(12), sm: rem(13), md: rem(14), lg: rem(16), xl: rem(20) },
  lineHeights: { xs: '1.4', sm: '1.45', md: '1.5', lg: '1.5', xl: '1.4' },
  spacing: { xs: rem(8), sm: rem(12), md: rem(16), lg: rem(24), xl: rem(32) },
  headings: {
    fontWeight: '650',
    sizes: {
      h1: { fontSize: rem(26), lineHeight: '1.25' },
      h2: { fontSize: rem(22), lineHeight: '1.3' },
      h3: { fontSize: rem(17), lineHeight: '1.35' },
      h4: { fontSize: rem(15), lineHeight: '1.4' },
      h5: { fontSize: rem(14), lineHeight: '1.4' },
    },
  },
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Typed text has the direction of its first letter; without letters, from left to right.
  components: {
    TextInput: { defaultProps: ownDirection },
    Textarea: { defaultProps: ownDirection },
    Select: { defaultProps: ownDirection },
    Autocomplete: { defaultProps: ownDirection },
    Modal: { styles: { title: { fontWeight: 640, fontSize: rem(17) } } },
    Alert: { defaultProps: { radius: 'lg' } },
    JsonInput: { defaultProps: { attributes: { input: { dir: 'ltr' } } } },
  },
})

/** The library's greys and reds are too pale for small text. These have a contrast of 4.5 to 1 or more. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-default-border': '#e2e6e8',
    '--mantine-color-dimmed': '#545d66',
    '--mantine-color-placeholder': '#6b747c',
    '--mantine-color-error': '#c92a2a',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#b02525',
    '--mantine-color-red-light': '#fdecea',
    '--mantine-color-red-light-color': '#b02525',
    '--mantine-color-yellow-light': '#fdf4de',
    '--mantine-color-yellow-light-color': '#7a4a00',
    '--mantine-color-teal-light': '#e3f5ec',
    '--mantine-color-teal-light-color': '#0b5a43',
    '--mantine-color-green-light': '#e3f5ec',
    '--mantine-color-green-light-color': '#0b5f40',
  },
  dark: {
    '--mantine-color-body': '#1b1f23',
    '--mantine-color-default': '#22272c',
    '--mantine-color-default-hover': '#272d33',
    '--mantine-color-default-border': '#343b42',
    '--mantine-color-dimmed': '#aab2b9',
    '--mantine-color-placeholder': '#8f989f',
    '--mantine-color-error': '#ff9d9d',
    '--mantine-color-red-filled': '#c92a2a',
    '--mantine-color-red-filled-hover': '#b02525',
    '--mantine-color-red-light': '#361a1a',
    '--mantine-color-red-light-color': '#ffb3b3',
    '--mantine-color-yellow-light': '#33270c',
    '--mantine-color-yellow-light-color': '#ffe08a',
    '--mantine-color-teal-light': '#12302a',
    '--mantine-color-teal-light-color': '#8fe6c8',
    '--mantine-color-green-light': '#12302a',
    '--mantine-color-green-light-color': '#8fe6c8',
  },
})
