import { command, lines, names, paths, recipients, words } from './list-kinds.js'
import { choice, path, text, wholeNumber, word, yesOrNo } from './scalar-kinds.js'
import { address, bandwidth, interval, scheme, timeZone, weekDay } from './special-kinds.js'
import type { ValueKind } from './value-kind.js'

interface Described {
  readonly key: string
  /** One line for people: what it is for. */
  readonly description: string
}

/** A key with a value. */
export interface KeyDefinition extends Described {
  readonly kind: ValueKind
  /** Whether the value gives access to something. */
  readonly isSecret?: true
  /** Whether nothing as a value is a mistake: it would leave backups in the clear that were meant to be encrypted. */
  readonly needsValue?: true
  /** Whether the map that it stands in is of no use without it. */
  readonly isRequired?: true
  /** Whether the Python tool alone used it. */
  readonly isLegacy?: true
}

/** A key whose value is a map of more keys. */
export interface GroupDefinition extends Described {
  readonly keys: readonly KeyDefinition[]
}

export type Definition = KeyDefinition | GroupDefinition

/** The destinations that come with Bakthat, and the Python tool's third, whose profiles are read all the same. */
export const destinations = ['local', 's3', 'glacier', 'swift'] as const

const count = wholeNumber(0)

const general: readonly Definition[] = [
  { key: 'default_destination', kind: scheme, description: 'where backups go when a call does not say' },
  { key: 'local_dir', kind: path, description: 'directory of the destination local' },
  { key: 'database', kind: path, description: 'file of the catalog' },
]

const packing: readonly Definition[] = [
  { key: 'compression', kind: choice('zstd', 'gzip', 'none'), description: 'how archives are compressed' },
  {
    key: 'compression_level',
    kind: wholeNumber(1, 19),
    description: 'higher is smaller and slower: zstd 1 to 19, 3 by default; gzip 1 to 9, 6',
  },
  { key: 'compress', kind: yesOrNo, description: 'older switch: false is compression none, true is gzip' },
  { key: 'exclude', kind: lines, description: 'patterns of what to leave out, as in a .gitignore' },
  { key: 'tags', kind: words, description: 'tags that every backup gets' },
]

const encryption: readonly Definition[] = [
  {
    key: 'recipients',
    kind: recipients,
    needsValue: true,
    description: 'age recipients that every backup is encrypted to',
  },
  { key: 'recipients_file', kind: path, needsValue: true, description: 'file of age recipients, one on each line' },
  { key: 'identity', kind: paths, description: 'files of age identities, for reading backups' },
  { key: 'password_file', kind: path, needsValue: true, description: 'file that holds the passphrase' },
  { key: 'password_command', kind: command, needsValue: true, description: 'command that prints the passphrase' },
]

export const rotation: GroupDefinition = {
  key: 'rotation',
  description: 'which backups rotation keeps',
  keys: [
    { key: 'last', kind: count, description: 'keeps the newest so many' },
    { key: 'hours', kind: count, description: 'keeps the newest of each of so many hours' },
    { key: 'days', kind: count, description: 'keeps the newest of each of so many days' },
    { key: 'weeks', kind: count, description: 'keeps the newest of each of so many weeks' },
    { key: 'months', kind: count, description: 'keeps the newest of each of so many months' },
    { key: 'years', kind: count, description: 'keeps the newest of each of so many years' },
    { key: 'within', kind: interval, description: 'keeps all that are at most this much older than the newest' },
    { key: 'first_week_day', kind: weekDay, description: 'day that a week begins with; Saturday, 5, by default' },
    { key: 'time_zone', kind: timeZone, description: 'whose clock tells days apart; UTC by default' },
    { key: 'policy', kind: choice('newest', 'grandfatherson'), description: 'algorithm; newest by default' },
  ],
}

