/** The first items of a list that fit. Looks at no more than `most.seen` of them. */
export async function firstOf<T>(
  all: AsyncIterable<T>,
  fits: (one: T) => boolean,
  most: { found: number; seen: number },
): Promise<T[]> {
  const found: T[] = []
  let seen = 0
  for await (const one of all) {
    if (fits(one)) found.push(one)
    if (++seen >= most.seen || found.length >= most.found) break
  }
  return found
}
