import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

import { describe, it } from '@jest/globals'
import { openLocal, type LocalOptions } from '@bakthat/local'
import { describeRegisters, describeStorageBackend, type Fixture } from '@bakthat/storage-testing'

async function inDirectory(options?: LocalOptions): Promise<Fixture> {
  const parent = await mkdtemp(join(tmpdir(), 'bakthat-local-'))
  const directory = join(parent, 'made/by the first put')
  return {
    backend: openLocal(directory, options),
    reopen: () => Promise.resolve(openLocal(directory, options)),
    leftovers: () => hiddenFiles(parent),
    dispose: () => rm(parent, { recursive: true }),
  }
}

async function hiddenFiles(directory: string): Promise<readonly string[]> {
  const found = await readdir(directory, { recursive: true })
  return found.filter((path) => /\.(partial|claim)$/.test(basename(path)))
}

const runner = { describe, it }

describeStorageBackend('a directory', runner, { create: () => inDirectory() })
describeStorageBackend('a directory without hard links', runner, { create: () => inDirectory({ hardLinks: false }) })
describeRegisters('a directory', runner, { create: () => inDirectory() })
