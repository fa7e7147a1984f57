// The guide works without this script. It adds the search, a button that copies code, and it remembers the language of
// samples from page to page.
const box = document.querySelector('.search')
const input = box.querySelector('input')
const list = box.querySelector('ul')
const { root, language, none } = box.dataset
const MOST = 12
const AROUND = 90

/** Words of letters and digits; each Chinese character is a word of its own. */
const wordsOf = (text) => text.match(/\p{Script=Han}|[^\s\p{P}\p{S}\p{Script=Han}]+(?:_[^\s\p{P}\p{S}]+)*/gu) ?? []

let index
async function searched() {
  index ??= (async () => {
    const [{ default: MiniSearch }, rows] = await Promise.all([
      import('./minisearch.js'),
      fetch(`${root}search.json`).then((answer) => answer.json()),
    ])
    const search = new MiniSearch({
      fields: ['title', 'in', 'text'],
      storeFields: ['page', 'title', 'in', 'text', 'id'],
      idField: 'key',
      tokenize: wordsOf,
    })
    const mine = rows.filter((row) => row.page.startsWith('zh/') === (language === 'zh'))
    await search.addAllAsync(
      mine.map((row, key) => ({ ...row, key })),
      { chunkSize: 40 },
    )
    return search
  })()
  return index
}

let chosen = -1
const rows = () => [...list.querySelectorAll('a')]

function choose(to) {
  const all = rows()
  chosen = all.length === 0 ? -1 : (to + all.length) % all.length
  all.forEach((row, i) => row.parentElement.setAttribute('aria-selected', String(i === chosen)))
  all[chosen]?.scrollIntoView({ block: 'nearest' })
  if (chosen < 0) input.removeAttribute('aria-activedescendant')
  else input.setAttribute('aria-activedescendant', all[chosen].parentElement.id)
}

function show(isOpen) {
  list.hidden = !isOpen
  input.setAttribute('aria-expanded', String(isOpen))
}

const element = (tag, properties, ...children) => {
  const made = Object.assign(document.createElement(tag), properties)
  made.append(...children)
  return made
}

/** The part of a text around its first match. */
function excerpt(text, terms) {
  const lower = text.toLowerCase()
  const place = Math.min(...terms.map((term) => lower.indexOf(term)).filter((at) => at >= 0))
  const start = Number.isFinite(place) ? Math.max(0, place - AROUND / 3) : 0
  return `${start > 0 ? '…' : ''}${text.slice(start, start + 2 * AROUND).replace(/\s+/g, ' ')}`
}

async function look() {
  const asked = input.value.trim()
  if (asked === '') return show(false)
  const search = await searched()
  if (asked !== input.value.trim()) return
  const options = { boost: { title: 4, in: 2 }, prefix: true, fuzzy: (term) => (term.length > 4 ? 0.2 : false) }
  let found = search.search(asked, { ...options, combineWith: 'AND' })
  if (found.length === 0) found = search.search(asked, options)
  list.replaceChildren(
    ...found.slice(0, MOST).map((one, i) => {
      const href = `${root}${one.page}.html${one.id === '' ? '' : `#${one.id}`}`
      const where = one.title === one.in ? one.in : `${one.in} › ${one.title}`
      const link = element(
        'a',
        { href, tabIndex: -1 },
        element('b', {}, where),
        element('span', {}, excerpt(one.text, one.terms)),
      )
      const row = element('li', { id: `found-${i}` }, link)
      row.setAttribute('role', 'option')
      return row
    }),
  )
  if (found.length === 0) list.append(element('li', { className: 'none' }, none))
  show(true)
  choose(0)
}

input.addEventListener('input', () => void look())
input.addEventListener('focus', () => void searched())
input.addEventListener('keydown', (event) => {
  if (event.key === 'ArrowDown') choose(chosen + 1)
  else if (event.key === 'ArrowUp') choose(chosen - 1)
  else if (event.key === 'Enter') rows()[chosen]?.click()
  else if (event.key === 'Escape') {
    show(false)
    input.blur()
  } else return
  event.preventDefault()
})
document.addEventListener('click', (event) => {
  if (!box.contains(event.target)) show(false)
})
list.addEventListener('click', () => show(false))
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement && event.target.type !== 'radio'
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  input.focus()
})

const KEY = 'postern-guide-language'
const keep = (value) => {
  try {
    localStorage.setItem(KEY, value)
  } catch {
    // A browser that stores nothing shows the first language on each page.
  }
}
const kept = () => {
  try {
    return localStorage.getItem(KEY)
  } catch {
    return null
  }
}
const choices = [...document.querySelectorAll('.tabs > input')]
const prefer = (value) => {
  for (const one of choices) if (one.value === value) one.checked = true
}
prefer(kept())
for (const one of choices)
  one.addEventListener('change', () => {
    prefer(one.value)
    keep(one.value)
  })

const { copy, copied } = document.querySelector('main').dataset
for (const block of document.querySelectorAll('.code')) {
  const button = element('button', { type: 'button', textContent: copy })
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(block.querySelector('code').textContent)
    button.textContent = copied
    setTimeout(() => (button.textContent = copy), 2_000)
  })
  // The clipboard exists on https and on this machine only.
  if (navigator.clipboard) block.append(button)
}

// On a narrow screen the menu begins closed. The style hides its pages until then, so that the text does not jump.
const menu = document.querySelector('.menu')
if (matchMedia('(max-width: 52rem)').matches) menu.open = false
menu.dataset.ready = ''
