import { BakthatError } from '@bakthat/errors'
import type { KeyValue } from '@bakthat/keyvalue'
import { defined } from '../../given.js'
import { destinationOptions, required } from '../../options.js'

export const keyArgument = required('key', 'The key, such as settings or web/settings')

/** Which settings apply, and where values are kept. */
export const storeOptions = {
  ...destinationOptions,
  destination: {
    ...destinationOptions.destination,
    description: 'Where values are kept: local or s3 (default: as configured)',
  },
}

type Settings = { readonly [Name in 'config' | 'profile' | 'destination']?: string | undefined }

/** Lets `act` use the store that the options name, and closes it. */
export async function withStore<T>(given: Settings, act: (kv: KeyValue) => Promise<T>): Promise<T> {
  const { KeyValue } = await import('@bakthat/keyvalue')
  const { config, profile, destination } = given
  await using kv = new KeyValue(defined({ config, profile, destination }))
  return await act(kv)
}

export function noSuchKey(key: string): BakthatError {
  return new BakthatError('NOT_FOUND', `there is no key ${JSON.stringify(key)}`, {
    hint: 'bakthat kv list shows the keys',
  })
}
