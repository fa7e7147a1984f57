import type { FastifyRequest } from 'fastify'
import type { Channel } from '../domain/channels/channel.ts'
import { hasChannel } from '../domain/people/principal.ts'

/** The channels that a caller may see. */
export function ownChannels(
  directory: { channels: () => readonly Channel[] },
  { principal }: Pick<FastifyRequest, 'principal'>,
): readonly Channel[] {
  const all = directory.channels()
  return principal ? all.filter(({ id }) => hasChannel(principal, id)) : all
}
