import type { AwsCredentials } from './client-settings.js'
import type { FailureTranslation } from './failures.js'

/** What a client of the SDK has its keys from. */
export interface Keyed {
  readonly config: {
    readonly credentials: (options?: { readonly forceRefresh?: boolean }) => Promise<AwsCredentials>
  }
}

/**
 * Makes a request, and once more where the service says that the keys have expired: they may do so before they are expected
 * to. Their source is asked for new ones in between; what gives the same again leaves it at the first failure. The request
 * has to make its body anew each time.
 */
export async function withFreshCredentials<T>(
  { config }: Keyed,
  failures: FailureTranslation,
  request: () => Promise<T>,
): Promise<T> {
  const used = await config.credentials()
  try {
    return await request()
  } catch (error) {
    if (!failures.isExpiry(error)) throw error
    const { accessKeyId, sessionToken } = await config.credentials({ forceRefresh: true })
    if (accessKeyId === used.accessKeyId && sessionToken === used.sessionToken) throw error
    return request()
  }
}
