/** The path of a URL without slashes at its end. */
export function pathWithoutEnd({ pathname }: URL): string {
  let end = pathname.length
  while (pathname[end - 1] === '/') end--
  return pathname.slice(0, end)
}

/** True for two spellings of the same URL. */
export function samePlace(a: string, b: string): boolean {
  const [one, other] = [a, b].map((text) => (URL.canParse(text) ? new URL(text) : undefined))
  return (
    one !== undefined &&
    other !== undefined &&
    one.origin === other.origin &&
    pathWithoutEnd(one) === pathWithoutEnd(other)
  )
}
