import {
  BlobSource,
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacketSink,
  Input,
  MP4,
  OggOutputFormat,
  Output,
  WEBM,
} from 'mediabunny'

/** The MIME type that WhatsApp gives a voice message. */
const VOICE = 'audio/ogg; codecs=opus'

/**
 * Converts a browser's recording to the container that WhatsApp uses. Chromium records the same codec (Opus) in WebM,
 * so the packets are copied and not encoded again. A recording with a codec that Ogg does not support stays unchanged.
 */
export async function toVoice(recording: Blob): Promise<{ blob: Blob; mimeType: string }> {
  const as = recording.type.split(';', 1)[0] ?? ''
  if (as === 'audio/ogg') return { blob: recording, mimeType: VOICE }
  using input = new Input({ source: new BlobSource(recording), formats: [WEBM, MP4] })
  const track = await input.getPrimaryAudioTrack()
  const config = await track?.getDecoderConfig()
  if (!track || !config || (await track.getCodec()) !== 'opus') return { blob: recording, mimeType: as }
  const target = new BufferTarget()
  const output = new Output({ format: new OggOutputFormat(), target })
  const source = new EncodedAudioPacketSource('opus')
  output.addAudioTrack(source)
  await output.start()
  for await (const packet of new EncodedPacketSink(track).packets()) await source.add(packet, { decoderConfig: config })
  await output.finalize()
  return { blob: new Blob([target.buffer ?? new ArrayBuffer(0)], { type: VOICE }), mimeType: VOICE }
}
