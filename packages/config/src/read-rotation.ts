import type { Conf } from './contract.js'
import { rotation as definition } from './definitions.js'
import { Mistakes } from './mistakes.js'
import { objectNode } from './object-node.js'
import { readGroup } from './profile.js'

/** The rules of a rotation, as the key `rotation` has them. */
export type Rotation = NonNullable<Conf['rotation']>

/**
 * Checks rules that a call was given as those of a profile are checked, and gives them in their one form: days of the week
 * are numbers. `INVALID_CONFIG` lists every mistake.
 */
export function readRotation(rotation: Rotation): Rotation {
  const mistakes = new Mistakes('rotation')
  const level = { label: '', known: [], isOpen: false, mistakes, resolvePath: (path: string) => path }
  const read = readGroup({ key: 'rotation', line: undefined, node: objectNode(rotation) }, definition, level)
  mistakes.throwIfAny()
  return read ?? {}
}
