/** How often a request was tried again, and how many milliseconds to wait before the next time. */
export interface RetryToken {
  getRetryCount(): number
  getRetryDelay(): number
}

/** How clients of the SDK of AWS try again, as they take it for `retryStrategy`. */
export interface RetryStrategy {
  acquireInitialRetryToken(): Promise<RetryToken>
  refreshRetryTokenForRetry(last: RetryToken, failure: { readonly errorType: string }): Promise<RetryToken>
  recordSuccess(): void
}

/** Tries again at once, as no program should outside of tests. */
export function impatient(attempts = 10): RetryStrategy {
  const token = (count: number): RetryToken => ({ getRetryCount: () => count, getRetryDelay: () => 0 })
  return {
    acquireInitialRetryToken: () => Promise.resolve(token(0)),
    refreshRetryTokenForRetry: (last, { errorType }) =>
      errorType !== 'CLIENT_ERROR' && last.getRetryCount() < attempts - 1
        ? Promise.resolve(token(last.getRetryCount() + 1))
        : Promise.reject(new Error('no attempts left')),
    recordSuccess: () => undefined,
  }
}
