import type { Activity } from '../api.ts'

/** Every message stands in one layer: its furthest state. */
export type Layers = { received: number; read: number; delivered: number; underway: number; failed: number }
export const LAYERS = ['received', 'read', 'delivered', 'underway', 'failed'] as const satisfies (keyof Layers)[]

/** An hour or a day. `from` and `to` in Unix seconds, without the end. `sent`: as the figures count it. */
export type Point = Layers & { at: string; from: number; to: number; sent: number }

const HOUR = 3600

/** A point for each hour, or for all hours that `name` calls the same. */
export function pointsOf(hours: Activity['hours'], name: (from: number) => string): Point[] {
  const points = new Map<string, Point>()
  for (const one of hours) {
    const at = name(one.from)
    const none = { sent: 0, received: 0, read: 0, delivered: 0, underway: 0, failed: 0 }
    const point = points.get(at) ?? { at, from: one.from, to: one.from, ...none }
    point.to = one.from + HOUR
    point.sent += one.sent
    point.received += one.received
    point.read += one.read
    point.delivered += one.delivered - one.read
    point.failed += one.failed
    point.underway += one.sent - one.delivered - (one.failed - one.refused)
    points.set(at, point)
  }
  return [...points.values()]
}

/** The points from one place to another, whichever stands first. */
export const between = (points: readonly Point[], one: number, other: number): readonly Point[] =>
  points.slice(Math.min(one, other), Math.max(one, other) + 1)

export function sumOf(points: readonly Point[]): { sent: number; received: number; failed: number } {
  const sum = { sent: 0, received: 0, failed: 0 }
  for (const { sent, received, failed } of points) {
    sum.sent += sent
    sum.received += received
    sum.failed += failed
  }
  return sum
}
