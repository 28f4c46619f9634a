import type { Conf, Settings } from './contract.js'
import { placeDefinitions } from './definitions.js'

/** Keys of credentials, or of where this machine alone has some. */
const ofThisMachine = ['aws_profile']

/**
 * The keys of a profile by which another machine finds what is stored in a destination: never those that give access to it, nor any
 * that may be a plugin's, for nobody here knows which of those are secret.
 */
export function whereabouts({ conf, localDir }: Settings, destination: string): Conf {
  const places = placeDefinitions.filter(
    (definition) => !('isSecret' in definition) && !ofThisMachine.includes(definition.key),
  )
  const given = places.map(({ key }) => [key, conf[key as keyof Conf]] as const)
  return {
    default_destination: destination,
    ...(destination === 'local' && { local_dir: localDir }),
    ...(Object.fromEntries(given.filter(([, value]) => value !== undefined)) as Conf),
  }
}
