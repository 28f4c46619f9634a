/** Servers of which something is known. */
export const providers = [
  'aws',
  'minio',
  'ceph',
  'r2',
  'b2',
  'wasabi',
  'seaweedfs',
  'garage',
  'scaleway',
  'digitalocean',
  'hetzner',
  'gcs',
] as const

export type Provider = (typeof providers)[number]

/** What a server is known to need. `docs/s3.md` has the sources. */
export interface Traits {
  /** Of AWS it is only known where the host name of an endpoint tells it. */
  readonly region: string | undefined
  /** Whether the bucket goes into the path of addresses unless the settings say otherwise. */
  readonly pathStyle: boolean
  /** Whether checksums of whole objects (CRC32, `FULL_OBJECT`) are taken, checked and given back. */
  readonly checksums: boolean
  /** Whether `If-None-Match` keeps what is there, which nobody need look for before, then. */
  readonly conditions: boolean
  /** Whether all parts of an upload but the last must be of one size. */
  readonly equalParts: boolean
  /** Parts that an upload can have. */
  readonly parts: number
  /** Days that every object is paid for, whatever its class. */
  readonly minimumStorageDays: number
}

/** What differs from a server of which nothing is known, and its host names: the first group is the region. */
type Known = Partial<Traits> & { readonly hosts?: RegExp }

const unknown: Traits = {
  region: 'us-east-1',
  pathStyle: true,
  checksums: false,
  conditions: false,
  equalParts: false,
  parts: 10_000,
  minimumStorageDays: 0,
}

const known: Readonly<Record<Provider, Known>> = {
  aws: {
    region: undefined,
    pathStyle: false,
    checksums: true,
    conditions: true,
    hosts: /(?:^|\.)s3(?:-fips)?(?:\.dualstack)?(?:[.-]([a-z]+-[a-z-]+-\d))?\.amazonaws\.(?:com|com\.cn|eu)$/,
  },
  minio: {},
  ceph: {},
  r2: { region: 'auto', equalParts: true, hosts: /\.r2\.cloudflarestorage\.com$/ },
  b2: { hosts: /(?:^|\.)s3\.([a-z0-9-]+)\.backblazeb2\.com$/ },
  wasabi: { minimumStorageDays: 90, hosts: /(?:^|\.)s3(?:\.([a-z0-9-]+))?\.wasabisys\.com$/ },
  seaweedfs: {},
  garage: { region: 'garage' },
  scaleway: { parts: 1000, hosts: /(?:^|\.)s3\.([a-z0-9-]+)\.scw\.cloud$/ },
  digitalocean: { hosts: /(?:^|\.)([a-z0-9-]+)\.digitaloceanspaces\.com$/ },
  hetzner: { hosts: /(?:^|\.)([a-z0-9-]+)\.your-objectstorage\.com$/ },
  gcs: { region: 'auto', hosts: /(?:^|\.)storage\.googleapis\.com$/ },
}

/**
 * What is known of the provider. Without one the endpoint's host name tells; without an endpoint it is AWS. A region that
 * stands in the host name is the region.
 */
export function traitsOf(provider: Provider | undefined, endpoint: string | undefined): Traits {
  const host = endpoint === undefined ? '' : new URL(endpoint).hostname
  const named = provider ?? (endpoint === undefined ? 'aws' : providers.find((one) => known[one].hosts?.test(host)))
  if (named === undefined) return unknown
  const { hosts, ...traits } = known[named]
  const region = hosts?.exec(host)?.[1]
  return { ...unknown, ...traits, ...(region === undefined ? {} : { region }) }
}