const s3: readonly Definition[] = [
  {
    key: 'access_key',
    kind: word,
    isSecret: true,
    description: 'AWS access key id; without it the usual AWS sources are asked',
  },
  { key: 'secret_key', kind: word, isSecret: true, description: 'AWS secret access key' },
  { key: 'session_token', kind: word, isSecret: true, description: 'session token of temporary AWS credentials' },
  { key: 'aws_profile', kind: text, description: 'profile of the shared AWS configuration to take credentials from' },
  { key: 'region_name', kind: word, description: 'AWS region; default of S3 is that of the AWS tools, else us-east-1' },
  { key: 's3_bucket', kind: word, description: 'bucket of the destination s3' },
  { key: 's3_prefix', kind: text, description: 'what names in the bucket begin with' },
  {
    key: 'storage_class',
    kind: word,
    description: 'S3 storage class of archives, such as STANDARD_IA or DEEP_ARCHIVE',
  },
  { key: 's3_reduced_redundancy', kind: yesOrNo, description: 'storage class REDUCED_REDUNDANCY' },
  { key: 'endpoint', kind: address, description: 'address of a server that speaks S3 and is not Amazon' },
  {
    key: 'path_style',
    kind: yesOrNo,
    description: 'whether the bucket stands in the path of addresses, not in the host name',
  },
  {
    key: 'provider',
    kind: choice(
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
    ),
    description: 'whose server it is, for what that one is known to need',
  },
  {
    key: 'max_upload_parts',
    kind: wholeNumber(1, 10_000),
    description: 'parts that an upload can have on a server that takes fewer than 10,000',
  },
  {
    key: 'sse',
    kind: choice('AES256', 'aws:kms', 'aws:kms:dsse'),
    description: 'encryption by the server, beside our own',
  },
  { key: 'sse_kms_key_id', kind: word, description: 'KMS key for sse aws:kms' },
  {
    key: 'object_lock',
    description: 'how long nobody can delete what was stored',
    keys: [
      {
        key: 'mode',
        kind: choice('governance', 'compliance'),
        isRequired: true,
        description: 'whether privileged users may, or nobody',
      },
      { key: 'days', kind: wholeNumber(1, 36_500), isRequired: true, description: 'for how many days' },
    ],
  },
  {
    key: 'bandwidth_limit',
    kind: bandwidth,
    description: 'most that all uploads and downloads come to together; 10M is 10,000,000',
  },
]

const glacier: readonly Definition[] = [
  { key: 'glacier_vault', kind: word, description: 'vault of the destination glacier' },
  { key: 'glacier_endpoint', kind: address, description: 'address of Glacier where it is not that of the region' },
]

const plugins: readonly Definition[] = [
  { key: 'plugins_dir', kind: path, description: "directory of one's own plugins" },
  { key: 'plugins', kind: names, description: 'plugins to load: file.Export, npm:package or npm:package#Export' },
]

const legacy: readonly Definition[] = [
  { key: 'auth_url', kind: text, isLegacy: true, description: 'OpenStack Swift, which Bakthat does not store to' },
  { key: 'auth_version', kind: text, isLegacy: true, description: 'OpenStack Swift, which Bakthat does not store to' },
  {
    key: 'bakmanager_token',
    kind: text,
    isLegacy: true,
    isSecret: true,
    description: 'BakManager, which Bakthat does not report to',
  },
  { key: 'bakmanager_api', kind: text, isLegacy: true, description: 'BakManager, which Bakthat does not report to' },
]

/** Every key that a profile can have. */
export const definitions: readonly Definition[] = [
  ...general,
  ...packing,
  ...encryption,
  rotation,
  ...s3,
  ...glacier,
  ...plugins,
  ...legacy,
]

/** The keys that say where backups are stored, and how those are reached that are not of this machine. */
export const placeDefinitions: readonly Definition[] = [...s3, ...glacier]

/** What people write for a key that has another name: in other tools, or in this one's options. */
export const otherNames: ReadonlyMap<string, string> = new Map([
  ['aws_access_key_id', 'access_key'],
  ['aws_secret_access_key', 'secret_key'],
  ['aws_session_token', 'session_token'],
  ['bucket', 's3_bucket'],
  ['destination', 'default_destination'],
  ['directory', 'local_dir'],
  ['endpoint_url', 'endpoint'],
  ['identity_file', 'identity'],
  ['level', 'compression_level'],
  ['passphrase', 'password_file'],
  ['password', 'password_file'],
  ['prefix', 's3_prefix'],
  ['recipient', 'recipients'],
  ['region', 'region_name'],
  ['vault', 'glacier_vault'],
])
