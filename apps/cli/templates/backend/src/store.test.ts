import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from 'node:test'

import { describeStorageBackend } from '@bakthat/storage-testing'

import { openStore } from './store.js'

describeStorageBackend(
  'sample',
  { describe, it },
  {
    /** A container of its own for each test. */
    async create() {
      const directory = await mkdtemp(join(tmpdir(), 'sample-'))
      return {
        backend: openStore(directory),
        reopen: async () => openStore(directory),
        leftovers: async () => (await readdir(directory)).filter((file) => file.endsWith('.partial')),
        dispose: () => rm(directory, { recursive: true }),
      }
    },
  },
)
