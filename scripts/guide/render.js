import { readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import hljs from 'highlight.js'
import MarkdownIt from 'markdown-it'
import { ELSEWHERE } from './contents.js'

const ROOT = join(import.meta.dirname, '../..')
const LANGUAGE_NAMES = { sh: 'bash', ts: 'typescript', js: 'javascript', py: 'python', yml: 'yaml', jsonc: 'json' }

/** The pages of files that are not `docs/<name>.md`. */
const PAGE_OF_FILE = new Map(Object.entries(ELSEWHERE).map(([page, file]) => [file, page]))

/** Text for HTML. */
export const escape = (text) =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign])

/** The id that GitHub gives to a heading. */
export const slugOf = (title) =>
  title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replace(/\s/g, '-')

/** The page of a file, or undefined for a file that the guide does not have. */
export function pageOf(file) {
  if (PAGE_OF_FILE.has(file)) return PAGE_OF_FILE.get(file)
  return file.startsWith('docs/') && file.endsWith('.md') ? file.slice('docs/'.length, -'.md'.length) : undefined
}

const markdown = new MarkdownIt({ html: true, highlight: coloured })

function coloured(code, language) {
  const name = LANGUAGE_NAMES[language] ?? language
  return hljs.getLanguage(name) ? hljs.highlight(code, { language: name, ignoreIllegals: true }).value : escape(code)
}

// Comments mark the generated parts of a page, and raw HTML has no other use in the docs.
markdown.renderer.rules.html_block = () => ''
markdown.renderer.rules.html_inline = () => ''
// A style attribute would need an exception in the page's policy.
for (const rule of ['th_open', 'td_open'])
  markdown.renderer.rules[rule] = (tokens, index, options, _env, self) => {
    const token = tokens[index]
    const [, side] = /text-align:(\w+)/.exec(token.attrGet('style') ?? '') ?? []
    token.attrs = side === undefined ? null : [['class', side]]
    return self.renderToken(tokens, index, options)
  }
markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0"><table>\n'
markdown.renderer.rules.table_close = () => '</table></div>\n'
markdown.renderer.rules.fence = (tokens, index) => {
  const { content, info } = tokens[index]
  const language = info.trim().split(/\s+/)[0] ?? ''
  return `<div class="code"><pre tabindex="0"><code>${coloured(content, language)}</code></pre></div>\n`
}

/**
 * One page of the guide.
 *
 * @param {string} file its path in the checkout, `docs/messages.md`
 * @param {string} text its Markdown
 * @returns {{ title: string, html: string, headings: object[], sections: object[], images: string[] }} `headings` are
 *   {level, id, text}, `sections` {id, title, text} for the search, `images` paths in the checkout
 */
export function render(file, text) {
  const tokens = markdown.parse(text, {})
  const page = pageOf(file)
  const images = []
  const headings = idsOf(tokens)
  for (const token of tokens) {
    for (const child of token.children ?? []) {
      if (child.type === 'link_open') linkTo(child, file, page)
      if (child.type === 'image') images.push(pictureOf(child, file, page))
    }
  }
  const title = headings.find((one) => one.level === 1)?.text ?? page
  const html = markdown.renderer.render(withTabs(tokens), markdown.options, {})
  return { title, html, headings, sections: sectionsOf(tokens, title), images }
}

function idsOf(tokens) {
  const seen = new Map()
  const headings = []
  tokens.forEach((token, i) => {
    if (token.type !== 'heading_open') return
    const title = plain(tokens[i + 1])
    const slug = slugOf(title)
    const times = seen.get(slug) ?? 0
    seen.set(slug, times + 1)
    const id = times === 0 ? slug : `${slug}-${times}`
    token.attrSet('id', id)
    headings.push({ level: Number(token.tag.slice(1)), id, text: title })
  })
  return headings
}

/** The words of an inline token, without its marks. */
const plain = (token) =>
  (token.children ?? [])
    .map((child) =>
      child.type === 'text' || child.type === 'code_inline' ? child.content : child.type.endsWith('break') ? ' ' : '',
    )
    .join('')

