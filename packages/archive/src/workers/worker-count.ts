import { availableParallelism } from 'node:os'
import { BakthatError } from '@bakthat/errors'

const most = 8

/** How many threads to use: as many as were asked for, or else one for each processor, up to 8. */
export function workerCount(asked: number | undefined, least = 1): number {
  if (asked === undefined) return Math.min(availableParallelism(), most)
  if (Number.isInteger(asked) && asked >= least) return asked
  throw new BakthatError('INVALID_INPUT', `not a number of workers: ${asked}`, {
    hint: `give a whole number from ${least} on`,
  })
}
