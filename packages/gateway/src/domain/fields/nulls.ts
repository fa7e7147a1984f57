import type { z } from 'zod'
import type { ChosenDef } from './choose.ts'

type Def = z.core.$ZodTypeDef & {
  innerType?: z.core.$ZodType
  in?: z.core.$ZodType
  element?: z.core.$ZodType
  shape?: Record<string, z.core.$ZodType>
  options?: readonly z.core.$ZodType[]
}

/**
 * Returns the value without optional keys that are null. Many clients write every key of their classes, with null for
 * no value. Null stays where a schema allows it, where a key is required, and in free-form data. A value without such
 * keys is not copied.
 */
export function withoutNulls(schema: z.core.$ZodType, value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  const def = schema._zod.def as Def
  switch (def.type) {
    case 'object':
      return Array.isArray(value) ? value : ofObject(def.shape ?? {}, value as Record<string, unknown>)
    case 'array': {
      if (!Array.isArray(value) || def.element === undefined) return value
      const { element } = def
      const items = (value as unknown[]).map((item) => withoutNulls(element, item))
      return items.some((item, i) => item !== (value as unknown[])[i]) ? items : value
    }
    case 'union': {
      const branch = (def as Partial<ChosenDef>).choose?.(value)
      return branch && '_zod' in branch ? withoutNulls(branch, value) : value
    }
    default: {
      const inner = def.innerType ?? def.in
      return inner ? withoutNulls(inner, value) : value
    }
  }
}

function ofObject(shape: Record<string, z.core.$ZodType>, value: Record<string, unknown>): Record<string, unknown> {
  let copy: Record<string, unknown> | undefined
  for (const [key, field] of Object.entries(shape)) {
    const part = value[key]
    if (part === undefined) continue
    if (part === null) {
      if (field._zod.optin === undefined || takesNull(field)) continue
      copy ??= { ...value }
      delete copy[key]
    } else {
      const cleaned = withoutNulls(field, part)
      if (cleaned !== part) (copy ??= { ...value })[key] = cleaned
    }
  }
  return copy ?? value
}

function takesNull(schema: z.core.$ZodType): boolean {
  const def = schema._zod.def as Def
  if (def.type === 'nullable' || def.type === 'null' || def.type === 'unknown' || def.type === 'any') return true
  if (def.type === 'union') return def.options?.some(takesNull) ?? false
  const inner = def.innerType ?? def.in
  return inner ? takesNull(inner) : false
}
