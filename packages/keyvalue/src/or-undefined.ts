import { isBakthatError } from '@bakthat/errors'

/** What was asked for; `undefined` where there is none. */
export async function orUndefined<T>(asking: Promise<T>): Promise<T | undefined> {
  try {
    return await asking
  } catch (error) {
    if (isBakthatError(error, 'NOT_FOUND')) return undefined
    throw error
  }
}
