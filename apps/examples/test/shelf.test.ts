import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, it } from '@jest/globals'
import { describeStorageBackend } from '@bakthat/storage-testing'
import { openShelf } from '../src/plugins/shelf.js'

describeStorageBackend(
  'a shelf',
  { describe, it },
  {
    async create() {
      const parent = await mkdtemp(join(tmpdir(), 'bakthat-shelf-'))
      const directory = join(parent, 'shelf')
      return {
        backend: openShelf(directory),
        reopen: () => Promise.resolve(openShelf(directory)),
        leftovers: async () => (await readdir(directory).catch(() => [])).filter((entry) => entry.includes('.')),
        dispose: () => rm(parent, { recursive: true }),
      }
    },
  },
)
