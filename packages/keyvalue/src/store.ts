import { loadSettings, type Settings } from '@bakthat/config'
import { BakthatError } from '@bakthat/errors'
import { registers, type BackendDefinition, type Registers, type StorageBackend } from '@bakthat/storage'
import type { KeyValueOptions } from './contract.js'

/** The opened place of values. */
export interface Store {
  readonly settings: Settings
  readonly backend: StorageBackend
  readonly registers: Registers
}

const definitions: ReadonlyMap<string, () => Promise<BackendDefinition>> = new Map([
  ['local', async (): Promise<BackendDefinition> => (await import('@bakthat/local')).local],
  ['s3', async (): Promise<BackendDefinition> => (await import('@bakthat/s3')).s3],
])

export async function openStore({ conf, config, profile, destination }: KeyValueOptions): Promise<Store> {
  const settings = await loadSettings({
    ...(conf !== undefined && { conf }),
    ...(config !== undefined && { file: config }),
    ...(profile !== undefined && { profile }),
  })
  const scheme = destination ?? (settings.defaultDestination === 'glacier' ? 's3' : settings.defaultDestination)
  const definition = await definitions.get(scheme)?.()
  const backend = await definition?.open({ ...settings.conf, local_dir: settings.localDir })
  const talent = backend && registers(backend)
  if (backend !== undefined && talent !== undefined) return { settings, backend, registers: talent }
  throw new BakthatError('INVALID_INPUT', `values of keys cannot be kept in ${JSON.stringify(scheme)}`, {
    hint: `choose one of: ${[...definitions.keys()].join(', ')}`,
  })
}
