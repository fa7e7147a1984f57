import { useEffect, useRef, useState, type KeyboardEvent } from 'react'
import { Auto } from '../../ui/src/direction.tsx'
import { Icon } from '../../ui/src/icon.tsx'
import { useWords } from '../../ui/src/i18n.tsx'
import { Avatar } from './avatar.tsx'
import { lengthOf } from './call-line.tsx'
import { BARS, waveOf, type Wave } from './peaks.ts'

const SPEEDS = [1, 1.5, 2] as const
/** What an arrow key moves, and its largest share of a short message. */
const KEY_SECONDS = 5
const KEY_SHARE = 0.1

/** Only one message plays at a time on the page. */
let playing: HTMLAudioElement | undefined

type PlayerProps = {
  source: string
  /** Of the file, where it has one: said when it cannot be played. */
  name?: string | undefined
  /** A voice message. False: a file with sound. */
  isVoice: boolean
  /** Who spoke: name, and what decides the colour of the picture. */
  who: { name: string; of: string }
  isPlayed: boolean
  onPlay: (() => void) | undefined
}

/** A voice message: play, the shape of its sound to look at and to move in, who spoke, or the speed. */
export function VoicePlayer({ source, name, isVoice, who, isPlayed, onPlay }: PlayerProps) {
  const { t } = useWords()
  const sound = useSound(source)
  const { audio, at, seconds, isPlaying, isBroken } = sound
  const [speed, setSpeed] = useState(0)
  const wave = useWave(source, audio, seconds)
  const length = seconds || wave?.seconds || 0

  function go(to: number): void {
    sound.seek(Math.max(0, Math.min(to, length)))
  }
  function press(event: KeyboardEvent): void {
    const forward = getComputedStyle(event.currentTarget).direction === 'rtl' ? -1 : 1
    const step = Math.min(KEY_SECONDS, length * KEY_SHARE)
    const by = { ArrowRight: forward, ArrowUp: 1, ArrowLeft: -forward, ArrowDown: -1 }[event.key]
    if (by === undefined) return
    event.preventDefault()
    go(at + by * step)
  }

  if (isBroken)
    return (
      <div className="bubble-media-missing" data-kind="audio">
        <Icon name="audio" size={26} />
        <span className="media-name">
          {name !== undefined && (
            <>
              <Auto>{name}</Auto>
              <br />
            </>
          )}
          {t('This sound cannot be played here')}
        </span>
      </div>
    )
  return (
    <div className="voice" data-played={isPlayed || undefined}>
      <audio ref={audio} src={source} preload="metadata" onPlay={onPlay} />
      {isPlaying || at > 0 ? (
        <button
          type="button"
          className="voice-speed"
          aria-label={t('Speed {n}', { n: SPEEDS[speed]! })}
          onClick={() => {
            const next = (speed + 1) % SPEEDS.length
            setSpeed(next)
            if (audio.current) audio.current.playbackRate = SPEEDS[next]!
          }}
        >
          {SPEEDS[speed]}×
        </button>
      ) : (
        <span className="voice-who">
          {isVoice ? <Avatar name={who.name} of={who.of} /> : <Icon name="audio" size={22} />}
          {isVoice && <Icon name="mic" size={15} />}
        </span>
      )}
      <button
        type="button"
        className="voice-play"
        aria-label={isPlaying ? t('Pause') : t('Play')}
        onClick={() => sound.toggle(SPEEDS[speed]!)}
      >
        <svg width="22" height="22" viewBox="0 0 24 24" fill="currentColor" aria-hidden>
          <path d={isPlaying ? 'M6 5h4v14H6zM14 5h4v14h-4z' : 'M7 4.5v15l12.500-7.500z'} />
        </svg>
      </button>
      <span className="voice-body">
        <span className="voice-wave">
          <Bars wave={wave} share={length > 0 ? at / length : 0} />
          <input
            type="range"
            min={0}
            max={length || 1}
            step="any"
            value={Math.min(at, length)}
            aria-label={isVoice ? t('Voice message') : t('audio')}
            aria-valuetext={t('{at} of {length}', { at: lengthOf(at * 1000), length: lengthOf(length * 1000) })}
            onChange={(event) => go(Number(event.currentTarget.value))}
            onKeyDown={press}
          />
        </span>
        <span className="voice-time">
          <Auto>{lengthOf((at > 0 ? at : length) * 1000)}</Auto>
        </span>
      </span>
    </div>
  )
}

