import type { GlacierOptions } from './options.js'

/** Where a vault lies unless the options say otherwise. */
export const defaultRegion = 'us-east-1'

/** The same words on every host, without credentials: names of vaults are unique in a region of an account. */
export function containerOf({ vault, region = defaultRegion, endpoint }: GlacierOptions): string {
  return `${endpoint === undefined ? 'aws' : new URL(endpoint).host}/${region}/${vault}`
}

/** What messages call a vault, or something in it. */
export function addressOf(vault: string, what?: string): string {
  return what === undefined ? `the vault ${vault}` : `${what} in the vault ${vault}`
}
