// The import rules of `npm run imports`: docs/decisions/0012-packages.md says which package may use which, and
// docs/architecture.md what each floor of the gateway is for. Tests are free: they may set up their world with anything.

/** What a package's published code may import of the others, by its published name. */
const USES = {
  'cloud-api': [],
  runtime: [],
  client: [],
  sandbox: ['cloud-api', 'runtime'],
  gateway: ['cloud-api', 'runtime', 'client', 'sandbox'],
}

/** The gateway's floors, lowest first. Folders of one floor do not import one another. */
const FLOORS = [['platform'], ['domain'], ['store'], ['flows'], ['http', 'cli'], ['app'], ['testing'], ['main']]

/** Private packages, built into those that serve them: they import source files, and the bundler takes what they need. */
const PAGES = '^packages/(console|phones|ui)/'

const SRC = '^packages/gateway/src'
const inFolders = (folders) => `${SRC}/(?:${folders.join('|')})(?:/|\\.ts$)`
const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to })

const packageRules = Object.entries(USES).map(([name, uses]) =>
  forbid(
    `package-${name}`,
    `packages/${name} may import of the other packages only: ${uses.join(', ') || 'none'}.`,
    { path: `^packages/${name}/src/` },
    { path: '^packages/', pathNot: [`^packages/${name}/src/`, ...uses.map((used) => `^packages/${used}/dist/`)] },
  ),
)

const floorRules = FLOORS.flatMap((floor, level) =>
  floor.map((folder) => {
    const beside = floor.filter((other) => other !== folder)
    // The command line starts a gateway, also for tests in other languages.
    const above = FLOORS.slice(level + 1).flat()
    const closed = [...beside, ...above].filter((other) => !(folder === 'cli' && ['app', 'testing'].includes(other)))
    return { folder, closed }
  }),
)
  .filter(({ closed }) => closed.length > 0)
  .map(({ folder, closed }) =>
    forbid(
      `floor-${folder}`,
      `Imports point down: ${folder} imports none of ${closed.join(', ')}.`,
      { path: inFolders([folder]) },
      { path: inFolders(closed) },
    ),
  )

export default {
  forbidden: [
    ...packageRules,
    forbid(
      'published-names',
      'A package imports another by its published name, never by a path.',
      { path: '^packages/([^/]+)/', pathNot: PAGES },
      { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    ),
    forbid(
      'pages',
      'Pages import what they share; for what they show, the gateway’s domain and its errors; and the recorder of tests.',
      { path: PAGES },
      {
        path: '^packages/',
        pathNot: [
          '^packages/$1/',
          '^packages/ui/',
          `${SRC}/domain/`,
          `${SRC}/platform/errors\\.ts$`,
          `${SRC}/testing/conversation/(record|write|steps)\\.ts$`,
          '^packages/cloud-api/',
        ],
      },
    ),
    ...floorRules,
    forbid(
      'flows-apart',
      'Flows do not import one another; they meet in the store.',
      { path: `${SRC}/flows/([^/]+)` },
      { path: `${SRC}/flows/`, pathNot: `${SRC}/flows/$1(?:/|$)` },
    ),
    forbid(
      'unknown-folder',
      'A folder of the gateway is a floor: add it to .dependency-cruiser.js.',
      {},
      { path: `${SRC}/`, pathNot: inFolders(FLOORS.flat()) },
    ),
    forbid(
      'no-cycles',
      'Files do not load one another in a circle. Types, and what is loaded later, may.',
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ['type-only', 'dynamic-import'] } },
    ),
    forbid('resolvable', 'An import leads to a file.', {}, { couldNotResolve: true }),
  ],
  options: {
    exclude: { path: '\\.test\\.tsx?$' },
    doNotFollow: { path: ['node_modules', '^packages/[^/]+/dist/'] },
    // Also what TypeScript removes, such as imports of types.
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js'],
    },
  },
}
