/** The path of a URL without slashes at its end. */
export function pathWithoutEnd({ pathname }: URL): string {
  let end = pathname.length
  while (pathname[end - 1] === '/') end--
  return pathname.slice(0, end)
}
