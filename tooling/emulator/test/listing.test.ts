import { describe, expect, it } from '@jest/globals'
import type { ListObjectsCommandOutput, S3 } from '@aws-sdk/client-s3'
import { pageOf } from '@bakthat/emulator/s3/paging'
import fc from 'fast-check'

import { failure, started } from './support/client.js'

const byBytes = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other))

const keys = fc.uniqueArray(
  fc.string({ unit: fc.constantFrom('a', 'b', '/', 'ü', '\u{1F600}', '\uFFFF'), minLength: 1, maxLength: 6 }),
)
const prefix = fc.string({ unit: fc.constantFrom('a', '/'), maxLength: 2 })

describe('a listing', () => {
  it('page by page has everything with the prefix once, in the order of its bytes', () => {
    fc.assert(
      fc.property(
        keys,
        prefix,
        fc.constantFrom('', '/'),
        fc.integer({ min: 1, max: 4 }),
        (unsorted, prefix, delimiter, limit) => {
          const sorted = unsorted.toSorted(byBytes)
          const seen: string[] = []
          for (let more = true; more && seen.length <= sorted.length;) {
            const page = pageOf(sorted, { prefix, delimiter, after: seen.at(-1) ?? '', limit })
            expect(page.items.length).toBeLessThanOrEqual(limit)
            seen.push(...page.items.map(({ name }) => name))
            more = page.isTruncated
          }
          const wanted = sorted
            .filter((key) => key.startsWith(prefix))
            .map((key) => {
              const at = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length)
              return at === -1 ? key : key.slice(0, at + 1)
            })
          expect(seen).toEqual([...new Set(wanted)])
        },
      ),
    )
  })

  it.each([1, 2])('by version %d of the call goes through keys of all characters', async (version) => {
    const { s3 } = await started({ limits: { page: 2 } })
    const all = ['a b', 'a+b', 'a/1', 'a/2', 'c%20', 'd&<>"', 'ü']
    for (const Key of all) await s3.putObject({ Bucket: 'plain', Key, Body: 'x' })
    const seen: string[] = []
    let next: string | undefined = ''
    while (next !== undefined && seen.length <= all.length) {
      const page: Page = await (version === 1 ? pageByMarker(s3, next) : pageByToken(s3, next))
      seen.push(...(page.Contents ?? []).map(({ Key }) => decoded(Key!)))
      seen.push(...(page.CommonPrefixes ?? []).map(({ Prefix }) => decoded(Prefix!)))
      next = page.next
    }
    expect(seen.sort(byBytes)).toEqual(['a b', 'a+b', 'a/', 'c%20', 'd&<>"', 'ü'])
  })

  it('begins after a key, and refuses a token that it did not give', async () => {
    const { s3 } = await started()
    for (const Key of ['a', 'b', 'c']) await s3.putObject({ Bucket: 'plain', Key, Body: 'x' })
    const { Contents } = await s3.listObjectsV2({ Bucket: 'plain', StartAfter: 'a' })
    expect(Contents?.map(({ Key }) => Key)).toEqual(['b', 'c'])
    expect(await failure(s3.listObjectsV2({ Bucket: 'plain', ContinuationToken: 'mine' }))).toBe('InvalidArgument 400')
    expect(await s3.listObjectsV2({ Bucket: 'plain', MaxKeys: 0 })).toMatchObject({ KeyCount: 0, IsTruncated: false })
  })
})

const wanted = { Bucket: 'plain', Delimiter: '/', EncodingType: 'url' } as const

type Page = Pick<ListObjectsCommandOutput, 'Contents' | 'CommonPrefixes'> & { readonly next: string | undefined }

async function pageByMarker(s3: S3, Marker: string): Promise<Page> {
  const page = await s3.listObjects({ ...wanted, Marker })
  return { ...page, next: page.NextMarker === undefined ? undefined : decoded(page.NextMarker) }
}

async function pageByToken(s3: S3, token: string): Promise<Page> {
  const page = await s3.listObjectsV2({ ...wanted, ...(token === '' ? {} : { ContinuationToken: token }) })
  return { ...page, next: page.NextContinuationToken }
}

/** In a listing in the form of URLs a space is a plus: https://github.com/brekkylab/backlot/issues/178 measured it. */
function decoded(text: string): string {
  return decodeURIComponent(text.replaceAll('+', ' '))
}
