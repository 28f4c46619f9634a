import { parseInterval } from '@bakthat/rotation'
import { BakthatError } from '@bakthat/errors'
import { interval } from './rotation-options.js'

/** The seconds that a person means by `1h`, `30m` or `7d`. `INVALID_INPUT` for anything else. */
export function parseSeconds(text: string, option: string): number {
  try {
    return parseInterval(interval(text))
  } catch (cause) {
    throw new BakthatError('INVALID_INPUT', `${option} is not a length of time: ${JSON.stringify(text)}`, {
      hint: `for example: ${option} 1h, ${option} 30m or ${option} 7d`,
      cause,
    })
  }
}
