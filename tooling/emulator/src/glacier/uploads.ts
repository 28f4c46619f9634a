import { day } from '../clock.js'
import type { Fault } from '../faults.js'
import type { Answer, Request } from '../http/exchange.js'
import { created, damaged } from './archives.js'
import { checkedBody, checkTreeHash, descriptionOf, largestBody, mebibyte } from './body.js'
import { absent, invalid, missing } from './failure.js'
import { page, paged } from './paging.js'
import { treeHash } from './tree-hash.js'
import type { Vault } from './vault.js'

const mostParts = 10_000

/** An upload in parts that was begun and has not ended. */
export interface Upload {
  readonly id: string
  readonly partSize: number
  readonly description: string
  readonly createdAt: Date
  /** It is forgotten after a day in which nothing was done with it. */
  touchedAt: Date
  /** By where they begin. */
  readonly parts: Map<number, Buffer>
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-multipart-initiate-upload.html */
export function initiateUpload(vault: Vault, request: Request, now: Date): Answer {
  const partSize = wholeNumber(request, 'x-amz-part-size')
  if (partSize < mebibyte || partSize > largestBody || !Number.isInteger(Math.log2(partSize))) {
    throw invalid('Part size must be a power of two and be between 1048576 and 4294967296 bytes.')
  }
  const description = descriptionOf(request)
  const upload = { id: vault.newId('upload'), partSize, description, createdAt: now, touchedAt: now, parts: new Map() }
  vault.uploads.set(upload.id, upload)
  const location = `/111122223333/vaults/${vault.name}/multipart-uploads/${upload.id}`
  return { status: 201, headers: { 'x-amz-multipart-upload-id': upload.id, location } }
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-upload-part.html */
export function uploadPart(
  vault: Vault,
  request: Request & { readonly upload: string },
  body: Buffer,
  now: Date,
  fault: Fault | undefined,
): Answer {
  const upload = uploadOf(vault, request.upload, now)
  const [, start, last] = /^bytes (\d+)-(\d+)\/\*$/.exec(String(request.headers['content-range'])) ?? []
  if (start === undefined || last === undefined) throw invalid('Invalid Content-Range')
  const content = checkedBody(request, body)
  checkPlace(upload, Number(start), Number(last) + 1 - Number(start), content.length)
  const kept = damaged(content, fault)
  upload.parts.set(Number(start), kept)
  upload.touchedAt = now
  return { status: 204, headers: { 'x-amz-sha256-tree-hash': treeHash(kept).toString('hex') } }
}

/** Parts lie at multiples of their size; only the last of an archive may be shorter, which is known when it is completed. */
function checkPlace({ partSize }: Upload, start: number, length: number, sent: number): void {
  if (length !== sent) throw invalid(`Content-Range: its length is ${length}, and ${sent} bytes came`)
  if (start % partSize !== 0 || length > partSize)
    throw invalid(`Content-Range does not fit parts of ${partSize} bytes`)
  if (start / partSize >= mostParts) throw invalid(`An upload has at most ${mostParts} parts`)
}

/** Idempotent. https://docs.aws.amazon.com/amazonglacier/latest/dev/api-multipart-complete-upload.html */
export function completeUpload(vault: Vault, request: Request & { readonly upload: string }, now: Date): Answer {
  const done = vault.completed.get(request.upload)
  if (done !== undefined) return created(vault, done)
  const upload = uploadOf(vault, request.upload, now)
  const size = wholeNumber(request, 'x-amz-archive-size')
  const tree = request.headers['x-amz-sha256-tree-hash']
  if (tree === undefined) throw absent('SHA256 tree hash')
  const content = assembled(upload, size)
  checkTreeHash(content, String(tree))
  const archive = vault.add(content, upload.description, now)
  vault.uploads.delete(upload.id)
  vault.completed.set(upload.id, archive)
  return created(vault, archive)
}

function assembled({ parts, partSize }: Upload, size: number): Buffer {
  const chunks: Buffer[] = []
  let end = 0
  for (const [start, content] of [...parts].sort(([one], [other]) => one - other)) {
    if (start !== end || end % partSize !== 0) throw invalid(`Missing parts: from ${end} to ${start}`)
    chunks.push(content)
    end += content.length
  }
  if (end !== size || size === 0) throw invalid(`The parts hold ${end} bytes and not ${size}`)
  return Buffer.concat(chunks)
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-multipart-abort-upload.html */
export function abortUpload(vault: Vault, id: string, now: Date): Answer {
  if (vault.completed.has(id)) throw missing('The upload ID was', id)
  if (vault.uploads.has(id)) uploadOf(vault, id, now)
  vault.uploads.delete(id)
  return { status: 204 }
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-multipart-list-parts.html */
export function listParts(vault: Vault, request: Request & { readonly upload: string }, now: Date): Answer {
  const upload = uploadOf(vault, request.upload, now)
  const parts = [...upload.parts].sort(([one], [other]) => one - other)
  const { items, marker } = page(parts, request.query, 50)
  return paged(marker, {
    ...describe(vault, upload),
    Parts: items.map(([start, content]) => ({
      RangeInBytes: `${start}-${start + content.length - 1}`,
      SHA256TreeHash: treeHash(content).toString('hex'),
    })),
  })
}

/** https://docs.aws.amazon.com/amazonglacier/latest/dev/api-multipart-list-uploads.html */
export function listUploads(vault: Vault, request: Request, now: Date): Answer {
  const uploads = [...vault.uploads.values()].filter((upload) => isAlive(upload, now))
  const { items, marker } = page(uploads, request.query, 50)
  return paged(marker, { UploadsList: items.map((upload) => describe(vault, upload)) })
}

function describe(vault: Vault, { id, partSize, description, createdAt }: Upload): object {
  return {
    MultipartUploadId: id,
    VaultARN: vault.arn,
    ArchiveDescription: description === '' ? null : description,
    PartSizeInBytes: partSize,
    CreationDate: createdAt.toISOString(),
  }
}

function uploadOf(vault: Vault, id: string, now: Date): Upload {
  const upload = vault.uploads.get(id)
  if (upload === undefined || !isAlive(upload, now)) throw missing('The upload ID was', id)
  return upload
}

function isAlive({ touchedAt }: Upload, now: Date): boolean {
  return now.getTime() - touchedAt.getTime() < day
}

function wholeNumber({ headers }: Request, name: string): number {
  const text = headers[name]
  if (text === undefined) throw absent(name)
  if (!/^\d{1,15}$/.test(String(text))) throw invalid(`${name} is not a number: ${String(text)}`)
  return Number(text)
}
