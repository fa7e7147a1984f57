import { useRef, type PointerEvent } from 'react'
import { usePlotArea } from 'recharts'

/** The places of two points of the chart: where the mark began, and where it is. */
export type Marked = { from: number; to: number } | null

/** A press that moves less than this is a click, which marks nothing. */
const CLICK_PX = 4

/** The marked part of a chart. It stands inside the chart, which says where its points are. */
export function Mark({ count, marked }: { count: number; marked: Marked }) {
  const area = usePlotArea()
  if (area === undefined || count < 1) return null
  const step = area.width / Math.max(1, count - 1)
  const left = marked === null ? 0 : Math.max(0, (Math.min(marked.from, marked.to) - 0.5) * step)
  const right = marked === null ? 0 : Math.min(area.width, (Math.max(marked.from, marked.to) + 0.5) * step)
  return (
    <g>
      {marked !== null && (
        <rect className="chart-mark" x={area.x + left} y={area.y} width={right - left} height={area.height} />
      )}
      <rect className="chart-brush" x={area.x} y={area.y} width={area.width} height={area.height} />
    </g>
  )
}

/**
 * Drags over a chart mark a part of it. For the element around the chart: it stays when the chart draws itself anew in the
 * middle of a drag.
 */
export function useBrush(options: {
  count: number
  onMarked: (marked: Marked) => void
  onDone: (marked: Marked) => void
}) {
  const { count, onMarked, onDone } = options
  const began = useRef<{ x: number; at: number } | null>(null)

  /** The nearest point. Undefined outside of where the points are. */
  function placeOf({ currentTarget, clientX, clientY }: PointerEvent<HTMLElement>, isBegin: boolean) {
    const box = currentTarget.querySelector('.chart-brush')?.getBoundingClientRect()
    if (!box || box.width === 0) return undefined
    if (isBegin && (clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom))
      return undefined
    const at = Math.round(((clientX - box.left) / box.width) * (count - 1))
    return Math.min(count - 1, Math.max(0, at))
  }
  const isClick = (x: number): boolean => began.current === null || Math.abs(x - began.current.x) < CLICK_PX

  return {
    onPointerDown(event: PointerEvent<HTMLElement>) {
      const at = event.button === 0 ? placeOf(event, true) : undefined
      began.current = at === undefined ? null : { x: event.clientX, at }
    },
    onPointerMove(event: PointerEvent<HTMLElement>) {
      if (isClick(event.clientX)) return
      // From here on it is a drag, which ends wherever the pointer is let go.
      event.currentTarget.setPointerCapture(event.pointerId)
      const to = placeOf(event, false)
      if (to !== undefined) onMarked({ from: began.current!.at, to })
    },
    onPointerUp(event: PointerEvent<HTMLElement>) {
      const to = placeOf(event, false)
      const marked = isClick(event.clientX) || to === undefined ? null : { from: began.current!.at, to }
      began.current = null
      onDone(marked)
    },
    onPointerCancel() {
      began.current = null
      onMarked(null)
    },
  }
}
