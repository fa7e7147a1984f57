import { readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Right, type Role, roleHas, ROLES } from '../packages/gateway/src/domain/people/role.ts'
import { SETTINGS, shownDefault } from '../packages/gateway/src/platform/config.ts'
import { fileVariable } from '../packages/gateway/src/platform/secret-files.ts'
import { createMetrics } from '../packages/gateway/src/platform/metrics.ts'
import { errorDocs, errorDocsInChinese } from './error-docs.ts'
import { allRoutes } from './client-types/routes.ts'
import { eventDocs } from './event-docs.ts'
import { incidentDocs } from './incident-docs.ts'
import { drawLayers, drawPackages } from './draw-architecture.ts'
import { GLOSSARY } from '../packages/ui/src/glossary.ts'

/** Writes the generated parts of docs/. `node scripts/generate-docs.ts`; a test fails when they differ. */
const DOCS = resolve(import.meta.dirname, '../docs')

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function settings(): string {
  const rows = Object.values(
    SETTINGS as Record<string, { env: string; help: string; fallback: unknown; shown?: string; secret?: boolean }>,
  )
  const lines = rows.map((row) => {
    const fallback = row.shown === undefined ? `\`${shownDefault(row)}\`` : cell(shownDefault(row))
    return `| \`${row.env}\` | ${fallback} | ${cell(row.help)}${row.secret ? ` Secret: never logged. Or in a file: \`${fileVariable(row.env)}\`.` : ''} |`
  })
  return ['| Variable | Default | Meaning |', '| --- | --- | --- |', ...lines].join('\n')
}

type Metric = { name: string; help: string; type: string; labelNames?: readonly string[] }

function metrics(): string {
  const all = createMetrics().registry.getMetricsAsArray() as unknown as Metric[]
  const rows = all
    .filter(({ name }) => !/^postern_(process|nodejs)_/.test(name))
    .map(({ name, help, labelNames }) => {
      const labels = (labelNames ?? []).map((label) => `\`${label}\``).join(', ')
      return `| \`${name}\` | ${labels || '-'} | ${cell(help)} |`
    })
  return ['| Metric | Labels | Meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function glossary(): string {
  const rows = Object.values(GLOSSARY).map(
    ({ word, synonym, meaning }) => `| **${word}** | ${synonym === word ? '–' : cell(synonym)} | ${cell(meaning)} |`,
  )
  return ['| Word | Elsewhere called | Meaning |', '| --- | --- | --- |', ...rows].join('\n')
}

function rights(): string {
  const yes = (role: Role, right: Right): string => (roleHas(role, right) ? 'yes' : '–')
  const rows = allRoutes()
    .filter((route) => route.auth === 'admin')
    .map(({ method, path, right, administers }) => {
      const cells = ROLES.map((role) => yes(role, right!)).join(' | ')
      return `| \`${method} ${path}\`${administers ? ' *' : ''} | ${cells} |`
    })
  return [`| Route | ${ROLES.join(' | ')} |`, '| --- | --- | --- | --- | --- |', ...rows.sort()].join('\n')
}

/** File, mark and text. A mark stands in the page as `<!-- begin x -->` and `<!-- end x -->`. */
export const GENERATED: { file: string; mark: string; text: () => string }[] = [
  { file: 'architecture.md', mark: 'glossary', text: glossary },
  { file: 'architecture.md', mark: 'packages', text: drawPackages },
  { file: 'architecture.md', mark: 'layers', text: drawLayers },
  { file: 'people.md', mark: 'rights', text: rights },
  { file: 'settings.md', mark: 'settings', text: settings },
  { file: 'incidents.md', mark: 'provoked', text: incidentDocs },
  { file: 'operating.md', mark: 'metrics', text: metrics },
  { file: 'errors.md', mark: 'whatsapp codes', text: errorDocs },
  { file: 'zh/errors.md', mark: 'whatsapp codes', text: errorDocsInChinese },
  { file: 'what-whatsapp-tells-you.md', mark: 'events', text: eventDocs },
]

/** The page with its generated part replaced. */
export function regenerated(page: string, mark: string, text: string): string {
  const [begin, end] = [`<!-- begin ${mark} -->`, `<!-- end ${mark} -->`]
  const [from, to] = [page.indexOf(begin), page.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`the page has no part marked "${mark}"`)
  return `${page.slice(0, from + begin.length)}\n\n${text}\n\n${page.slice(to)}`
}

if (import.meta.main) {
  for (const { file, mark, text } of GENERATED) {
    const path = join(DOCS, file)
    writeFileSync(path, regenerated(readFileSync(path, 'utf8'), mark, text()))
  }
}
