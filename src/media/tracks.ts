import { refuse, type Refusal } from './verdict.ts'
import type { MediaKind } from './formats.ts'

/** Gives exactly the bytes from `start` up to `end`, or throws. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>

type Track = { type: string; codec: string | null; id: string }

/**
 * What speaks against an MP4 or 3GP file's tracks: video that is not H.264, sound that is not AAC, more than one
 * sound track. `undefined` when nothing does, or when the tracks cannot be read: damage is no evidence.
 */
export async function refusalOfTracks(kind: MediaKind, size: number, read: ReadRange): Promise<Refusal | undefined> {
  const tracks = await tracksOf(size, read).catch(() => [])
  if (tracks.length === 0) return undefined
  const videos = tracks.filter((track) => track.type === 'video')
  const audios = tracks.filter((track) => track.type === 'audio')
  if (kind === 'audio') {
    if (videos.length === 0) return undefined
    return refuse('type', 'media_type_wrong', 'the file is a video; send it as one', { actual: 'video/mp4' })
  }
  if (videos.length === 0) {
    return refuse('type', 'media_type_wrong', 'the file has sound and no picture; send it as audio', {
      actual: 'audio/mp4',
    })
  }
  const picture = videos.find((track) => track.codec !== 'avc')
  if (picture) {
    return refuse('codec', 'video_codec', `the video is ${nameOf(picture)}; it must be H.264`, {
      actual: nameOf(picture),
    })
  }
  if (audios.length > 1) {
    const message = `the video has ${audios.length} audio streams; it may have one or none`
    return refuse('tracks', 'video_audio_tracks', message, { limit: 1, actual: audios.length })
  }
  const sound = audios.find((track) => track.codec !== 'aac')
  if (sound) {
    const message = `the video's audio is ${nameOf(sound)}; it must be AAC`
    return refuse('codec', 'video_audio_codec', message, { actual: nameOf(sound) })
  }
  return undefined
}

const NAMES: Record<string, string> = { hevc: 'HEVC (H.265)', mp3: 'MP3', vp9: 'VP9', av1: 'AV1', opus: 'Opus' }

function nameOf(track: Track): string {
  return track.codec ? (NAMES[track.codec] ?? track.codec) : `of an unknown codec (${track.id})`
}

async function tracksOf(size: number, read: ReadRange): Promise<Track[]> {
  const { Input, CustomSource, MP4, QTFF } = await parser()
  const source = new CustomSource({
    getSize: () => size,
    read,
    maxCacheSize: 4 * 1024 * 1024,
    // A read that ends after we lost interest.
    handleUnhandledError: () => {},
  })
  const input = new Input({ formats: [MP4, QTFF], source })
  try {
    const tracks: Track[] = []
    for (const track of await input.getTracks()) {
      const id = String(track.internalCodecId)
        .replace(/[^\w.-]/g, '?')
        .slice(0, 20)
      tracks.push({ type: track.type, codec: await track.getCodec(), id })
    }
    return tracks
  } finally {
    input.dispose()
  }
}

let loaded: Promise<typeof import('mediabunny')> | undefined

/** Loaded at the first video, not at start-up: it costs a tenth of a second and some megabytes. */
function parser(): Promise<typeof import('mediabunny')> {
  loaded ??= import('mediabunny').then((library) => {
    library.Logging.level = library.LogLevel.Silent
    return library
  })
  return loaded
}
