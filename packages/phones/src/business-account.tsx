import { useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { BillCard } from './bill-card.tsx'
import type { Acts } from './business-phone.tsx'
import type { BusinessNumber } from './control.ts'
import { LIMIT, LIMITS, QUALITY, REASONS } from './words.ts'

/** How the number stands with WhatsApp, its connection with the app, and its old conversations. */
export function BusinessAccount({ business, acts }: { business: BusinessNumber; acts: Acts }) {
  return (
    <div className="phone-list">
      <Standing business={business} acts={acts} />
      <BillCard number={business.id} />
      <Responders business={business} acts={acts} />
      <Connection business={business} acts={acts} />
      {business.onBizApp && !business.away && <History business={business} acts={acts} />}
    </div>
  )
}

type Props = { business: BusinessNumber; acts: Acts }

function Standing({ business, acts }: Props) {
  const { t } = useWords()
  const judge = (verdict: Record<string, string>): void => void acts('POST', `/numbers/${business.id}/verdict`, verdict)
  return (
    <section className="phone-card" aria-label={t('Standing')}>
      <h2>{t('Standing')}</h2>
      <p className="phone-quality" data-quality={business.quality} role="status">
        {t(QUALITY[business.quality] ?? business.quality)}
      </p>
      <p className="phone-small">{t('Blocked or reported within seven days by: {n}', { n: business.complainers })}</p>
      <label>
        {t('Quality')}
        <select value={business.quality} onChange={(event) => judge({ quality: event.currentTarget.value })}>
          {Object.entries(QUALITY).map(([value, name]) => (
            <option key={value} value={value}>
              {t(name)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('Messaging limit')}
        <select value={business.messagingLimit} onChange={(event) => judge({ limit: event.currentTarget.value })}>
          {LIMITS.map((value) => (
            <option key={value} value={value}>
              {t(LIMIT[value]!)}
            </option>
          ))}
        </select>
      </label>
      <label>
        {t('Throughput')}
        <select value={business.throughput} onChange={(event) => judge({ throughput: event.currentTarget.value })}>
          <option value="STANDARD">{t('80 messages a second')}</option>
          <option value="HIGH">{t('1,000 messages a second')}</option>
        </select>
      </label>
    </section>
  )
}

/** Settings of a number that several apps answer, and the words for them. */
const word = (text: string): string => text
const RESPONDERS = [
  { key: 'escalation_partner', on: true, says: word('Your software may take chats (escalation partner)') },
  { key: 'refuse_non_owner', on: true, says: word('Refuse your software in chats of others') },
  { key: 'first_responder', on: 'ai_agent', says: word('The agent answers first') },
]

function Responders({ business, acts }: Props) {
  const { t } = useWords()
  // A box shows at once what was chosen, and goes back when the sandbox refuses.
  const [chosen, setChosen] = useState<Record<string, boolean>>({})
  const choose = async (key: string, value: string | boolean, isOn: boolean): Promise<void> => {
    setChosen((before) => ({ ...before, [key]: isOn }))
    const changed = await acts('PATCH', `/numbers/${business.id}`, { settings: { [key]: isOn ? value : null } })
    if (changed === undefined) setChosen((before) => ({ ...before, [key]: !isOn }))
  }
  return (
    <section className="phone-card" aria-label={t('Several responders')}>
      <h2>{t('Several responders')}</h2>
      {RESPONDERS.map(({ key, on, says }) => (
        <label key={key} className="phone-check">
          <input
            type="checkbox"
            checked={chosen[key] ?? business.settings[key] === on}
            onChange={(event) => void choose(key, on, event.currentTarget.checked)}
          />
          {t(says)}
        </label>
      ))}
    </section>
  )
}

function Connection({ business, acts }: Props) {
  const { t } = useWords()
  const [reason, setReason] = useState(REASONS[0]!)
  const app = (does: string, more: Record<string, unknown> = {}): void =>
    void acts('POST', `/numbers/${business.id}/app`, { does, ...more })
  const { away, onBizApp } = business
  return (
    <section className="phone-card" aria-label={t('Connection with the platform')}>
      <h2>{t('Connection with the platform')}</h2>
      <p className="phone-small" role="status">
        {away
          ? away.how === 'offboarded'
            ? t('Offboarded: another device or a new registration.')
            : t('Disconnected: {reason}', { reason: away.reason ?? '' })
          : onBizApp
            ? t('The app and your software share this number.')
            : t('Only your software uses this number.')}
      </p>
      {away && (
        <div className="phone-acts">
          <button type="button" className="phone-choice" data-main onClick={() => app('reconnects')}>
            {t('Reconnect')}
          </button>
          <button type="button" className="phone-choice" onClick={() => app('onboards')}>
            {t('Connect anew')}
          </button>
        </div>
      )}
      {!away && !onBizApp && (
        <button type="button" className="phone-choice" data-main onClick={() => app('onboards')}>
          {t('Connect the app')}
        </button>
      )}
      {!away && onBizApp && (
        <>
          <label>
            {t('Reason')}
            <select value={reason} onChange={(event) => setReason(event.currentTarget.value)}>
              {REASONS.map((value) => (
                <option key={value}>{value}</option>
              ))}
            </select>
          </label>
          <div className="phone-acts">
            <button type="button" className="phone-choice" onClick={() => app('disconnects', { reason })}>
              {t('Disconnect')}
            </button>
            <button type="button" className="phone-choice" onClick={() => app('isOffboarded')}>
              {t('Change the device')}
            </button>
          </div>
        </>
      )}
    </section>
  )
}

/** A long history waits for the answer to each of its webhooks. */
const LONGEST_MS = 10 * 60_000

function History({ business, acts }: Props) {
  const { t } = useWords()
  const [count, setCount] = useState('10000')
  const [state, setState] = useState<'idle' | 'busy' | { messages: number; chunks: number }>('idle')
  const messages = Number(count)
  const isRight = Number.isInteger(messages) && messages >= 1 && messages <= 100_000
  const share = async (): Promise<void> => {
    setState('busy')
    const done = await acts('POST', `/numbers/${business.id}/app`, { does: 'sharesAll', messages }, LONGEST_MS)
    setState(done === undefined ? 'idle' : (done as { messages: number; chunks: number }))
  }
  return (
    <section className="phone-card" aria-label={t('Old conversations')}>
      <h2>{t('Old conversations')}</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          if (isRight) void share()
        }}
      >
        <label>
          {t('Messages')}
          <input inputMode="numeric" value={count} onChange={(event) => setCount(event.currentTarget.value)} />
        </label>
        <div className="phone-acts">
          <button type="submit" className="phone-choice" data-main disabled={!isRight || state === 'busy'}>
            {t('Share')}
          </button>
          <button
            type="button"
            className="phone-choice"
            disabled={state === 'busy'}
            onClick={() => void acts('POST', `/numbers/${business.id}/app`, { does: 'declines' })}
          >
            {t('Share nothing')}
          </button>
        </div>
      </form>
      <p className="phone-small" role="status">
        {state === 'busy'
          ? t('Sharing …')
          : state !== 'idle' &&
            t('{n} messages were shared in {chunks} webhooks.', { n: state.messages, chunks: state.chunks })}
      </p>
    </section>
  )
}
