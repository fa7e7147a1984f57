import { useWords } from '../../../ui/src/i18n.tsx'

export const ALARMS = ['alarms']

export type AlarmType = 'url' | 'slack' | 'teams' | 'email'
export type Severity = 'critical' | 'warning' | 'info'
export type AlarmQuiet = { from: string; to: string; timezone: string; critical: boolean }

/** An alarm as `GET /admin/alarms` shows it. Times are Unix seconds. */
export type AlarmRow = {
  alarm_id: string
  type: AlarmType
  name: string
  target: string
  min_severity: Severity
  reminder_minutes: number
  quiet_hours: AlarmQuiet | null
  last_told_at: number | null
  last_problem: string | null
}

export function useTypes(): Record<AlarmType, string> {
  const { t } = useWords()
  return { slack: 'Slack', teams: 'Microsoft Teams', email: t('E-mail'), url: t('URL (signed JSON)') }
}

export function useSeverities(): Record<Severity, string> {
  const { t } = useWords()
  return { critical: t('Critical'), warning: t('Warning'), info: t('Information') }
}

type Translate = (text: string, values?: Record<string, string | number>) => string

/** How often an incident that stays open is told again. */
export function reminderWords(minutes: number, t: Translate): string {
  if (minutes === 0) return t('never')
  if (minutes % 60 === 0) return t('every {n} h', { n: minutes / 60 })
  return t('every {n} min', { n: minutes })
}
