import type { Dictionary } from '../../../ui/src/dictionary.ts'

/** Words of the overview's spans, and of the lists. */
export const listChinese: Dictionary = {
  'Drag over the chart to zoom. With keys: ← and → move, Shift extends, Enter zooms.':
    '在图上拖动即可放大。用键盘：← 和 → 移动，Shift 扩展，Enter 放大。',
  '{from} to {to}: {sent} sent, {received} received, {failed} failed':
    '{from} 至 {to}：已发送 {sent}，已接收 {received}，失败 {failed}',
  'Other…': '其他…',
  'The end must be after the beginning.': '终点必须晚于起点。',
  'At most 30 days.': '最多 30 天。',
  'Whole hours are shown.': '按整小时显示。',
  '{from} to {to}, {zone}. The figures, the chart, the failures and their links are of this span.':
    '{from} 至 {to}，{zone}。数字、图表、失败及其链接都限于这一时段。',
  'Back to the last {span}': '返回最近 {span}',
  'This is one hour. The chart begins at two.': '这是一个小时。两个小时起才有图表。',
  Now: '现在',
  'Numbers, now': '号码（现在）',
}
