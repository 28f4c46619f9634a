import { randomUUID } from 'node:crypto'

import type { Finding } from '@bakthat/storage'

import type { Connection } from './connection.js'
import { multipartFindings } from './diagnose-multipart.js'
import { unlockedSettings } from './object-settings.js'
import type { S3Options } from './options.js'
import { about, failed, outcomeOf } from './outcome.js'
import { Scratch } from './scratch.js'
import { asBackups, content, crc32, unsafe, type Trial } from './trial.js'

/** What can be done with objects, as seen by doing it. */
export async function* objectFindings(
  connection: Connection,
  options: S3Options,
  scratchName: string,
  signal: AbortSignal | undefined,
): AsyncIterable<Finding> {
  const scratch = new Scratch(connection, (options.prefix ?? '') + scratchName)
  const settings = unlockedSettings(options, randomUUID(), 'metadata')
  const trial: Trial = { connection, options, scratch, signal, settings }
  try {
    const storing = await storingFinding(trial)
    yield storing
    yield await listingFinding(trial, storing.verdict === 'good')
    if (storing.verdict !== 'good') return
    yield await readingFinding(trial)
    yield await conditionFinding(trial)
    yield await checksumFinding(trial)
    yield* multipartFindings(trial)
    yield* await classFindings(trial)
    yield await removingFinding(trial)
  } finally {
    await scratch.clean()
  }
}

async function storingFinding(trial: Trial): Promise<Finding> {
  const outcome = await asBackups((condition) => put(trial, 'object', condition))
  if ('error' in outcome) return failed('storing', outcome.error, 'no backups can be made with these credentials')
  return about('storing').good('allowed', 'backups can be made')
}

async function listingFinding({ connection, scratch, signal }: Trial, isStored: boolean): Promise<Finding> {
  const outcome = await outcomeOf(
    connection.request(undefined, signal, (s3, how) =>
      s3.listObjectsV2({ Bucket: connection.bucket, Prefix: scratch.key('') }, how),
    ),
  )
  if ('error' in outcome)
    return failed('listing', outcome.error, 'bakthat sync and bakthat cleanup need other credentials')
  const { Contents = [] } = outcome.value
  if (isStored && Contents.length === 0) {
    return about('listing').problem('what was just stored is not listed', 'what bakthat sync says may be old')
  }
  return about('listing').good('allowed', 'a lost catalog can be rebuilt from the bucket')
}

async function readingFinding({ connection, scratch, signal }: Trial): Promise<Finding> {
  const outcome = await outcomeOf(
    connection.request(undefined, signal, async (s3, how) => {
      const { Body } = await s3.getObject(
        { Bucket: connection.bucket, Key: scratch.key('object'), Range: 'bytes=2-4' },
        how,
      )
      return Body?.transformToString()
    }),
  )
  if ('error' in outcome) {
    return failed(
      'reading',
      outcome.error,
      'uploads are confirmed by checksum alone, and restores need other credentials',
    )
  }
  if (outcome.value === content.toString().slice(2, 5)) {
    return about('reading').good(
      'allowed, with ranges',
      'downloads are fetched in parallel and resumed where they broke off',
    )
  }
  return about('reading').problem('the server ignores ranges', 'nothing longer than 8 MiB can be restored from it')
}

async function conditionFinding(trial: Trial): Promise<Finding> {
  const { good, note, problem } = about('conditional writes')
  const outcome = await put(trial, 'object', { IfNoneMatch: '*' })
  if ('value' in outcome) return problem('ignored by the server', unsafe)
  if (outcome.error.code === 'ALREADY_EXISTS') return good('honoured', 'nothing is ever overwritten')
  if (outcome.error.code === 'UNSUPPORTED') return note('not known to the server', unsafe)
  return failed('conditional writes', outcome.error, unsafe)
}

async function checksumFinding(trial: Trial): Promise<Finding> {
  const { good, note, problem } = about('checksums')
  const { checksums } = trial.connection.traits
  const outcome = await asBackups((condition) => put(trial, 'damaged', { ...condition, ChecksumCRC32: crc32.wrong }))
  const isChecked = 'error' in outcome && outcome.error.code !== 'UNSUPPORTED'
  if (!checksums) {
    const consequence = 'Bakthat compares sizes, and keeps the SHA-256 for bakthat verify'
    return note(isChecked ? 'checked, but not asked for with this provider' : 'not checked by the server', consequence)
  }
  if (!isChecked)
    return problem('not checked by the server', 'damage on the way is not noticed: set provider to what the server is')
  return good('checked, of whole objects', 'what arrives damaged is refused, and sent again')
}

/** Only what is not as usual is told of: an object of a class costs its minimum of days. */
async function classFindings(trial: Trial): Promise<readonly Finding[]> {
  const { storageClass } = trial.options
  if (storageClass === undefined || storageClass === 'STANDARD') return []
  const { good, note, problem } = about('storage class')
  const outcome = await asBackups((condition) => put(trial, 'class', { ...condition, StorageClass: storageClass }))
  if ('error' in outcome) return [problem(outcome.error.message, outcome.error.hint ?? 'check storage_class')]
  const { connection, scratch, signal } = trial
  const head = await outcomeOf(
    connection.request(undefined, signal, (s3, how) =>
      s3.headObject({ Bucket: connection.bucket, Key: scratch.key('class') }, how),
    ),
  )
  if ('error' in head) return [note(`${storageClass} is taken`, 'these credentials may not look what became of it')]
  const kept = head.value.StorageClass ?? 'STANDARD'
  if (kept === storageClass) return [good(storageClass, 'archives are kept in it, manifests and indexes are not')]
  return [problem(`${kept}, where ${storageClass} was asked for`, 'the server takes no classes: remove storage_class')]
}

async function removingFinding({ scratch }: Trial): Promise<Finding> {
  const failure = await scratch.clean()
  if (failure === undefined) return about('removing').good('allowed', 'rotation and bakthat delete work')
  return failed('removing', failure, `what was tried out stays under ${scratch.key('')}`)
}

function put(
  { connection, scratch, signal, settings }: Trial,
  name: string,
  more: object,
): ReturnType<Scratch['write']> {
  const key = scratch.key(name)
  const checksum = connection.traits.checksums
    ? { ChecksumAlgorithm: 'CRC32' as const, ChecksumCRC32: crc32.right }
    : {}
  return scratch.write(
    key,
    connection.request(undefined, signal, (s3, how) =>
      s3.putObject(
        {
          ...settings,
          ...checksum,
          Bucket: connection.bucket,
          Key: key,
          Body: content,
          ContentLength: content.length,
          ...more,
        },
        how,
      ),
    ),
  )
}
