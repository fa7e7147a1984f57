import type { Page } from 'playwright-core'

/** What a program sees of a screen. A person looks at the pictures. */
export type Seen = {
  /** Shift of what was already shown, as browsers score it. Above 0.1 people notice. */
  shift: number
  shifted: string[]
  /** Pixels that the page is wider than the window. */
  wide: number
  /** Boxes that scroll down within another one that does. */
  nested: string[]
  /** Words that are cut off without an ellipsis. */
  cut: string[]
  /** Buttons with words of two lines. */
  wrapped: string[]
  /** Where its links lead. */
  links: string[]
}

/** Counts shifts from the start of each page. `reset` is called before a route without loading. */
export const WATCH_SHIFTS = `
  window.__shifts = [];
  window.__resetShifts = () => { window.__shifts = [] };
  const nameOf = (node) => !node || !node.tagName ? '#text' : node.tagName.toLowerCase() + (node.className && node.className.split ? '.' + node.className.split(' ').filter((one) => !one.startsWith('m_')).join('.') : '');
  try {
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) if (!entry.hadRecentInput)
        window.__shifts.push({ value: entry.value, names: entry.sources.map((one) => nameOf(one.node)) });
    }).observe({ type: 'layout-shift', buffered: true });
  } catch {}
`

const LOOK = `(() => {
  const nameOf = (node) => {
    const words = (node.getAttribute('aria-label') || node.innerText || '').trim().slice(0, 30).replace(/\\s+/g, ' ');
    const names = typeof node.className === 'string' ? node.className.split(' ').filter((one) => !one.startsWith('m_')).slice(0, 2).join('.') : '';
    return node.tagName.toLowerCase() + '.' + names + ' “' + words + '”';
  };
  const all = [...document.querySelectorAll('body *')].filter((node) => node.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }));
  const style = new Map(all.map((node) => [node, getComputedStyle(node)]));
  const root = document.documentElement;
  const scrolls = (node) => /auto|scroll/.test(style.get(node).overflowY) && node.scrollHeight > node.clientHeight + 2 && node.clientHeight > 40;
  const pageScrolls = root.scrollHeight > innerHeight + 2;
  const dialog = document.querySelector('[role=dialog]');
  const scrollers = all.filter(scrolls).filter((node) => !/^(TEXTAREA|PRE|CODE)$/.test(node.tagName) && !node.className.includes?.('json'));
  const nested = scrollers.filter((node) => (pageScrolls && !node.closest('nav, [role=dialog], aside, [role=listbox], [role=menu]')) || scrollers.some((other) => other !== node && other.contains(node)));
  const hidden = (node) => node.closest('.visually-hidden, .mantine-VisuallyHidden-root, [aria-hidden=true]') || node.getBoundingClientRect().width < 3;
  const cut = all.filter((node) => node.childElementCount === 0 && node.innerText?.trim() && !hidden(node)
    && style.get(node).overflowX !== 'visible' && style.get(node).textOverflow !== 'ellipsis' && !/auto|scroll/.test(style.get(node).overflowX)
    && node.scrollWidth > node.clientWidth + 1);
  const tops = (node) => {
    const range = document.createRange();
    range.selectNodeContents(node);
    return new Set([...range.getClientRects()].filter((one) => one.width > 1).map((one) => Math.round(one.bottom / 8)));
  };
  const wrapped = all.filter((node) => node.matches('.mantine-Button-label') && node.childElementCount === 0 && !hidden(node) && tops(node).size > 1);
  return {
    shift: Math.round((window.__shifts ?? []).reduce((sum, one) => sum + one.value, 0) * 1000) / 1000,
    shifted: [...new Set((window.__shifts ?? []).filter((one) => one.value > 0.005).flatMap((one) => one.names))].slice(0, 8),
    wide: root.scrollWidth - innerWidth,
    nested: nested.map(nameOf),
    cut: [...new Set(cut.map(nameOf))].slice(0, 6),
    wrapped: [...new Set(wrapped.map(nameOf))].slice(0, 6),
    links: [...document.links].map((link) => link.href).filter((href) => href.startsWith('http')),
  };
})()`

export const lookAt = (page: Page): Promise<Seen> => page.evaluate<Seen>(LOOK)

/** In words; empty when there is nothing to mend. */
export function flawsOf(seen: Seen): string[] {
  return [
    ...(seen.shift > 0.02 ? [`shifts by ${seen.shift}: ${seen.shifted.join(', ')}`] : []),
    ...(seen.wide > 0 ? [`${seen.wide} px wider than the window`] : []),
    ...seen.nested.map((name) => `scrolls within a page that scrolls: ${name}`),
    ...seen.cut.map((name) => `words are cut off: ${name}`),
    ...seen.wrapped.map((name) => `a button of two lines: ${name}`),
  ]
}
