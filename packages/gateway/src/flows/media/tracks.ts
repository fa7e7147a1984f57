import type { ContentType } from './content.ts'
import type { MediaKind } from './formats.ts'
import { tracksOf, type ReadRange, type Track } from './track-reader.ts'
import { refuse, type Refusal } from '../../domain/media/verdict.ts'

/** True for types whose tracks decide whether WhatsApp accepts the file. */
export const hasTracks = (type: ContentType | undefined): boolean =>
  type === 'video/mp4' || type === 'video/3gpp' || type === 'audio/mp4'

/**
 * The reason why the tracks of an MP4 or 3GP file are refused: video that is not H.264, sound that is not AAC, more
 * than one sound track. `undefined` when there is none, or when the tracks cannot be read: damage proves nothing.
 */
export async function refusalOfTracks(kind: MediaKind, size: number, read: ReadRange): Promise<Refusal | undefined> {
  const tracks = await tracksOf(size, read)
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
