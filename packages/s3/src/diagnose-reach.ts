import type { HeadBucketCommandOutput } from '@aws-sdk/client-s3'
import { refusesEverything } from '@bakthat/aws'
import type { BakthatError } from '@bakthat/errors'
import type { Finding } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { firstKey } from './heads.js'
import { about, isOfItself, outcomeOf, type Outcome } from './outcome.js'
import type { S3Options } from './options.js'
import { loadSdk } from './sdk.js'

export interface Reached {
  readonly findings: readonly Finding[]
  /** Whether there is any sense in asking further. */
  readonly isReached: boolean
}

/** Whether the bucket is there, and whether the server's clock and ours agree. */
export async function reach(
  connection: Connection,
  { now = () => new Date() }: S3Options,
  signal: AbortSignal | undefined,
): Promise<Reached> {
  const { bucket, answer } = knock(connection, signal)
  const outcome = await inWords(connection, signal, await outcomeOf(bucket))
  const date = answer.date
  const clock = date === undefined ? [] : [clockFinding(new Date(date), now())]
  if ('value' in outcome) {
    const { BucketRegion: region } = outcome.value
    const where = region === undefined ? 'there' : `there, in ${region}`
    return { findings: [about('bucket').good(where, 'backups go there'), ...clock], isReached: true }
  }
  const { error } = outcome
  return { findings: [unreached(error), ...clock], isReached: isOfItself(error) }
}

/**
 * A refusal of HEAD has no words. By those of a listing it is known whether the keys are good for anything, and where the bucket
 * lies, if that is elsewhere.
 */
async function inWords(
  connection: Connection,
  signal: AbortSignal | undefined,
  head: Outcome<HeadBucketCommandOutput>,
): Promise<Outcome<HeadBucketCommandOutput>> {
  if ('value' in head || (head.error.code !== 'PERMISSION_DENIED' && head.error.code !== 'INVALID_INPUT')) return head
  const listed = await outcomeOf(firstKey(connection, undefined, signal))
  const isAboutRequest = head.error.code === 'INVALID_INPUT'
  if ('error' in listed) return isAboutRequest || refusesEverything(listed.error) ? listed : head
  return isAboutRequest ? outcomeOf(knock(connection, signal).bucket) : head
}

interface Knock {
  readonly bucket: Promise<HeadBucketCommandOutput>
  /** Filled in by the answer, whatever it says. */
  readonly answer: { date?: string }
}

function knock(connection: Connection, signal: AbortSignal | undefined): Knock {
  const { HeadBucketCommand } = loadSdk()
  const command = new HeadBucketCommand({ Bucket: connection.bucket })
  const answer: { date?: string } = {}
  command.middlewareStack.add(
    (next) => async (request) => {
      const result = await next(request)
      const { headers } = result.response as { headers?: Record<string, string> }
      if (headers?.['date'] !== undefined) answer.date = headers['date']
      return result
    },
    { step: 'deserialize', priority: 'low' },
  )
  return { bucket: connection.request(undefined, signal, (s3, options) => s3.send(command, options)), answer }
}

function unreached(error: BakthatError): Finding {
  const { note, problem } = about('bucket')
  if (error.code === 'NOT_FOUND')
    return problem('there is none of that name', 'make it with bakthat create, or check s3_bucket')
  if (isOfItself(error)) return note('not allowed to look', 'what follows is found out by trying')
  return problem(error.message, error.hint ?? 'nothing can be stored')
}

/** Seconds that nobody minds, and those from which locks and rotation go by another time than is meant. */
const tolerable = { unnoticed: 60, unsafe: 300 }

/** S3 itself refuses what is more than 15 minutes off; the SDK corrects its signatures by the server's clock. */
function clockFinding(theirs: Date, ours: Date): Finding {
  const { good, note, problem } = about('clock')
  const seconds = Math.round((ours.getTime() - theirs.getTime()) / 1000)
  const off = Math.abs(seconds)
  if (off <= tolerable.unnoticed) return good('agrees with the server', 'dates of backups and of locks are right')
  const found = `${off} seconds ${seconds > 0 ? 'ahead of' : 'behind'} the server`
  const consequence =
    'requests are signed by the time of the server, but dates of backups and locks are off: set the clock'
  return off <= tolerable.unsafe ? note(found, consequence) : problem(found, consequence)
}
