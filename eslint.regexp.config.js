import redos from 'eslint-plugin-redos'
import tseslint from 'typescript-eslint'

/**
 * Finds regular expressions that a hostile text can make slow: recheck builds the automaton of each and looks for an
 * attack. A run of its own, because that takes longer than all other rules together.
 *
 * Nothing above linear time is let through: texts are bounded, but 256 KiB squared is a minute of the event loop.
 */
export default [
  { ignores: ['**/*.test.ts', '**/dist/', '**/pages/', 'packages/gateway/guide/'] },
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parser: tseslint.parser },
    linterOptions: { reportUnusedDisableDirectives: 'off' },
    // Named, so that comments which switch its rules off for the other run are understood here.
    plugins: { redos, '@typescript-eslint': tseslint.plugin },
    rules: { 'redos/no-vulnerable': ['error', { ignoreErrors: false, timeout: 30_000 }] },
  },
]
