import { resolve } from 'node:path'
import { givenList } from '@bakthat/errors'
import { toByteString } from '../paths/byte-string.js'
import { createPatternFinder } from '../paths/patterns.js'
import type { PackOptions } from './contract.js'
import type { WalkOptions } from './tree-walk.js'

/** What of a tree is walked. */
export async function walkChoice({
  exclude,
  excludeCaches = false,
  oneFileSystem = false,
  omit = [],
}: Pick<PackOptions, 'exclude' | 'excludeCaches' | 'oneFileSystem' | 'omit'>): Promise<
  Pick<WalkOptions, 'excludedBy' | 'excludeCaches' | 'oneFileSystem' | 'omit'>
> {
  return {
    excludedBy: await createPatternFinder(givenList('exclude', exclude)),
    excludeCaches,
    oneFileSystem,
    omit: omit.map((path) => toByteString(resolve(path))),
  }
}
