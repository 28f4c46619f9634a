import { defaultAttempts } from '@bakthat/storage'

import { httpAgents, type HttpAgents } from './http-agents.js'

/** Keys that sign requests, as the SDK calls them. */
export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/** How a service is reached. Nothing is needed on a machine set up for AWS. */
export interface AwsAccess {
  /** Keys, or a function that is asked for them again whenever they expire. Default: the SDK's own chain of sources. */
  readonly credentials?: AwsCredentials | (() => Promise<AwsCredentials & { readonly expiration?: Date }>)
  /** A profile of the shared AWS configuration to take credentials from. */
  readonly profile?: string
  /** How often one request is tried at most. Default 10. */
  readonly attempts?: number
  /** Seconds without a single byte in either direction after which a request is given up and sent again. Default 60. */
  readonly stallSeconds?: number
}

/** What all clients of the SDK are made with. */
export interface ClientSettings extends Pick<AwsAccess, 'credentials' | 'profile'> {
  readonly endpoint?: string
  readonly logger: typeof silent
  readonly retryMode: 'adaptive'
  readonly maxAttempts: number
  /** Handed to the chain of sources, which else reads the shared files once for each process. */
  readonly ignoreCache: true
  readonly requestHandler: HttpAgents & { readonly connectionTimeout: number; readonly socketTimeout: number }
}

/** The settings that a client of the SDK is made with, whatever the service: patient, silent, and connected as the environment wants it. */
export async function clientSettings({
  endpoint,
  credentials,
  profile,
  attempts = defaultAttempts,
  stallSeconds = 60,
}: AwsAccess & { readonly endpoint?: string }): Promise<ClientSettings> {
  return {
    logger: silent,
    retryMode: 'adaptive',
    maxAttempts: attempts,
    // Whoever writes new keys into the shared files means those who run already, too.
    ignoreCache: true,
    requestHandler: { connectionTimeout: 10_000, socketTimeout: stallSeconds * 1000, ...(await httpAgents()) },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
    ...(profile === undefined ? {} : { profile }),
  }
}

/** The SDK's own words would go to the terminal: failures are told by errors. */
const silent = { trace: nothing, debug: nothing, info: nothing, warn: nothing, error: nothing }

function nothing(): void {
  return undefined
}
