import type { Answer, Request, Service, Subject } from '../http/exchange.js'
import type { Fault } from '../faults.js'
import { SignatureFailure, type SignatureProblem } from '../signature/failure.js'
import { verifySignature } from '../signature/verify.js'
import { headersOf } from './body/headers.js'
import { openPayload, payloadHash } from './body/payload.js'
import { demand, type Call, type Operation } from './call.js'
import { notImplemented, S3Failure, type S3Code } from './failure.js'
import { demandHeeded, parametersOf, routeOf } from './route.js'
import { account, type S3State } from './state.js'
import type { Bucket } from './store/bucket.js'
import { errorDocument } from './xml/write.js'

/** S3 over whatever state it is given. */
export function s3Service(state: S3State): Service {
  return {
    subject: subjectOf,
    serve: (request, fault) => serve(state, request, fault),
    failed: failedAnswer,
    scripted: (request, { status, code }) => errorAnswer(request, status, code, 'as scripted'),
  }
}

function subjectOf(request: Request): Subject {
  const { operation, key } = routeOf(request)
  return { operation: operation?.name ?? 'Unknown', key }
}

async function serve(state: S3State, request: Request, fault: Fault | undefined): Promise<Answer> {
  const { operation, bucketName, key } = routeOf(request)
  if (operation === undefined)
    throw new S3Failure('MethodNotAllowed', 'The specified method is not allowed against this resource.')
  if (state.features.without.includes(operation.name)) throw notImplemented(operation.name)
  const headers = headersOf(request)
  const query = parametersOf(request)
  const hash = payloadHash(headers, query.has('X-Amz-Signature'))
  const { credentials } = state
  const verified = verifySignature(request, {
    credentials,
    regions: regionsOf(state),
    service: 's3',
    now: state.wallClock.now(),
    payloadHash: hash,
  })
  demandNear(state.buckets.get(bucketName), verified.scope.region)
  demandHeeded(operation, query, headers)
  const call: Call = {
    state,
    request,
    headers,
    query,
    bucketName,
    key,
    caller: verified.credential,
    payload: openPayload(request, headers, hash, verified),
    now: state.clock.now(),
    damage: fault !== undefined && 'damage' in fault ? fault.damage : undefined,
  }
  demandPermission(call, operation)
  const answer = await operation.run(call)
  return { ...answer, headers: { ...requestHeaders(request), ...answer.headers } }
}

function regionsOf({ region, buckets }: S3State): readonly string[] {
  return [region, ...[...buckets.values()].map((bucket) => bucket.region)]
}

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/Redirects.html */
function demandNear(bucket: Bucket | undefined, region: string): void {
  if (bucket === undefined || bucket.region === region) return
  throw new S3Failure(
    'PermanentRedirect',
    'The bucket you are attempting to access must be addressed using the specified endpoint.',
    { Endpoint: `s3.${bucket.region}.amazonaws.com`, Bucket: bucket.name },
    { 'x-amz-bucket-region': bucket.region },
  )
}

function demandPermission(call: Call, { action, level }: Operation): void {
  const owner = call.headers['x-amz-expected-bucket-owner']
  if (owner !== undefined && owner !== account) throw new S3Failure('AccessDenied', 'Access Denied')
  const actions = typeof action === 'string' ? [action] : action(call)
  for (const one of actions) demand(call, one, level === 'object' ? call.key : undefined)
}

const codes: Readonly<Record<SignatureProblem, S3Code>> = {
  unsigned: 'AccessDenied',
  malformed: 'AuthorizationHeaderMalformed',
  'out of scope': 'AuthorizationHeaderMalformed',
  'unknown key': 'InvalidAccessKeyId',
  'wrong token': 'InvalidToken',
  'expired token': 'ExpiredToken',
  skewed: 'RequestTimeTooSkewed',
  expired: 'AccessDenied',
  'unsigned headers': 'AccessDenied',
  mismatch: 'SignatureDoesNotMatch',
}

function failedAnswer(request: Request, error: unknown): Answer {
  const failure = error instanceof SignatureFailure ? ofSignature(request, error) : error
  if (failure instanceof S3Failure) {
    const answer = errorAnswer(request, failure.status, failure.code, failure.message, failure.details)
    return { ...answer, headers: { ...answer.headers, ...failure.headers } }
  }
  return errorAnswer(request, 500, 'InternalError', String((error as Error).stack))
}

function ofSignature({ query }: Request, { problem, message, facts }: SignatureFailure): S3Failure {
  const isInQuery = query.some(([name]) => name === 'X-Amz-Signature')
  const code = problem === 'malformed' && isInQuery ? 'AuthorizationQueryParametersError' : codes[problem]
  return new S3Failure(code, message, facts)
}

function errorAnswer(
  request: Request,
  status: number,
  code: string,
  message: string,
  details: Readonly<Record<string, string>> = {},
): Answer {
  const headers = { 'content-type': 'application/xml', ...requestHeaders(request) }
  // Neither has a body, whatever it is about.
  if (request.method === 'HEAD' || status === 304) return { status, headers }
  const body = errorDocument({
    Code: code,
    Message: message,
    ...details,
    Resource: decodeURIComponent(request.path),
    RequestId: request.id,
    HostId: hostId,
  })
  return { status, headers, body }
}

const hostId = 'emulator'

function requestHeaders({ id }: Request): Record<string, string> {
  return { 'x-amz-request-id': id, 'x-amz-id-2': hostId, server: 'AmazonS3' }
}
