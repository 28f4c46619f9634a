import type { Answer } from '../../http/exchange.js'
import { bucketOf, verifiedDocumentOf, may, xmlAnswer, type Call, type Operation } from '../call.js'
import { malformedXml, type S3Failure } from '../failure.js'
import { fields, required, type Element } from '../xml/read.js'
import { xml, xmlDocument, type Xml } from '../xml/write.js'
import { bodyHeaders } from './common.js'
import { bypasses, removeVersion } from './delete-object.js'
import type { Bucket } from '../store/bucket.js'

export const deleteObjects: Operation = {
  name: 'DeleteObjects',
  method: 'POST',
  level: 'bucket',
  selectors: ['delete'],
  headers: [...bodyHeaders, 'x-amz-bypass-governance-retention'],
  action: () => [], // Asked for each key.
  run: remove,
}

interface Named {
  readonly key: string
  readonly versionId: string | undefined
}

async function remove(call: Call): Promise<Answer> {
  const bucket = bucketOf(call)
  const { objects, isQuiet } = parse(await verifiedDocumentOf(call, 'Delete'))
  const results = objects.map((named) => removeOne(call, bucket, named))
  const shown = results.filter(({ failed }) => failed || !isQuiet).map(({ element }) => element)
  return xmlAnswer(xmlDocument('DeleteResult', shown))
}

function parse(root: Element): { readonly objects: readonly Named[]; readonly isQuiet: boolean } {
  const others = { ...root, children: root.children.filter(({ name }) => name !== 'Object') }
  const { Quiet } = fields(others, ['Quiet'])
  const objects = root.children
    .filter(({ name }) => name === 'Object')
    .map((element) => {
      const { Key, VersionId } = fields(element, ['Key', 'VersionId'])
      return { key: required(Key, 'Key'), versionId: VersionId?.text }
    })
  if (objects.length === 0 || objects.length > 1000) throw malformedXml(`${objects.length} objects`)
  return { objects, isQuiet: Quiet?.text === 'true' }
}

function removeOne(
  call: Call,
  bucket: Bucket,
  { key, versionId }: Named,
): { readonly failed: boolean; readonly element: Xml | undefined } {
  const named = [xml('Key', key), xml('VersionId', versionId)]
  const action = versionId === undefined ? 's3:DeleteObject' : 's3:DeleteObjectVersion'
  const failure = (code: string, message: string): Xml | undefined =>
    xml('Error', [...named, xml('Code', code), xml('Message', message)])
  if (!may(call, action, key)) return { failed: true, element: failure('AccessDenied', 'Access Denied') }
  try {
    const removal = removeVersion(bucket, { key, versionId, now: call.now, mayBypass: bypasses(call, key) })
    const marker = removal.isMarker ? [xml('DeleteMarker', true), xml('DeleteMarkerVersionId', removal.versionId)] : []
    return { failed: false, element: xml('Deleted', [...named, ...marker]) }
  } catch (error) {
    const { code, message } = error as S3Failure
    return { failed: true, element: failure(code, message) }
  }
}
