import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import { openS3 } from '@bakthat/s3'

/** The names that are listed, or those of uploads that nobody finished, on a server that gives this answer to every request. */
async function namesIn(answer: string, prefix = '', what: 'list' | 'leftovers' = 'list'): Promise<string[]> {
  const server = createServer((_, response) => response.end(`<Listing>${answer}</Listing>`))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const backend = openS3({ bucket: 'other', prefix, endpoint, credentials: { accessKeyId: 'a', secretAccessKey: 'b' } })
  try {
    const listing = what === 'leftovers' ? undefined : await backend.list()
    const listed = listing?.state === 'ready' ? listing.value : backend.leftovers()
    const names: string[] = []
    for await (const { name } of listed) names.push(name)
    return names
  } finally {
    await backend.close()
    server.closeAllConnections()
    server.close()
  }
}

const contents = (key: string): string => `<Contents><Key>${key}</Key><Size>1</Size></Contents>`

describe('a listing', () => {
  it('is read as the server says that it has written it', async () => {
    expect(await namesIn(`<EncodingType>url</EncodingType>${contents('a%2Bb+100%25')}`)).toEqual(['a+b 100%'])
    expect(await namesIn(contents('a+b 100%'))).toEqual(['a+b 100%'])
  })

  it('passes over keys that are no text', async () => {
    expect(await namesIn(`<EncodingType>url</EncodingType>${contents('caf%E9')}${contents('tea')}`)).toEqual(['tea'])
  })

  it('passes over keys that do not begin as was asked for', async () => {
    expect(await namesIn(`${contents('q/tea')}${contents('p/tea')}`, 'p/')).toEqual(['tea'])
    const uploads = ['q/one', 'p/two'].map((key) => `<Upload><Key>${key}</Key><UploadId>1</UploadId></Upload>`)
    expect(await namesIn(uploads.join(''), 'p/', 'leftovers')).toEqual(['two'])
  })

  it('that begins again and again is not taken for an endless one', async () => {
    const again = '<IsTruncated>true</IsTruncated><NextContinuationToken>same</NextContinuationToken>'
    await expect(namesIn(`${again}${contents('a')}`)).rejects.toMatchObject({ code: 'UNAVAILABLE' })
  })

  it('of unfinished uploads, or of their parts, comes to an end where it begins again and again', async () => {
    const again =
      '<IsTruncated>true</IsTruncated><NextKeyMarker>a</NextKeyMarker><NextPartNumberMarker>1</NextPartNumberMarker>'
    const upload = '<Upload><Key>a</Key><UploadId>1</UploadId></Upload>'
    expect(new Set(await namesIn(again + upload, '', 'leftovers'))).toEqual(new Set(['a']))
  })

  it('that breaks off is not taken for all there is', async () => {
    await expect(namesIn(`<IsTruncated>true</IsTruncated>${contents('a')}`)).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    })
  })
})
