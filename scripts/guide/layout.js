import { GROUPS, CHINESE } from './contents.js'
import { escape, relative } from './render.js'

const WORDS = {
  en: {
    lang: 'en',
    pages: 'Pages',
    here: 'On this page',
    search: 'Search the guide',
    none: 'No matches',
    copy: 'Copy',
    copied: 'Copied',
    previous: 'Previous',
    next: 'Next',
    skip: 'Skip to the text',
    other: '简体中文',
    menu: 'Menu',
    home: 'Overview',
  },
  zh: {
    lang: 'zh-CN',
    pages: '页面',
    here: '本页内容',
    search: '搜索文档',
    none: '没有结果',
    copy: '复制',
    copied: '已复制',
    previous: '上一页',
    next: '下一页',
    skip: '跳到正文',
    other: 'English',
    menu: '菜单',
    home: '概览',
  },
}

const isChinese = (page) => page.startsWith('zh/')

/**
 * The order of the pages beside one page: the groups of its language.
 *
 * @param {Map<string, {title: string}>} pages
 */
export function orderOf(pages, page) {
  if (isChinese(page)) {
    const names = CHINESE.map((name) => `zh/${name}`).filter((name) => pages.has(name))
    return [{ title: '文档', pages: names }]
  }
  const decisions = [...pages.keys()].filter((name) => name.startsWith('decisions/')).sort()
  const known = new Set([...GROUPS.flatMap((group) => group.pages), ...decisions])
  const more = [...pages.keys()].filter((name) => !known.has(name) && !isChinese(name))
  return [...GROUPS, { title: 'More', pages: more }, { title: 'Decisions', pages: decisions, folded: true }]
    .map((group) => ({ ...group, pages: group.pages.filter((name) => pages.has(name)) }))
    .filter((group) => group.pages.length > 0)
}

/** The whole HTML of one page. It has no inline style and no inline script, so the strictest policy allows it. */
export function layout(pages, name) {
  const page = pages.get(name)
  const words = WORDS[isChinese(name) ? 'zh' : 'en']
  const root = relative(name, 'index').replace(/index$/, '')
  const groups = orderOf(pages, name)
  const titleOf = (one) => (one.endsWith('index') && !one.startsWith('decisions') ? words.home : pages.get(one).title)
  const link = (one) =>
    `<a href="${relative(name, one)}.html"${one === name ? ' aria-current="page"' : ''}>${escape(titleOf(one))}</a>`
  const other = isChinese(name) ? name.slice('zh/'.length) : `zh/${name}`
  const body = `<a class="skip" href="#text">${words.skip}</a>
<header>
  <a class="brand" href="${relative(name, isChinese(name) ? 'zh/index' : 'index')}.html">Postern</a>
  <div class="search" data-root="${root}" data-language="${isChinese(name) ? 'zh' : 'en'}" data-none="${words.none}">
    <input type="search" aria-label="${words.search}" placeholder="${words.search}  /" autocomplete="off" spellcheck="false"
      role="combobox" aria-expanded="false" aria-controls="found">
    <ul id="found" role="listbox" aria-label="${words.search}" hidden></ul>
  </div>
  ${pages.has(other) ? `<a class="other" href="${relative(name, other)}.html" lang="${isChinese(name) ? 'en' : 'zh-CN'}">${words.other}</a>` : ''}
</header>
<div class="columns">
  <nav aria-label="${words.pages}"><details class="menu" open><summary>${words.menu}</summary>
${groups.map((group) => groupOf(group, name, link)).join('\n')}
  </details></nav>
  <main id="text" data-copy="${words.copy}" data-copied="${words.copied}">
${page.html}
<footer>${besides(groups, name, words, titleOf)}</footer>
  </main>
  ${contentsOf(page, words)}
</div>`
  return `<!doctype html>
<html lang="${words.lang}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escape(page.title)}${page.title === 'Postern' ? '' : ' · Postern'}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${root}guide.css">
<script type="module" src="${root}guide.js"></script>
</head>
<body>
${body}
</body>
</html>
`
}

function groupOf({ title, pages, folded }, name, link) {
  const list = `<ul>${pages.map((one) => `<li>${link(one)}</li>`).join('')}</ul>`
  if (!folded) return `<h2>${escape(title)}</h2>${list}`
  return `<details class="group"${pages.includes(name) ? ' open' : ''}><summary>${escape(title)}</summary>${list}</details>`
}

function contentsOf(page, words) {
  const shown = page.headings.filter(({ level }) => level === 2 || level === 3)
  if (shown.length < 2) return ''
  const rows = shown.map(
    ({ level, id, text }) => `<li class="level-${level}"><a href="#${id}">${escape(text)}</a></li>`,
  )
  return `<aside aria-label="${words.here}"><h2>${words.here}</h2><ul>${rows.join('')}</ul></aside>`
}

function besides(groups, name, words, titleOf) {
  const order = groups.flatMap((group) => group.pages)
  const at = order.indexOf(name)
  const to = (one, kind) =>
    one === undefined
      ? '<span></span>'
      : `<a class="${kind}" rel="${kind === 'next' ? 'next' : 'prev'}" href="${relative(name, one)}.html"><small>${words[kind]}</small> ${escape(titleOf(one))}</a>`
  return `${to(order[at - 1], 'previous')}${to(order[at + 1], 'next')}`
}
