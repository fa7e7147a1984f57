import type { ReactNode } from 'react'
import { Link } from 'wouter'
import { Icon } from '../../../ui/src/icon.tsx'
import { useWords } from '../../../ui/src/i18n.tsx'

const word = (text: string): string => text

export const STEPS = [
  ['file', word('Recipients')],
  ['message', word('Message')],
  ['columns', word('Columns')],
  ['check', word('Check')],
  ['start', word('Test and start')],
] as const
export type Step = (typeof STEPS)[number][0]

export const stepOf = (text: string | null, open: readonly Step[]): Step =>
  open.find((one) => one === text) ?? open.at(-1)!

/** The way through the wizard. Steps that are done lead back; `hrefOf` is undefined where there is no way. */
export function Steps(props: { at: Step; hrefOf: (step: Step) => string | undefined; children: ReactNode }) {
  const { t } = useWords()
  const here = STEPS.findIndex(([step]) => step === props.at)
  return (
    <>
      <nav aria-label={t('Steps')}>
        <ol className="steps">
          {STEPS.map(([step, name], i) => {
            const href = i < here ? props.hrefOf(step) : undefined
            const label = (
              <>
                <span className="step-place" aria-hidden>
                  {i < here ? <Icon name="tick" size={14} /> : i + 1}
                </span>
                {t(name)}
              </>
            )
            return (
              <li key={step} data-done={i < here || undefined} aria-current={i === here ? 'step' : undefined}>
                {href === undefined ? label : <Link href={href}>{label}</Link>}
              </li>
            )
          })}
        </ol>
      </nav>
      {props.children}
    </>
  )
}
