import { BakthatError } from '@bakthat/errors'
import type { Given } from '../command.js'
import type { Context } from '../context.js'
import { readTextFile } from '../files.js'
import { groups, value } from '../options.js'
import { needed, type Changes, type Step } from './changes.js'

const group = groups.target

export const credentialOptions = {
  credentials: value('SOURCE', {
    group,
    choices: ['aws', 'keys'] as const,
    description: 'aws: where every AWS tool looks for them; keys: in the profile',
  }),
  'aws-profile': value('NAME', { group, description: 'Profile of the shared AWS configuration to take them from' }),
  'access-key': value('ID', { group, description: 'Access key id to keep in the profile' }),
  'secret-key-file': value('FILE', { group, description: 'File that holds the secret key to keep in the profile' }),
}

type CredentialsGiven = Given<typeof credentialOptions>

/** Where every AWS tool looks: nothing of ours in the way. */
const fromAws = { access_key: undefined, secret_key: undefined, session_token: undefined, aws_profile: undefined }

/** Who the store is to take us for. */
export async function credentialChanges(given: CredentialsGiven, step: Step, context: Context): Promise<Changes> {
  const source = given.credentials ?? impliedBy(given) ?? (await askSource(step))
  if (source === 'aws') return { ...fromAws, aws_profile: given['aws-profile'] }
  return source === 'keys' ? keyChanges(given, step, context) : {}
}

function impliedBy(given: CredentialsGiven): 'aws' | 'keys' | undefined {
  if (given['aws-profile'] !== undefined) return 'aws'
  return given['access-key'] === undefined && given['secret-key-file'] === undefined ? undefined : 'keys'
}

async function askSource({ interview, conf }: Step): Promise<'aws' | 'keys' | 'stay' | undefined> {
  const stay = { value: 'stay', label: 'the keys that are in the profile' } as const
  const choices = [
    ...(conf.secret_key === undefined ? [] : [stay]),
    { value: 'aws', label: 'where AWS tools look', hint: 'environment, shared configuration, role' },
    { value: 'keys', label: 'an access key, kept in the profile' },
  ] as const
  return interview?.choose('Credentials', choices, conf.secret_key === undefined ? 'aws' : 'stay')
}

async function keyChanges(given: CredentialsGiven, { interview, conf }: Step, context: Context): Promise<Changes> {
  const file = given['secret-key-file']
  const id = given['access-key'] ?? (await interview?.line('Access key id', conf.access_key ?? '', needed))
  const secret =
    file === undefined
      ? await interview?.secret('Secret key')
      : (await readTextFile(file, 'secret key file', context)).trim()
  if (id === undefined || id === '' || secret === undefined || secret === '')
    throw new BakthatError('INVALID_INPUT', 'an access key is an id and a secret, and one of them is missing', {
      hint: 'give --access-key ID and --secret-key-file FILE; /dev/stdin is a file too',
    })
  return { ...fromAws, access_key: id, secret_key: secret }
}
