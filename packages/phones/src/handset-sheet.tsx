import { useQuery, useQueryClient } from '@tanstack/react-query'
import encodeQR from 'qr'
import { useMemo, useState } from 'react'
import { useWords } from '../../ui/src/i18n.tsx'
import { control, type Handsets } from './control.ts'
import { PhoneSheet } from './phone-sheet.tsx'

const LOOK_EVERY_MS = 3_000
/** The white around a code, in squares, as its standard asks for. */
const QUIET = 4

/** Opens this phone on a real handset in the same network, by a code that is for this phone alone. */
export function HandsetSheet({ number, name, onClose }: { number: string; name: string; onClose: () => void }) {
  const { t, says, locale } = useWords()
  const queries = useQueryClient()
  const { data, error } = useQuery({
    queryKey: ['handsets'],
    queryFn: () => control<Handsets>('GET', '/handsets'),
    refetchInterval: LOOK_EVERY_MS,
  })
  /** The newest code. Its token is told once. */
  const [code, setCode] = useState<{ id: string; path: string }>()
  const [problem, setProblem] = useState<string>()
  const clock = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' })
  const does = async (act: () => Promise<unknown>): Promise<void> => {
    try {
      await act()
      setProblem(undefined)
    } catch (failed) {
      setProblem((failed as Error).message)
    }
    void queries.invalidateQueries({ queryKey: ['handsets'] })
  }
  const open = (): Promise<void> =>
    does(async () => setCode(await control<{ id: string; path: string }>('POST', '/handsets', { phone: number })))
  const mine = (data?.data ?? []).filter((one) => one.phone === number)
  const trouble = problem ?? error?.message
  return (
    <PhoneSheet title={t('Open on a handset')} onClose={onClose}>
      {trouble !== undefined && <p role="alert">{says(trouble)}</p>}
      {data?.how === 'none' && <HowToReach />}
      {data && data.how !== 'none' && (
        <>
          <p className="phone-small">
            {t(
              'A handset in the same network shows this phone after it has scanned a code. Who has the code reads and writes as {name}, and cannot use any other phone.',
              {
                name,
              },
            )}
          </p>
          {data.how === 'all' && (
            <p className="phone-small" data-warn>
              {t(
                'This sandbox listens to the whole network, without a password: everybody in it can use all phones and read all secrets. With HANDSET_PORT and HOST=127.0.0.1, handsets reach their own phone only.',
              )}
            </p>
          )}
          {code && mine.some((one) => one.id === code.id) ? (
            <Code addresses={data.addresses} path={code.path} />
          ) : (
            <button type="button" className="phone-choice" data-main onClick={() => void open()}>
              {t('Show a code')}
            </button>
          )}
        </>
      )}
      {mine.map((one) => (
        <div key={one.id} className="phone-handset">
          <span>
            {one.usedAt === undefined
              ? t('Code from {time}, not used yet', { time: clock.format(one.at) })
              : t('On a handset since {time}', { time: clock.format(one.usedAt) })}
          </span>
          <button
            type="button"
            className="phone-pill"
            onClick={() => void does(() => control('DELETE', `/handsets/${one.id}`))}
          >
            {t('End')}
          </button>
        </div>
      ))}
    </PhoneSheet>
  )
}

/** The sandbox listens on this machine only: what to do, and what that opens. */
function HowToReach() {
  const { t } = useWords()
  return (
    <>
      <p className="phone-small">
        {t(
          'A handset cannot reach this sandbox: it listens on this machine only. Start it again with a port for handsets:',
        )}
      </p>
      <pre className="phone-code" tabIndex={0}>
        HANDSET_PORT=8082 npm start
      </pre>
      <p className="phone-small">
        {t(
          'That opens port 8082 to your network. It serves only phones that you open with a code, each code one phone: not the other phones, the wire, or the gateway. Codes end with the sandbox.',
        )}
      </p>
    </>
  )
}

/** The code to scan, and the address in it. A machine with several addresses has several networks. */
function Code({ addresses, path }: { addresses: string[]; path: string }) {
  const { t } = useWords()
  const [address, setAddress] = useState(addresses[0] ?? '')
  const [isCopied, setCopied] = useState(false)
  const link = linkOf(address.trim(), path)
  const square = useMemo(() => pathOf(link), [link])
  return (
    <div className="phone-qr">
      {square ? (
        <svg viewBox={`0 0 ${square.size} ${square.size}`} role="img" aria-label={t('Code to scan')}>
          <path d={`M0 0h${square.size}v${square.size}h-${square.size}z`} fill="#fff" />
          <path d={square.path} fill="#000" />
        </svg>
      ) : (
        <p role="alert">{t('This address is too long for a code')}</p>
      )}
      <label>
        {t('Address of this machine')}
        <input
          list="handset-addresses"
          dir="ltr"
          value={address}
          maxLength={200}
          onChange={(event) => setAddress(event.currentTarget.value)}
        />
        <datalist id="handset-addresses">
          {addresses.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      </label>
      <button
        type="button"
        className="phone-choice"
        onClick={() => {
          navigator.clipboard.writeText(link).then(
            () => setCopied(true),
            () => setCopied(false),
          )
        }}
      >
        {isCopied ? t('Copied') : t('Copy the link')}
      </button>
    </div>
  )
}

const linkOf = (address: string, path: string): string =>
  (address.endsWith('/') ? address.slice(0, -1) : address) + path

/** The dark squares of a code, as one path. Undefined for a link that is too long. */
function pathOf(link: string): { path: string; size: number } | undefined {
  try {
    const rows = encodeQR(link, 'raw', { border: QUIET })
    const path = rows.flatMap((row, y) => row.map((isDark, x) => (isDark ? `M${x} ${y}h1v1h-1z` : ''))).join('')
    return { path, size: rows.length }
  } catch {
    return undefined
  }
}
