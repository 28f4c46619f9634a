import { notImplemented, S3Failure } from './failure.js'
import type { ObjectVersion } from './store/version.js'

/** From one byte to before another. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

/** The range of a `Range` header. S3 gives one range at most; what it would not understand is not let pass. */
export function byteRange(header: string | undefined, size: number): ByteRange | undefined {
  if (header === undefined) return undefined
  const [, first, last] = /^bytes=(\d*)-(\d*)$/.exec(header) ?? []
  if (first === undefined || last === undefined || first + last === '') throw notImplemented(`the range ${header}`)
  if (first !== '' && last !== '' && Number(last) < Number(first)) throw notImplemented(`the range ${header}`)
  const start = first === '' ? Math.max(size - Number(last), 0) : Number(first)
  const end = first === '' || last === '' ? size : Math.min(Number(last) + 1, size)
  if (start < end) return { start, end }
  throw new S3Failure('InvalidRange', 'The requested range is not satisfiable', {
    RangeRequested: header,
    ActualObjectSize: String(size),
  })
}

/** The bytes of one part of a multipart object; an object that was put at once is its own first part. */
export function partRange(number: number, { parts, content }: ObjectVersion): ByteRange {
  const numbered = parts ?? [{ number: 1, size: content.size }]
  const index = numbered.findIndex((part) => part.number === number)
  if (index === -1) throw new S3Failure('InvalidRange', 'The requested partnumber is not satisfiable')
  const start = numbered.slice(0, index).reduce((sum, { size }) => sum + size, 0)
  return { start, end: start + numbered[index]!.size }
}
