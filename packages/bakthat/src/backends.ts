import type { BackendDefinition } from '@bakthat/storage'

/** Every destination that comes with Bakthat, loaded when it is first used. */
export const backendDefinitions: ReadonlyMap<string, () => Promise<BackendDefinition>> = new Map([
  ['local', async (): Promise<BackendDefinition> => (await import('@bakthat/local')).local],
  ['glacier', async (): Promise<BackendDefinition> => (await import('@bakthat/glacier')).glacier],
  ['s3', async (): Promise<BackendDefinition> => (await import('@bakthat/s3')).s3],
])
