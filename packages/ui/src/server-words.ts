import type { Dictionary } from './dictionary.ts'

/*
 * The API answers in English, to programs and pages alike. A page in another language recognises the server's sentences
 * by their fixed words and translates them. Texts in the gaps are copied, and translated when they are known phrases.
 */

type Pattern = { regex: RegExp; says: string; names: string[]; isVague: boolean }

/** Phrases may contain phrases, up to this depth. */
const MOST_NESTED = 4
/** `{what} in the {part}` fits many texts that are not ours. Its gaps must hold known phrases or single words. */
const VAGUE_BELOW = 12
/** A longer text is not one of our sentences, and searching it would cost time. */
const LONGEST = 800

/**
 * Returns a function that translates a server's text into the dictionary's language. It returns undefined for an
 * unknown text.
 */
export function sayingAgain(dictionary: Dictionary): (text: string) => string | undefined {
  const exact = new Map<string, string>()
  const patterns: Pattern[] = []
  // A pattern with more fixed words is more specific, so it is tried first.
  const byWeight = Object.entries(dictionary).sort(([a], [b]) => weightOf(b) - weightOf(a))
  for (const [english, says] of byWeight) {
    if (gapsOf(english).length === 0) exact.set(english, says)
    else patterns.push(patternOf(english, says))
  }
  const sentences = [...exact.keys()].filter((text) => text.endsWith('.'))

  function again(text: string, depth: number): string | undefined {
    if (depth > MOST_NESTED || text.length > LONGEST) return undefined
    const known = exact.get(text)
    if (known !== undefined) return known
    for (const pattern of patterns) {
      const filled = filledIn(pattern, text, depth)
      if (filled !== undefined) return filled
    }
    return pathAnd(text, depth) ?? gotToo(text, depth) ?? adviceAfter(text, depth)
  }

  function filledIn({ regex, says, names, isVague }: Pattern, text: string, depth: number): string | undefined {
    const found = regex.exec(text)
    if (!found) return undefined
    const values = new Map<string, string>()
    for (const [i, name] of names.entries()) {
      const value = found[i + 1]!
      const known = again(value, depth + 1)
      if (isVague && known === undefined && value.includes(' ')) return undefined
      values.set(name, known ?? value)
    }
    return says.replace(GAP, (whole, name: string) => values.get(name) ?? whole)
  }

  /** `interactive.body.text: at most 3 characters, got 4`, and other names before a colon. */
  function pathAnd(text: string, depth: number): string | undefined {
    const colon = text.indexOf(': ')
    if (colon < 1) return undefined
    const after = again(text.slice(colon + 2), depth + 1)
    const before = text.slice(0, colon)
    return after === undefined ? undefined : `${again(before, depth + 1) ?? before}：${after}`
  }

  /** `must be this, got that`, where only the first half is known. */
  function gotToo(text: string, depth: number): string | undefined {
    const comma = text.lastIndexOf(', got ')
    const before = comma < 1 ? undefined : again(text.slice(0, comma), depth + 1)
    const got = text.slice(comma + 6)
    return before === undefined ? undefined : `${before}，现为 ${again(got, depth + 1) ?? got}`
  }

  /** WhatsApp's own text, which stays as it is, followed by our advice. */
  function adviceAfter(text: string, depth: number): string | undefined {
    const advice = sentences.find((one) => text.endsWith(` ${one}`))
    if (advice === undefined) return undefined
    const before = text.slice(0, -advice.length - 1)
    return `${again(before, depth + 1) ?? before} ${exact.get(advice)!}`
  }

  // Text in a gap needs no spaces around it where both sides are Chinese.
  return (text) => again(text, 0)?.replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
}

/** A gap is `{name}`. The braces of a template's own `{{1}}` are text. */
const GAP = /(?<!\{)\{(\w+)\}(?!\})/g

const gapsOf = (text: string): string[] => [...text.matchAll(GAP)].map((match) => match[1]!)

const weightOf = (text: string): number => text.replace(GAP, '').length

function patternOf(english: string, says: string): Pattern {
  const parts = english.split(GAP).filter((_, i) => i % 2 === 0)
  const source = parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('(.+?)')
  return {
    regex: new RegExp(`^${source}$`, 's'),
    says,
    names: gapsOf(english),
    isVague: weightOf(english) < VAGUE_BELOW,
  }
}
