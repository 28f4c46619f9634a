import type { S3Options } from '@bakthat/s3'

type RetryStrategy = NonNullable<NonNullable<S3Options['client']>['retryStrategy']>

/** Tries again at once, as no program should outside of tests. */
export function impatient(attempts = 10): RetryStrategy {
  const token = (count: number): { getRetryCount: () => number; getRetryDelay: () => number } => ({
    getRetryCount: () => count,
    getRetryDelay: () => 0,
  })
  return {
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    refreshRetryTokenForRetry: (last, { errorType }) =>
      errorType !== 'CLIENT_ERROR' && last.getRetryCount() < attempts - 1
        ? Promise.resolve(token(last.getRetryCount() + 1))
        : Promise.reject(new Error('no attempts left')),
    recordSuccess: () => undefined,
  }
}