/** The state of an audio element. */
function useSound(source: string) {
  const audio = useRef<HTMLAudioElement>(null)
  const [at, setAt] = useState(0)
  const [seconds, setSeconds] = useState(0)
  const [isPlaying, setPlaying] = useState(false)
  const [isBroken, setBroken] = useState(false)
  useEffect(() => {
    const { current } = audio
    if (!current) return
    let frame = 0
    const follow = (): void => {
      setAt(current.currentTime)
      frame = current.paused ? 0 : requestAnimationFrame(follow)
    }
    const measure = (): void => setSeconds(Number.isFinite(current.duration) ? current.duration : 0)
    const on: Record<string, () => void> = {
      loadedmetadata: measure,
      durationchange: measure,
      play: () => {
        if (playing !== current) playing?.pause()
        playing = current
        setPlaying(true)
        cancelAnimationFrame(frame)
        follow()
      },
      pause: () => setPlaying(false),
      seeked: () => setAt(current.currentTime),
      ended: () => {
        current.currentTime = 0
        setAt(0)
      },
      error: () => setBroken(true),
    }
    for (const [name, act] of Object.entries(on)) current.addEventListener(name, act)
    // It may have loaded, or failed, before this effect.
    if (current.error) setBroken(true)
    else if (current.readyState > 0) measure()
    return () => {
      cancelAnimationFrame(frame)
      for (const [name, act] of Object.entries(on)) current.removeEventListener(name, act)
      current.pause()
      if (playing === current) playing = undefined
    }
  }, [source])
  return {
    ...{ audio, at, seconds, isPlaying, isBroken },
    seek(to: number): void {
      if (!audio.current) return
      audio.current.currentTime = to
      setAt(to)
    },
    toggle(speed: number): void {
      const { current } = audio
      if (!current) return
      current.playbackRate = speed
      if (current.paused) current.play().catch(() => setBroken(true))
      else current.pause()
    },
  }
}

/** The waveform, decoded when the message is first seen. */
function useWave(source: string, audio: { current: HTMLAudioElement | null }, seconds: number): Wave | undefined {
  const [wave, setWave] = useState<Wave>()
  useEffect(() => {
    const box = audio.current?.parentElement
    if (!box || seconds === 0) return
    let isOver = false
    const watch = new IntersectionObserver((seen) => {
      if (!seen.some((one) => one.isIntersecting)) return
      watch.disconnect()
      void waveOf(source, seconds).then((found) => !isOver && setWave(found))
    })
    watch.observe(box)
    return () => {
      isOver = true
      watch.disconnect()
    }
  }, [source, audio, seconds])
  return wave
}

const WIDE = 4
const HIGH = 30

/** Until the sound is decoded, and where it cannot be, the bars are dots. */
function Bars({ wave, share }: { wave: Wave | undefined; share: number }) {
  const path = Array.from({ length: BARS }, (_, i) => {
    const half = Math.max(0.5, ((wave?.bars[i] ?? 0) * (HIGH - 3)) / 2)
    return `M${i * WIDE + 2} ${HIGH / 2 - half}v${2 * half}`
  }).join('')
  const size = { viewBox: `0 0 ${BARS * WIDE} ${HIGH}`, preserveAspectRatio: 'none' }
  const right = `inset(0 ${100 - 100 * share}% 0 0)`
  return (
    <>
      <svg {...size} aria-hidden>
        <path d={path} />
      </svg>
      <svg {...size} aria-hidden data-done style={{ clipPath: right }}>
        <path d={path} />
      </svg>
    </>
  )
}
