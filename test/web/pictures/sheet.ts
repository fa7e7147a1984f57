import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page with all pictures of a folder: a row for each screen, a column for each way to see it. */
export function writeSheet(folder: string, suffixes: readonly string[]): void {
  const files = new Set(readdirSync(folder))
  const shown = suffixes.filter((suffix) => [...files].some((file) => file.endsWith(`-${suffix}.png`)))
  const names = new Set(
    [...files].flatMap((file) => {
      const suffix = shown.find((one) => file.endsWith(`-${one}.png`))
      return suffix === undefined ? [] : [file.slice(0, -`-${suffix}.png`.length)]
    }),
  )
  const cell = (file: string): string =>
    files.has(file) ? `<a href="${file}"><img loading="lazy" src="${file}" alt="${file}"></a>` : ''
  const rows = [...names]
    .sort()
    .map((name) => `<h2>${name}</h2><div>${shown.map((one) => cell(`${name}-${one}.png`)).join('')}</div>`)
  writeFileSync(
    join(folder, 'index.html'),
    `<!doctype html><meta charset="utf-8"><title>Every screen</title>
<style>body{font:14px system-ui;margin:24px;background:#ddd}div{display:flex;gap:8px;overflow-x:auto}img{height:280px;border:1px solid #aaa}</style>
${rows.join('\n')}\n`,
  )
}
