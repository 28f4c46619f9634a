/** Servers of which something is known. */
export type Provider = 'aws' | 'minio' | 'ceph' | 'r2' | 'b2' | 'wasabi' | 'seaweedfs' | 'garage'

/** What a server is known to need. */
export interface Traits {
  readonly region: string
  /** Whether the bucket goes into the path of addresses unless the settings say otherwise. */
  readonly pathStyle: boolean
  /** Whether checksums of whole objects (CRC32, `FULL_OBJECT`) are taken, checked and given back. */
  readonly checksums: boolean
  /** Whether all parts of an upload but the last must be of one size. */
  readonly equalParts: boolean
}

const unknown: Traits = { region: 'us-east-1', pathStyle: true, checksums: false, equalParts: false }

const traits: Readonly<Record<Provider, Traits>> = {
  aws: { ...unknown, pathStyle: false, checksums: true },
  minio: unknown,
  ceph: unknown,
  r2: { ...unknown, region: 'auto', equalParts: true },
  b2: unknown,
  wasabi: unknown,
  seaweedfs: unknown,
  garage: { ...unknown, region: 'garage' },
}

/** What is known of the provider; without one, AWS where no endpoint says otherwise, else a server that promises nothing. */
export function traitsOf(provider: Provider | undefined, endpoint: string | undefined): Traits {
  if (provider !== undefined) return traits[provider]
  return endpoint === undefined ? traits.aws : unknown
}
