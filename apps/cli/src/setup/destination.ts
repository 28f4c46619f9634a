import { join } from 'node:path'
import { home } from '@bakthat/config'
import { BakthatError } from '@bakthat/errors'
import type { Given } from '../command.js'
import { groups, value } from '../options.js'
import { lastingPath, needed, type Changes, type Step } from './changes.js'

const group = groups.target

export const placeOptions = {
  'local-dir': value('DIR', { group, description: 'Directory of the destination local' }),
  bucket: value('NAME', { group, description: 'Bucket of the destination s3' }),
  vault: value('NAME', { group, description: 'Vault of the destination glacier' }),
  region: value('NAME', { group, description: 'AWS region of the bucket or vault' }),
  endpoint: value('URL', { group, description: 'Address of a server that speaks S3 and is not Amazon' }),
}

type PlaceGiven = Given<typeof placeOptions> & { readonly destination?: string | undefined }

const kinds = [
  { value: 's3', label: 'S3', hint: 'Amazon, or a server that speaks it' },
  { value: 'local', label: 'a directory', hint: 'a disk, a mounted share' },
  { value: 'glacier', label: 'a Glacier vault', hint: 'cheap, and hours to get something back' },
] as const

/** Where backups go. */
export async function destinationChanges(given: PlaceGiven, step: Step): Promise<Changes> {
  refuseEmpty(given)
  const destination = given.destination ?? impliedBy(given) ?? (await askDestination(step))
  if (destination === 'local') return { default_destination: destination, ...(await localChanges(given, step)) }
  if (destination === 's3') return { default_destination: destination, ...(await s3Changes(given, step)) }
  if (destination === 'glacier') return { default_destination: destination, ...(await vaultChanges(given, step)) }
  return destination === undefined ? {} : { default_destination: destination }
}

/** A shell makes it of a variable that is not set. An empty address is one: Amazon's. */
function refuseEmpty(given: PlaceGiven): void {
  const empty = (['local-dir', 'bucket', 'vault', 'region'] as const).find((name) => given[name] === '')
  if (empty !== undefined)
    throw new BakthatError('INVALID_INPUT', `--${empty} is empty`, { hint: 'give a value, or leave it out' })
}

function impliedBy({ bucket, vault, ...given }: PlaceGiven): string | undefined {
  if (bucket !== undefined) return 's3'
  if (vault !== undefined) return 'glacier'
  return given['local-dir'] === undefined ? undefined : 'local'
}

async function askDestination({ interview, conf }: Step): Promise<string | undefined> {
  const usual = kinds.find(({ value: kind }) => kind === conf.default_destination)?.value ?? 's3'
  return interview?.choose('Where should backups go?', kinds, usual)
}

async function localChanges(given: PlaceGiven, { interview, conf }: Step): Promise<Changes> {
  const usual = conf.local_dir ?? join(home(process.env), 'backups')
  const directory = given['local-dir'] ?? (await interview?.line('Directory', usual, needed))
  return directory === undefined ? {} : { local_dir: lastingPath(directory) }
}

async function s3Changes(given: PlaceGiven, { interview, conf }: Step): Promise<Changes> {
  refuseAddress(given)
  const bucket = given.bucket ?? (await interview?.line('Bucket', conf.s3_bucket ?? '', needed))
  const question = 'Address of the server (empty for Amazon)'
  const endpoint = given.endpoint ?? (await interview?.line(question, conf.endpoint ?? '', mistakeInAddress))
  return {
    ...(bucket !== undefined && { s3_bucket: bucket }),
    ...(endpoint !== undefined && { endpoint: endpoint === '' ? undefined : endpoint }),
    ...(await regionChanges(given, {
      interview: endpoint === undefined || endpoint === '' ? interview : undefined,
      conf,
    })),
  }
}

function refuseAddress({ endpoint = '' }: PlaceGiven): void {
  const hint = mistakeInAddress(endpoint)
  if (hint !== undefined) throw new BakthatError('INVALID_INPUT', '--endpoint is no address of a server', { hint })
}

function mistakeInAddress(line: string): string | undefined {
  if (line === '' || (/^https?:\/\/\S+$/i.test(line) && URL.canParse(line))) return undefined
  return 'write it as https://s3.example.org'
}

async function vaultChanges(given: PlaceGiven, step: Step): Promise<Changes> {
  const vault = given.vault ?? (await step.interview?.line('Vault', step.conf.glacier_vault ?? '', needed))
  return { ...(vault !== undefined && { glacier_vault: vault }), ...(await regionChanges(given, step)) }
}

async function regionChanges(given: PlaceGiven, { interview, conf }: Step): Promise<Changes> {
  const region = given.region ?? (await interview?.line('AWS region', conf.region_name ?? 'us-east-1', needed))
  return region === undefined ? {} : { region_name: region }
}
