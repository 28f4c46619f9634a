import { describe, it } from '@jest/globals'
import { openGlacier, type GlacierOptions } from '@bakthat/glacier'
import { describeStorageBackend, type Fixture } from '@bakthat/storage-testing'

import { mebibyte, TestVault } from './vault.js'

async function inVault(more: Partial<GlacierOptions> = {}): Promise<Fixture> {
  const { emulator, vault, backend, options } = await TestVault.make(more)
  emulator.takeInventory()
  return {
    backend,
    reopen: () => Promise.resolve(openGlacier(options)),
    thaw: async () => {
      emulator.finishJobs()
    },
    lapse: async () => {
      emulator.clock.advance(25 * 3_600_000)
    },
    takeInventory: async () => {
      emulator.takeInventory()
    },
    leftovers: () => Promise.resolve([...vault.uploads.values()].map(({ description }) => description)),
    dispose: async () => {
      await backend.close()
      await emulator.stop()
    },
  }
}

describeStorageBackend('a vault', { describe, it }, { create: () => inVault() })
describeStorageBackend(
  'a vault, in parts of 1 MiB',
  { describe, it },
  { create: () => inVault({ partSize: mebibyte }) },
)
