import { isBakthatError, type ErrorCode } from '@bakthat/errors'

/** What was asked for; `undefined` where there is none, or where it fails with one of these codes. */
export async function orUndefined<T>(asking: Promise<T>, ...codes: readonly ErrorCode[]): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND', ...codes)) return undefined
    throw error
  }
}
