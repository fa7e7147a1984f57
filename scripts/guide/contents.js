/**
 * The order of the guide. Names are paths in `docs/` without `.md`. A page in no group stands under "More", and a test
 * names it.
 */
export const GROUPS = [
  { title: 'Start', pages: ['index', 'quickstart', 'development', 'migrate'] },
  {
    title: 'Guides',
    pages: ['guides/one-time-codes', 'guides/order-updates', 'guides/support-inbox', 'guides/broadcast', 'agents'],
  },
  {
    title: 'Concepts',
    pages: ['channel', 'contacts', 'opt-out', 'idempotency', 'pace', 'costs', 'architecture'],
  },
  {
    title: 'Sending',
    pages: ['messages', 'templates', 'media', 'scheduled', 'broadcasts', 'broadcast-files', 'calls', 'resources'],
  },
  { title: 'Receiving', pages: ['callbacks', 'what-whatsapp-tells-you', 'endpoints', 'polling'] },
  { title: 'Reference', pages: ['client', 'errors', 'settings', 'sandbox', 'testing'] },
  {
    title: 'Operation',
    pages: [
      ...[
        'deploy',
        'going-live',
        'operating',
        'logs',
        'incidents',
        'audit',
        'backup',
        'upgrading',
        'people',
        'security',
      ],
      ...['tracing', 'retention', 'console', 'scaling', 'benchmarks', 'faults', 'simulation'],
    ],
  },
  { title: 'Project', pages: ['contributing', 'changelog'] },
]

/** The pages that exist in Simplified Chinese, in their order. */
export const CHINESE = ['index', 'quickstart', 'messages', 'callbacks', 'errors', 'migrate']

/** Pages of the guide whose file is not `docs/<name>.md`. */
export const ELSEWHERE = {
  index: 'README.md',
  contributing: 'CONTRIBUTING.md',
  changelog: 'CHANGELOG.md',
  'zh/index': 'docs/zh/README.md',
}
