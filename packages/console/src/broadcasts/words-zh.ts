import type { Dictionary } from '../../../ui/src/dictionary.ts'

/** Broadcasts, and the settings of a channel for them. */
export const broadcastChinese: Dictionary = {
  'Marketing and broadcasts': '营销与群发',
  'Stop words': '退订词',
  'One in each line. Whoever writes one of them, and nothing else, gets no marketing any more.':
    '每行一个。对方只发送其中一个词时，将不再收到营销消息。',
  'Answer to a stop word': '对退订词的回复',
  'Sent once for each stop. Leave empty for no answer.': '每次退订发送一次。留空则不回复。',
  'Start words': '恢复词',
  'One in each line. Whoever writes one of them gets marketing again.':
    '每行一个。对方发送其中一个词后，重新接收营销消息。',
  'Before a broadcast starts': '群发开始之前',
  'Nothing is demanded': '无要求',
  'It must have been checked': '必须先检查',
  'It must have been tested with a message to an own number': '必须先向自己的号码发送测试消息',
  'Nothing was saved. Correct the fields with a red message.': '未保存。请更正带红色提示的字段。',
  'Line {n}: {problem}': '第 {n} 行：{problem}',
  'Quiet hours': '安静时段',
  'By the clock of the recipient’s country. What they hold back goes out when they are over.':
    '按收件人所在国家的时间计算。被推迟的消息在时段结束后发出。',
  'Quiet from': '开始时间',
  'Quiet until': '结束时间',
  'They begin on': '开始于',
  'What they hold back': '推迟的内容',
  'Everything that goes out by itself': '所有自动发出的消息',
  Monday: '星期一',
  Tuesday: '星期二',
  Wednesday: '星期三',
  Thursday: '星期四',
  Friday: '星期五',
  Saturday: '星期六',
  Sunday: '星期日',
}
