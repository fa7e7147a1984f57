import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from 'react'
import type { Dictionary } from './dictionary.ts'

export type Language = 'en' | 'zh'
type Params = Record<string, string | number>

export type Words = {
  /** The params fill `{name}` in the text. */
  t: (text: string, params?: Params) => string
  /** A sentence of the server in the reader's language. An unknown sentence stays as it is. */
  says: (text: string) => string
  language: Language
  setLanguage: (language: Language) => void
  /** For Intl: dates and numbers. */
  locale: string
}

const KEPT_AS = 'postern.language'

const fill = (text: string, params?: Params): string =>
  params ? text.replace(/\{(\w+)\}/g, (whole, name: string) => (name in params ? String(params[name]) : whole)) : text

type Other = { words: Dictionary; says: (text: string) => string | undefined }

/** Loads the dictionaries of the page and of the server together. A text without a translation stays English. */
async function otherWords(chinese: () => Promise<Dictionary>): Promise<Other> {
  const [words, says] = await Promise.all([
    chinese().catch((): Dictionary => ({})),
    Promise.all([import('./server-words.ts'), import('./server-zh/all.ts')]).then(
      ([{ sayingAgain }, { serverChinese }]) => sayingAgain(serverChinese),
      () => () => undefined,
    ),
  ])
  return { words, says }
}

const Context = createContext<Words | null>(null)

function firstLanguage(): Language {
  const kept = localStorage.getItem(KEPT_AS)
  if (kept === 'en' || kept === 'zh') return kept
  return navigator.language.toLowerCase().startsWith('zh') ? 'zh' : 'en'
}

/** Provides `useWords` to a page. The other language is loaded only when a reader chooses it. */
export function WordsProvider({ chinese, children }: { chinese: () => Promise<Dictionary>; children: ReactNode }) {
  const [language, setState] = useState(firstLanguage)
  const [other, setOther] = useState<Other | null>(null)

  useEffect(() => {
    document.documentElement.lang = language === 'zh' ? 'zh-CN' : 'en'
    if (language === 'zh' && !other) void otherWords(chinese).then(setOther)
  }, [language, other, chinese])

  const setLanguage = useCallback((next: Language) => {
    localStorage.setItem(KEPT_AS, next)
    setState(next)
  }, [])

  const words = useMemo<Words>(
    () => ({
      t: (text, params) => fill((language === 'zh' && other?.words[text]) || text, params),
      says: (text) => (language === 'zh' && other?.says(text)) || text,
      language,
      setLanguage,
      locale: language === 'zh' ? 'zh-CN' : 'en-GB',
    }),
    [language, other, setLanguage],
  )
  if (language === 'zh' && !other) return null
  return <Context value={words}>{children}</Context>
}

export function useWords(): Words {
  const words = use(Context)
  if (!words) throw new Error('useWords needs a WordsProvider above it')
  return words
}