function linkTo(token, file, page) {
  const target = token.attrGet('href')
  if (/^[a-z]+:/i.test(target) || target.startsWith('#')) return
  const [path, anchor] = target.split('#')
  const to = posix.normalize(posix.join(posix.dirname(file), path))
  // A folder's link and a program's: they are in the checkout, not in the guide.
  const goal = to === 'docs/decisions/' ? 'decisions/index' : pageOf(to)
  if (goal === undefined) {
    token.attrs = [['title', `In the checkout: ${to}`]]
    return
  }
  token.attrSet('href', `${relative(page, goal)}.html${anchor === undefined ? '' : `#${anchor}`}`)
}

/** @returns {string} the picture's path in the checkout */
function pictureOf(token, file, page) {
  const path = posix.normalize(posix.join(posix.dirname(file), token.attrGet('src')))
  token.attrSet('src', relative(page, `images/${posix.basename(path)}`))
  token.attrSet('loading', 'lazy')
  const [width, height] = sizeOf(join(ROOT, path))
  token.attrSet('width', String(width))
  token.attrSet('height', String(height))
  return path
}

/** Width and height of a PNG, an SVG or an animated WebP: with them the page has the picture's place before the picture. */
function sizeOf(path) {
  const bytes = readFileSync(path)
  if (path.endsWith('.png')) return [bytes.readUInt32BE(16), bytes.readUInt32BE(20)]
  if (bytes.toString('latin1', 12, 16) === 'VP8X') return [bytes.readUIntLE(24, 3) + 1, bytes.readUIntLE(27, 3) + 1]
  const [, width, height] = /viewBox="0 0 ([\d.]+) ([\d.]+)"/.exec(bytes.toString('utf8')) ?? []
  if (width === undefined) throw new Error(`${path}: a PNG, an SVG with a viewBox from 0 0, or an animated WebP`)
  return [Math.round(width), Math.round(height)]
}

/** From one page to another place of the guide, so that the guide works under any address. */
export const relative = (from, to) => posix.relative(posix.dirname(from), to)

/** One sample in several languages becomes tabs: paragraphs that begin with a bold name, each before its code. */
function withTabs(tokens) {
  const output = []
  let tabs = []
  let group = 0
  const close = () => {
    if (tabs.length > 1) output.push(...asTabs(tabs, ++group))
    else output.push(...tabs.flatMap((tab) => tab.tokens))
    tabs = []
  }
  for (let i = 0; i < tokens.length; i++) {
    const name = tabAt(tokens, i)
    if (name !== undefined) {
      tabs.push({ name, tokens: tokens.slice(i, i + 4) })
      i += 3
      continue
    }
    close()
    output.push(tokens[i])
  }
  close()
  return output
}

function tabAt(tokens, i) {
  const [open, inline, , fence] = tokens.slice(i, i + 4)
  if (open?.type !== 'paragraph_open' || open.level !== 0 || fence?.type !== 'fence') return undefined
  const [, strong, words, end] = inline.children
  return strong?.type === 'strong_open' && end?.type === 'strong_close' ? words.content : undefined
}

function asTabs(tabs, group) {
  const html = (content) => ({ type: 'raw', content })
  return [
    html('<div class="tabs">\n'),
    ...tabs.map(({ name }, i) => {
      const id = `tab-${group}-${i + 1}`
      const input = `<input type="radio" name="tabs-${group}" id="${id}" value="${escape(name)}"${i === 0 ? ' checked' : ''}>`
      return html(`${input}<label for="${id}">${escape(name)}</label>\n`)
    }),
    // A paragraph that is only the language's name says nothing more than its tab.
    ...tabs.flatMap(({ tokens }) => {
      const shown = tokens[1].children.length > 3 ? tokens : tokens.slice(3)
      return [html('<div class="tab">\n'), ...shown, html('</div>\n')]
    }),
    html('</div>\n'),
  ]
}
markdown.renderer.rules.raw = (tokens, index) => tokens[index].content

function sectionsOf(tokens, title) {
  const sections = []
  let section = { id: '', title, text: '' }
  tokens.forEach((token, i) => {
    if (token.type === 'heading_open') {
      if (section.text !== '' || section.id !== '') sections.push(section)
      section = { id: token.attrGet('id'), title: plain(tokens[i + 1]), text: '' }
    } else if (token.type === 'inline' && tokens[i - 1]?.type !== 'heading_open') section.text += `${plain(token)}\n`
    else if (token.type === 'fence') section.text += `${token.content}\n`
  })
  return [...sections, section]
}
