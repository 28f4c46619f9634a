import type { Glacier } from '@aws-sdk/client-glacier'

/** What the answer of a server is called that does not speak Glacier. */
export const unspoken = 'Unspoken'

/**
 * Has a client refuse answers without the number that Glacier gives to each of its own: web servers say of every page that all
 * is well, of a deletion too.
 */
export function refuseUnspoken(glacier: Glacier): void {
  glacier.middlewareStack.add(
    (next) => async (args) => {
      const result = await next(args)
      if (result.output?.$metadata.requestId !== undefined) return result
      throw Object.assign(new Error('an answer without a request id'), { name: unspoken })
    },
    // Within what finds a job again, and answers in Glacier's place.
    { step: 'deserialize', priority: 'high', name: 'refuseUnspoken' },
  )
}
