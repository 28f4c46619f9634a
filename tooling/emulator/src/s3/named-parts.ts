import { checksumAlgorithms, type ChecksumAlgorithm } from './checksums/algorithms.js'
import { malformedXml, S3Failure } from './failure.js'
import type { Part, Upload } from './store/upload.js'
import { fields, integer, required, type Element } from './xml/read.js'

/** A part as the request that completes an upload names it. */
export interface NamedPart {
  readonly number: number
  readonly etag: string
  readonly checksums: Partial<Record<ChecksumAlgorithm, string>>
}

/** Reads the parts that a document names, in ascending order. */
export function parseParts(root: Element): readonly NamedPart[] {
  const parts = root.children.map((element) => {
    if (element.name !== 'Part') throw malformedXml(element.name)
    const names = checksumAlgorithms.map((algorithm) => `Checksum${algorithm}` as const)
    const found = fields(element, ['PartNumber', 'ETag', ...names])
    const checksums = checksumAlgorithms.flatMap((algorithm) => {
      const value = found[`Checksum${algorithm}`]
      return value === undefined ? [] : [[algorithm, value.text] as const]
    })
    const number = integer(found.PartNumber, 'PartNumber')
    return { number, etag: required(found.ETag, 'ETag').trim(), checksums: Object.fromEntries(checksums) }
  })
  if (parts.length === 0) throw malformedXml('no parts')
  if (parts.some(({ number }, index) => index > 0 && number <= parts[index - 1]!.number)) {
    throw new S3Failure(
      'InvalidPartOrder',
      'The list of parts was not in ascending order. Parts must be ordered by part number.',
    )
  }
  return parts
}

/** The part that came, if it is the one that is named. */
export function findPart(upload: Upload, { number, etag, checksums }: NamedPart): Part {
  const part = upload.parts.get(number)
  const isSame = part?.etag.replaceAll('"', '') === etag.replaceAll('"', '')
  const isIntact = Object.entries(checksums).every(
    ([algorithm, value]) => algorithm === upload.checksum?.algorithm && value === part?.checksum,
  )
  if (part !== undefined && isSame && isIntact) return part
  throw new S3Failure(
    'InvalidPart',
    "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
    { UploadId: upload.id, PartNumber: String(number), ETag: etag.replaceAll('"', '') },
  )
}
