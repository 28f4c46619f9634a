import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'

/** The AWS CLI of the system, or else whichever is on the path. */
export const awsCli = ['/usr/bin', ...(process.env.PATH ?? '').split(delimiter)]
  .map((directory) => join(directory, 'aws'))
  .find((program) => existsSync(program))
