import type { Dictionary } from './i18n.tsx'

/*
 * The API speaks English, byte for byte as its contract says, to programs and pages alike. A page that is read in
 * another language recognises the server's sentences by their fixed words and says them again: what stood in the gaps
 * is carried over, itself said again where it is a known phrase.
 */

type Pattern = { regex: RegExp; says: string; names: string[]; isVague: boolean }

/** Phrases stand within phrases, but not without end. */
const MOST_NESTED = 4
/** `{what} in the {part}` fits much that is none of ours: then its gaps must hold known phrases, or single words. */
const VAGUE_BELOW = 12
/** A longer text is no sentence of ours, and looking for one in it would cost time. */
const LONGEST = 800

/** Answers what says a server's text in the dictionary's language, or undefined for a text that it does not know. */
export function sayingAgain(dictionary: Dictionary): (text: string) => string | undefined {
  const exact = new Map<string, string>()
  const patterns: Pattern[] = []
  // Whoever has more fixed words knows better what is meant.
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

  /** `interactive.body.text: at most 3 characters, got 4`, and any other name before a colon. */
  function pathAnd(text: string, depth: number): string | undefined {
    const colon = text.indexOf(': ')
    if (colon < 1) return undefined
    const after = again(text.slice(colon + 2), depth + 1)
    const before = text.slice(0, colon)
    return after === undefined ? undefined : `${again(before, depth + 1) ?? before}：${after}`
  }

  /** `must be this, got that`, where the first half alone is known. */
  function gotToo(text: string, depth: number): string | undefined {
    const comma = text.lastIndexOf(', got ')
    const before = comma < 1 ? undefined : again(text.slice(0, comma), depth + 1)
    const got = text.slice(comma + 6)
    return before === undefined ? undefined : `${before}，现为 ${again(got, depth + 1) ?? got}`
  }

  /** WhatsApp's own words, which stay as they are, and what we advise behind them. */
  function adviceAfter(text: string, depth: number): string | undefined {
    const advice = sentences.find((one) => text.endsWith(` ${one}`))
    if (advice === undefined) return undefined
    const before = text.slice(0, -advice.length - 1)
    return `${again(before, depth + 1) ?? before} ${exact.get(advice)!}`
  }

  // A word that was put into a gap needs no spaces around it where both sides are Chinese.
  return (text) => again(text, 0)?.replace(/(?<=\p{Script=Han}) (?=\p{Script=Han})/gu, '')
}

/** `{name}`; the braces of a template's own `{{1}}` are words. */
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
