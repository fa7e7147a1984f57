import { ERROR_CODES, type ErrorGroup } from '../packages/cloud-api/src/error-codes.ts'
import { sayingAgain } from '../packages/ui/src/server-words.ts'
import { serverChinese } from '../packages/ui/src/server-zh/all.ts'

/* The tables of WhatsApp's codes in docs/errors.md and docs/zh/errors.md: both come from the list that the gateway uses. */

/** What a language calls the groups and columns, and how it says a sentence of the list. */
type Words = {
  groups: Record<ErrorGroup, string>
  again: Record<'no' | 'later' | 'fix', string>
  columns: readonly string[]
  say(english: string): string
}

const ENGLISH: Words = {
  groups: {
    authorisation: 'Tokens and permissions',
    integrity: 'Policy and standing',
    throttling: 'Throttling',
    general: 'Requests in general',
    message: 'Messages',
    template: 'Templates',
    registration: 'Registering numbers',
    username: 'Usernames',
    call: 'Calls',
    group: 'Groups',
    flow: 'Flows',
  },
  again: { no: 'no', later: 'later', fix: 'after a fix' },
  columns: ['Code', 'Meta’s title', 'Means', 'Again?', 'What to do'],
  say: (english) => english,
}

const inChinese = sayingAgain(serverChinese)

/** The sentences are those of the console: `packages/ui/src/server-zh/`. */
const CHINESE: Words = {
  groups: {
    authorisation: '令牌和权限',
    integrity: '政策和账户状态',
    throttling: '限流',
    general: '一般请求',
    message: '消息',
    template: '模板',
    registration: '注册号码',
    username: '用户名',
    call: '通话',
    group: '群组',
    flow: '流程',
  },
  again: { no: '不能', later: '稍后', fix: '更正后' },
  columns: ['错误码', 'Meta 的标题', '含义', '可否重发', '怎么办'],
  say(english) {
    const chinese = inChinese(english)
    if (chinese === undefined) throw new Error(`packages/ui/src/server-zh has no Chinese for "${english}"`)
    return chinese
  },
}

const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll('\n', ' ')

function tables({ groups, again, columns, say }: Words): string {
  const codes = Object.entries(ERROR_CODES).map(([code, told]) => ({ code: Number(code), ...told }))
  const head = [`| ${columns.join(' | ')} |`, `|${' --- |'.repeat(columns.length)}`]
  return (Object.keys(groups) as ErrorGroup[])
    .map((group) => {
      const rows = codes
        .filter((one) => one.group === group)
        .sort((a, b) => a.code - b.code)
        .map(({ code, title, meaning, retry, advice }) =>
          [code, cell(title), cell(say(meaning)), again[retry], cell(say(advice))].join(' | '),
        )
      if (rows.length === 0) return ''
      return [`### ${groups[group]}`, '', ...head, ...rows.map((row) => `| ${row} |`)].join('\n')
    })
    .filter((part) => part !== '')
    .join('\n\n')
}

export const errorDocs = (): string => tables(ENGLISH)
export const errorDocsInChinese = (): string => tables(CHINESE)
