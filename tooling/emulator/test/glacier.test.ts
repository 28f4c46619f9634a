import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hour, settableClock } from '@bakthat/emulator/clock'
import { isNode, leafSize, startGlacier, treeHash, type GlacierEmulator } from '@bakthat/emulator/glacier'
import { motoPython } from '@bakthat/emulator/moto'

const mebibyte = leafSize
const vaultName = 'photos'

/** boto3, which others wrote: what it computes, signs and understands is right. */
class Boto {
  readonly #child: ChildProcessWithoutNullStreams
  readonly #answers: AsyncIterator<string>

  constructor({ endpoint, credential }: GlacierEmulator) {
    const script = fileURLToPath(new URL('glacier-client.py', import.meta.url))
    const { accessKeyId, secretAccessKey } = credential
    this.#child = spawn(motoPython()!, [script, endpoint, accessKeyId, secretAccessKey])
    this.#child.stderr.pipe(process.stderr)
    this.#answers = createInterface(this.#child.stdout)[Symbol.asyncIterator]()
  }

  async call(operation: string, input: object = {}): Promise<Record<string, unknown>> {
    this.#child.stdin.write(`${JSON.stringify([operation, input])}\n`)
    const { value } = (await this.#answers.next()) as { value: string }
    return JSON.parse(value) as Record<string, unknown>
  }

  /** Of the vault that all tests use. */
  on(operation: string, input: object = {}): Promise<Record<string, unknown>> {
    return this.call(operation, { vaultName, ...input })
  }

  stop(): void {
    this.#child.stdin.end()
  }
}

function bytes(size: number): Buffer {
  return Buffer.from(Uint8Array.from({ length: size }, (_, index) => index % 251))
}

function hashOf(size: number): string {
  return treeHash(bytes(size)).toString('hex')
}

it('knows the nodes of a tree over five leaves, the last of which is short', () => {
  const size = 4 * mebibyte + 7
  const nodes = []
  for (let start = 0; start < 5; start++) {
    for (let end = start + 1; end <= 5; end++) {
      if (isNode(start * mebibyte, Math.min(end * mebibyte, size), size)) nodes.push(`${start}-${end}`)
    }
  }
  expect(nodes).toEqual(['0-1', '0-2', '0-4', '0-5', '1-2', '2-3', '2-4', '3-4', '4-5'])
})

;(motoPython() === undefined ? describe.skip : describe)('the emulated Glacier, asked by boto3', () => {
  const clock = settableClock(new Date('2026-03-14T09:00:00Z'))
  let emulator: GlacierEmulator
  let boto: Boto
  beforeAll(async () => {
    emulator = await startGlacier({ clock })
    boto = new Boto(emulator)
    await boto.on('create_vault')
  })
  afterAll(async () => {
    boto.stop()
    await emulator.stop()
  })

  async function uploaded(size: number): Promise<string> {
    const { archiveId } = await boto.on('upload_archive', { body: { bytes: size } })
    return String(archiveId)
  }

  it('stores archives whose hashes are what botocore says, and gives them back by jobs', async () => {
    const size = 3 * mebibyte + 5
    const stored = await boto.on('upload_archive', { archiveDescription: 'cat', body: { bytes: size } })
    expect(stored).toMatchObject({ checksum: hashOf(size) })
    const jobParameters = { Type: 'archive-retrieval', ArchiveId: stored['archiveId'] }
    const { jobId } = await boto.on('initiate_job', { jobParameters })
    expect(await boto.on('get_job_output', { jobId })).toEqual({ error: 'InvalidParameterValueException', status: 400 })
    expect(await boto.on('describe_job', { jobId })).toMatchObject({ StatusCode: 'InProgress', Tier: 'Standard' })
    clock.advance(4 * hour)
    expect(await boto.on('describe_job', { jobId })).toMatchObject({
      StatusCode: 'Succeeded',
      ArchiveSizeInBytes: size,
      SHA256TreeHash: hashOf(size),
    })
    expect(await boto.on('get_job_output', { jobId })).toMatchObject({
      body: size,
      checksum: hashOf(size),
      computed: hashOf(size),
    })
    clock.advance(24 * hour)
    expect(await boto.on('get_job_output', { jobId })).toEqual({ error: 'ResourceNotFoundException', status: 404 })
  })

  it('tells hashes of ranges that are nodes of the tree, and of no others', async () => {
    const archiveId = await uploaded(5 * mebibyte)
    const retrieve = (RetrievalByteRange: string): Promise<Record<string, unknown>> =>
      boto.on('initiate_job', {
        jobParameters: { Type: 'archive-retrieval', ArchiveId: archiveId, RetrievalByteRange },
      })
    expect(await retrieve('5-1048575')).toEqual({ error: 'InvalidParameterValueException', status: 400 })
    expect(await retrieve('0-1048574')).toEqual({ error: 'InvalidParameterValueException', status: 400 })
    const aligned = await retrieve(`${2 * mebibyte}-${4 * mebibyte - 1}`)
    const other = await retrieve(`${mebibyte}-${3 * mebibyte - 1}`)
    emulator.finishJobs()
    const outputs = []
    for (const [jobId, range] of [
      [aligned['jobId'], undefined],
      [aligned['jobId'], `bytes=0-${mebibyte - 1}`],
      [aligned['jobId'], 'bytes=0-9'],
      [other['jobId'], `bytes=0-${mebibyte - 1}`],
    ]) {
      const { checksum, computed } = await boto.on('get_job_output', {
        jobId,
        ...(range === undefined ? {} : { range }),
      })
      outputs.push(checksum === undefined ? 'none' : checksum === computed)
    }
    expect(outputs).toEqual([true, true, 'none', 'none'])
  })

  it('takes parts of one size, in any order, over again, and the whole only if it is right', async () => {
    const size = 2 * mebibyte + 9
    const partSize = String(mebibyte)
    const { uploadId } = await boto.on('initiate_multipart_upload', { archiveDescription: 'parts', partSize })
    const part = (start: number, length: number): Promise<Record<string, unknown>> =>
      boto.on('upload_multipart_part', {
        uploadId,
        range: `bytes ${start}-${start + length - 1}/*`,
        body: { bytes: length },
      })
    const refused = { error: 'InvalidParameterValueException', status: 400 }
    expect(await part(5, 10)).toEqual(refused)
    expect(await part(0, 2 * mebibyte)).toEqual(refused)
    expect(await part(10_000 * mebibyte, 5)).toEqual(refused)
    await part(2 * mebibyte, 9)
    await part(0, mebibyte)
    const complete = (archiveSize: number, checksum: string): Promise<Record<string, unknown>> =>
      boto.on('complete_multipart_upload', { uploadId, archiveSize: String(archiveSize), checksum })
    const whole = treeHash(Buffer.concat([bytes(mebibyte), bytes(mebibyte), bytes(9)])).toString('hex')
    expect(await complete(size, whole)).toEqual(refused)
    await part(mebibyte, mebibyte)
    await part(mebibyte, mebibyte)
    expect(await complete(size, hashOf(size))).toEqual(refused)
    const { Parts } = await boto.on('list_parts', { uploadId })
    expect(Parts).toHaveLength(3)
    const first = await complete(size, whole)
    expect(first).toMatchObject({ checksum: whole })
    expect(await complete(size, whole)).toEqual(first)
    expect(await boto.on('list_parts', { uploadId })).toEqual({ error: 'ResourceNotFoundException', status: 404 })
  })

  it('forgets uploads after a day in which nothing came', async () => {
    const { uploadId } = await boto.on('initiate_multipart_upload', { partSize: String(mebibyte) })
    clock.advance(23 * hour)
    const part = { uploadId, range: 'bytes 0-9/*', body: { bytes: 10 } }
    expect(await boto.on('upload_multipart_part', part)).toMatchObject({ checksum: hashOf(10) })
    clock.advance(23 * hour)
    expect((await boto.on('list_multipart_uploads'))['UploadsList']).toHaveLength(1)
    clock.advance(hour)
    expect(await boto.on('upload_multipart_part', part)).toEqual({ error: 'ResourceNotFoundException', status: 404 })
  })

  it('refuses what is not as the rules say', async () => {
    const outcomes = []
    for (const [operation, input] of [
      ['upload_archive', { body: { bytes: 0 } }],
      ['upload_archive', { body: { bytes: 5 }, checksum: hashOf(6) }],
      ['upload_archive', { body: { bytes: 5 }, archiveDescription: 'x'.repeat(1025) }],
      ['upload_archive', { body: { bytes: 5 }, archiveDescription: 'café' }],
      ['initiate_multipart_upload', { partSize: String(3 * mebibyte) }],
      ['initiate_multipart_upload', { partSize: String(mebibyte / 2) }],
      ['initiate_job', { jobParameters: { Type: 'archive-retrieval', ArchiveId: 'never' } }],
    ] as const) {
      const { error } = await boto.on(operation, input)
      outcomes.push(error)
    }
    const wrong = 'InvalidParameterValueException'
    expect(outcomes).toEqual([wrong, wrong, wrong, wrong, wrong, wrong, 'ResourceNotFoundException'])
    expect(await boto.call('describe_vault', { vaultName: 'never' })).toMatchObject({ status: 404 })
    expect(await boto.call('create_vault', { vaultName: 'a b' })).toMatchObject({ error: wrong })
  })

  it('has an inventory a day later, as it was then, which still has what was deleted since', async () => {
    const fresh = { vaultName: 'fresh' }
    const jobParameters = { Type: 'inventory-retrieval' }
    await boto.call('create_vault', fresh)
    expect(await boto.call('delete_vault', { vaultName: 'fresh' })).toEqual({})
    await boto.call('create_vault', fresh)
    const { archiveId } = await boto.call('upload_archive', { ...fresh, archiveDescription: 'cat', body: { bytes: 9 } })
    expect(await boto.call('initiate_job', { ...fresh, jobParameters })).toMatchObject({ status: 404 })
    clock.advance(24 * hour)
    await boto.call('delete_archive', { ...fresh, archiveId })
    await boto.call('upload_archive', { ...fresh, body: { bytes: 10 } })
    const { jobId } = await boto.call('initiate_job', { ...fresh, jobParameters })
    emulator.finishJobs()
    const { document } = await boto.call('get_job_output', { ...fresh, jobId })
    expect(document).toMatchObject({
      ArchiveList: [{ ArchiveId: archiveId, ArchiveDescription: 'cat', Size: 9, SHA256TreeHash: hashOf(9) }],
    })
    expect(await boto.call('describe_vault', fresh)).toMatchObject({ NumberOfArchives: 1, SizeInBytes: 9 })
    expect(await boto.call('delete_vault', fresh)).toMatchObject({ error: 'InvalidParameterValueException' })
  })

  it('refuses a signature made with another secret', async () => {
    const stranger = new Boto({ ...emulator, credential: { ...emulator.credential, secretAccessKey: 'another' } })
    expect(await stranger.on('describe_vault')).toEqual({ error: 'InvalidSignatureException', status: 403 })
    stranger.stop()
  })

  it('can be told to be no longer there', async () => {
    emulator.isClosed = true
    expect(await boto.on('describe_vault')).toEqual({ error: 'NoLongerSupportedException', status: 400 })
    emulator.isClosed = false
  })
})
