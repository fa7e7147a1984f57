import { useEffect, useRef, useState, type ReactNode } from 'react'
import { useWords } from './i18n.tsx'
import { Icon } from './icon.tsx'

/** Cards in a row of their own that scrolls: by touch, wheel, arrows and keyboard, from either side. */
export function Cards({ children }: { children: ReactNode[] }) {
  const { t } = useWords()
  const box = useRef<HTMLDivElement>(null)
  const [at, setAt] = useState(0)
  const most = children.length - 1

  function look(): void {
    const { current } = box
    const [first, second] = current?.children ?? []
    if (!current || !first || !second) return
    const step = Math.abs(second.getBoundingClientRect().left - first.getBoundingClientRect().left)
    // Negative where the row runs from right to left.
    const moved = Math.abs(current.scrollLeft)
    const isAtEnd = moved + current.clientWidth >= current.scrollWidth - 2
    setAt(isAtEnd && moved > 0 ? most : Math.min(most, Math.round(moved / step)))
  }
  useEffect(look, [most])

  function go(to: number): void {
    const { current } = box
    const card = current?.children[to]
    if (!current || !card) return
    const side = getComputedStyle(current).direction === 'rtl' ? 'right' : 'left'
    const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches
    current.scrollBy({
      left: card.getBoundingClientRect()[side] - current.getBoundingClientRect()[side],
      behavior: isStill ? 'auto' : 'smooth',
    })
  }

  return (
    <div className="bubble-carousel">
      <div className="bubble-cards" ref={box} tabIndex={0} role="group" aria-label={t('Cards')} onScroll={look}>
        {children.map((card, i) => (
          <div
            key={i}
            className="bubble-cards-card"
            role="group"
            aria-label={t('Card {n} of {most}', { n: i + 1, most: most + 1 })}
          >
            {card}
          </div>
        ))}
      </div>
      {at > 0 && (
        <button type="button" className="bubble-arrow" aria-label={t('Previous card')} onClick={() => go(at - 1)}>
          <Icon name="back" size={16} />
        </button>
      )}
      {at < most && (
        <button type="button" className="bubble-arrow" data-next aria-label={t('Next card')} onClick={() => go(at + 1)}>
          <Icon name="back" size={16} />
        </button>
      )}
      {most > 0 && (
        <div className="bubble-dots" aria-hidden>
          {children.map((_card, i) => (
            <i key={i} data-here={i === at || undefined} />
          ))}
        </div>
      )}
    </div>
  )
}
