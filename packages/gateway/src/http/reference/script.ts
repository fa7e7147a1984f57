/**
 * The page's whole script: the search, the language of samples, and calls of this gateway. The page's policy contains its
 * hash. Without a script the page shows everything, with samples for curl.
 */
export const SCRIPT = `
'use strict'
const all = (selector, within = document) => [...within.querySelectorAll(selector)]
const byId = (id) => document.getElementById(id)

/* The search filters all operations by words, and those of this page. "/" goes there, Escape ends it. */
const search = byId('search')
const routes = all('nav li').map((item) => ({ item, link: item.firstElementChild, text: item.dataset.words.toLowerCase() }))
const idOf = (link) => decodeURIComponent(link.hash.slice(1))
function filter() {
  const words = search.value.toLowerCase().split(/\\s+/).filter((word) => word !== '')
  let found = 0
  for (const { item, link, text } of routes) {
    const fits = words.every((word) => text.includes(word))
    item.hidden = !fits
    if (fits) found++
    const place = byId(idOf(link))
    if (place) place.hidden = !fits
  }
  for (const group of all('main section')) group.hidden = all('li:not([hidden])', group).length === 0
  for (const list of all('nav ul')) {
    const empty = all('li:not([hidden])', list).length === 0
    list.hidden = empty
    list.previousElementSibling.hidden = empty
  }
  byId('found').textContent = words.length === 0 ? '' : found === 1 ? '1 operation' : found + ' operations'
}
search.addEventListener('input', filter)
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof Element && event.target.closest('input, textarea, select') !== null
  if (event.key === '/' && !isTyping && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault()
    search.focus()
    search.select()
  }
  if (event.key === 'Escape' && event.target === search) {
    search.value = ''
    filter()
    search.blur()
  }
})
search.addEventListener('keydown', (event) => {
  if (event.key !== 'Enter') return
  const first = routes.find(({ item }) => !item.hidden)
  if (first) first.link.click()
})

/* The language of samples is remembered. */
const KEPT = 'postern.reference.language'
const language = byId('language')
function show(name) {
  for (const sample of all('pre[data-language]')) sample.hidden = sample.dataset.language !== name
  language.value = name
}
language.addEventListener('change', () => {
  show(language.value)
  try { localStorage.setItem(KEPT, language.value) } catch {}
})
try {
  const kept = localStorage.getItem(KEPT)
  if (kept !== null && all('option', language).some((one) => one.value === kept)) language.value = kept
} catch {}

/* Calls go to this gateway alone. The code is a value of this page: it is stored nowhere, and gone with the page. */
const MOST_SHOWN = 100000
const LONGEST_MS = 30000
async function call(form) {
  const answer = form.querySelector('output')
  const say = (text) => { answer.textContent = text }
  const code = byId('code').value
  if (code === '') {
    say('Enter the certification code of a channel first, at the top of the list.')
    byId('code').focus()
    return
  }
  const { method, path } = form.dataset
  let isMissing = false
  const place = path.replace(/\\{(\\w+)\\}/g, (_, name) => {
    const { value } = form.elements['path.' + name]
    isMissing ||= value === ''
    return encodeURIComponent(value)
  })
  if (isMissing) return say('Fill in every value of the path.')
  const url = new URL(place, location.origin)
  for (const field of all('[name^="query."]', form))
    if (field.value !== '') url.searchParams.set(field.name.slice(6), field.value)
  const headers = { 'certification-code': code }
  let body
  if (form.elements.body) {
    body = form.elements.body.value
    try { JSON.parse(body) } catch (error) { return say('The body is not JSON: ' + error.message) }
    headers['content-type'] = 'application/json'
  }
  if (form.elements.file) {
    const [file] = form.elements.file.files
    if (!file) return say('Choose a file.')
    body = new FormData()
    body.set('file', file, file.name)
  }
  const button = form.querySelector('button')
  button.disabled = true
  say('…')
  const startedAt = performance.now()
  try {
    const response = await fetch(url, {
      method: method.toUpperCase(), headers, body,
      credentials: 'omit', cache: 'no-store', redirect: 'error', signal: AbortSignal.timeout(LONGEST_MS),
    })
    const type = response.headers.get('content-type') ?? ''
    const head = response.status + ' ' + response.statusText + ', ' + Math.round(performance.now() - startedAt) + ' ms, ' + type + '\\n\\n'
    say(head)
    if (!/json|^text\\//.test(type)) {
      const size = (await response.arrayBuffer()).byteLength
      return say(head + size + ' bytes')
    }
    let text = ''
    const decoder = new TextDecoder()
    try {
      for (let reader = response.body.getReader(); ;) {
        const { done, value } = await reader.read()
        if (done) break
        text += decoder.decode(value, { stream: true })
        say(head + text)
        if (text.length > MOST_SHOWN) { await reader.cancel(); break }
      }
    } catch (error) { text += '\\n(' + error.message + ')' }
    try { text = JSON.stringify(JSON.parse(text), null, 2) } catch {}
    say(head + (text.length > MOST_SHOWN ? text.slice(0, MOST_SHOWN) + '\\n…' : text))
  } catch (error) {
    say('No answer: ' + error.message)
  } finally {
    button.disabled = false
  }
}
document.addEventListener('submit', (event) => { event.preventDefault(); void call(event.target) })

/* Another page of the reference replaces this one's main part, so that the code that was typed here stays. */
function shown() {
  for (const part of all('.scripted')) part.hidden = false
  show(language.value)
  filter()
}
const isOurs = (url) => url.origin === location.origin && /^\\/docs(\\/[a-z]+)?$/.test(url.pathname) && url.pathname !== '/docs/guide'
let at = location.pathname
let asked = 0
async function open(url) {
  const mine = ++asked
  const response = await fetch(url.pathname, { credentials: 'omit', redirect: 'error', signal: AbortSignal.timeout(LONGEST_MS) })
  if (!response.ok) throw new Error(String(response.status))
  const next = new DOMParser().parseFromString(await response.text(), 'text/html')
  if (mine !== asked) return
  document.querySelector('main').replaceWith(next.querySelector('main'))
  document.title = next.title
  at = url.pathname
  for (const link of all('nav h2 a'))
    if (link.pathname === at) link.setAttribute('aria-current', 'page')
    else link.removeAttribute('aria-current')
  shown()
}
const look = (hash) => { const place = hash === '' ? undefined : byId(decodeURIComponent(hash.slice(1))); place ? place.scrollIntoView() : scrollTo(0, 0) }
document.addEventListener('click', (event) => {
  const link = event.target instanceof Element ? event.target.closest('a[href]') : null
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return
  const url = new URL(link.href)
  if (!isOurs(url) || url.pathname === at) return
  event.preventDefault()
  open(url).then(
    () => { history.pushState(null, '', url); look(url.hash) },
    () => { location.href = url.href },
  )
})
addEventListener('popstate', () => {
  if (location.pathname === at) return
  open(location).then(() => look(location.hash), () => location.reload())
})

shown()
/* An old link: all operations were on one page. */
if (at === '/docs' && location.hash !== '') {
  const line = byId(decodeURIComponent(location.hash.slice(1)))
  if (line && line.firstElementChild && line.matches('.operations li')) line.firstElementChild.click()
}
`
