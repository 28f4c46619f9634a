import { isAbsolute, normalize } from 'node:path'

import { BakthatError, defineBackend, Plugin } from '@bakthat/plugin-sdk'

import { openStore } from './store.js'

/** Adds the destination `sample`. */
export class SamplePlugin extends Plugin {
  activate(): void {
    this.backends.add(
      defineBackend({
        scheme: 'sample',
        parse: ({ sample_dir: directory }) => {
          if (typeof directory === 'string' && isAbsolute(directory)) return normalize(directory)
          throw new BakthatError('INVALID_CONFIG', 'sample_dir is not an absolute path', {
            hint: 'write sample_dir: /mnt/sample into the profile',
          })
        },
        open: (directory) => openStore(directory),
      }),
    )
  }
}
