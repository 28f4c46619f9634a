import type { Readable } from 'node:stream'

import type { Clock } from '../clock.js'
import type { Credential } from '../credentials.js'
import type { Fault } from '../faults.js'
import type { Answer, Request, Service, Subject } from '../http/exchange.js'
import { SignatureFailure, type SignatureProblem } from '../signature/failure.js'
import { sha256Hex } from '../signature/signing.js'
import { verifySignature } from '../signature/verify.js'
import { deleteArchive, uploadArchive } from './archives.js'
import { absent, GlacierFailure, missing } from './failure.js'
import { describeJob, initiateJob, jobOutput, listJobs } from './jobs.js'
import { json } from './paging.js'
import { routeOf, type Route } from './routes.js'
import { abortUpload, completeUpload, initiateUpload, listParts, listUploads, uploadPart } from './uploads.js'
import { arnOf, type Vault } from './vault.js'
import { createVault, deleteVault, describeVault, listVaults, vaultLock } from './vaults.js'

export interface Surroundings {
  readonly vaults: Map<string, Vault>
  /** What time it is for jobs, inventories and uploads. */
  readonly clock: Clock
  /** What time it is for signatures. */
  readonly wallClock: Clock
  /** Who may sign requests. */
  readonly credentials: readonly Credential[]
  /** The one region that the service is in. */
  readonly region: string
  /** Whether the account is one of those for whom there are no vaults any more. */
  readonly isClosed: () => boolean
}

/** Glacier's words for what can be wrong with a signature. */
const signatureCodes: Readonly<Partial<Record<SignatureProblem, string>>> = {
  unsigned: 'MissingAuthenticationTokenException',
  malformed: 'IncompleteSignatureException',
  'unknown key': 'UnrecognizedClientException',
  'wrong token': 'UnrecognizedClientException',
  'expired token': 'ExpiredTokenException',
}

/** Amazon Glacier, as far as its documentation tells. Requests are for the account that made them. */
export function glacierService({ vaults, clock, wallClock, credentials, region, isClosed }: Surroundings): Service {
  return {
    subject(request): Subject {
      const { operation = 'None', id, vault } = routeOf(request) ?? {}
      const key = id ?? vault
      return key === undefined ? { operation } : { operation, key }
    },

    async serve(request, fault): Promise<Answer> {
      const body = await bytesOf(request.body)
      const route = routeOf(request)
      if (route === undefined) throw new GlacierFailure(404, 'UnknownOperationException', 'there is no such operation')
      check(request, body, { credentials, region, wallClock })
      if (isClosed())
        throw new GlacierFailure(400, 'NoLongerSupportedException', 'Amazon Glacier vaults are no longer offered')
      const answer = act({ vaults, region, now: clock.now(), route, request, body, fault })
      return { ...answer, headers: { 'x-amzn-requestid': request.id, ...answer.headers } }
    },

    failed(request, error): Answer {
      if (error instanceof GlacierFailure) return refusal(request, error.status, error.code, error.message)
      if (!(error instanceof SignatureFailure))
        return refusal(request, 500, 'ServiceUnavailableException', String(error))
      return refusal(request, 403, signatureCodes[error.problem] ?? 'InvalidSignatureException', error.message)
    },

    scripted(request, { status, code }): Answer {
      return refusal(request, status, code, `scripted: ${code}`)
    },
  }
}

interface Call {
  readonly vaults: Map<string, Vault>
  readonly region: string
  readonly now: Date
  readonly route: Route
  readonly request: Request
  readonly body: Buffer
  readonly fault: Fault | undefined
}

function check(
  request: Request,
  body: Buffer,
  { credentials, region, wallClock }: Pick<Surroundings, 'credentials' | 'region' | 'wallClock'>,
): void {
  const payloadHash = request.headers['x-amz-content-sha256'] ?? sha256Hex(body)
  const now = wallClock.now()
  verifySignature(request, {
    credentials,
    regions: [region],
    service: 'glacier',
    now,
    payloadHash: String(payloadHash),
  })
  if (request.headers['x-amz-glacier-version'] !== '2012-06-01') throw absent('API version')
}

function act(call: Call): Answer {
  const { vaults, region, now, route, request } = call
  if (route.account !== '-' && route.account !== '111122223333') {
    throw new GlacierFailure(403, 'AccessDeniedException', `not the account of these credentials: ${route.account}`)
  }
  if (route.operation === 'ListVaults') return listVaults(vaults, request, now)
  if (route.operation === 'CreateVault') return createVault(vaults, route.vault!, now, region)
  if (route.operation === 'GetDataRetrievalPolicy') return json(200, { Policy: { Rules: [{ Strategy: 'FreeTier' }] } })
  const vault = vaults.get(route.vault!)
  if (vault === undefined) throw missing('Vault', arnOf(region, route.vault!))
  return actOn(vault, call)
}

function actOn(vault: Vault, { vaults, now, route: { operation, id = '' }, request, body, fault }: Call): Answer {
  const onUpload = { ...request, upload: id }
  switch (operation) {
    case 'DescribeVault':
      return describeVault(vault, now)
    case 'DeleteVault':
      return deleteVault(vaults, vault, now)
    case 'GetVaultLock':
      return vaultLock(vault)
    case 'UploadArchive':
      return uploadArchive(vault, request, body, now, fault)
    case 'DeleteArchive':
      return deleteArchive(vault, id, now)
    case 'InitiateMultipartUpload':
      return initiateUpload(vault, request, now)
    case 'ListMultipartUploads':
      return listUploads(vault, request, now)
    case 'UploadMultipartPart':
      return uploadPart(vault, onUpload, body, now, fault)
    case 'ListParts':
      return listParts(vault, onUpload, now)
    case 'CompleteMultipartUpload':
      return completeUpload(vault, onUpload, now)
    case 'AbortMultipartUpload':
      return abortUpload(vault, id, now)
    case 'InitiateJob':
      return initiateJob(vault, body, now)
    case 'ListJobs':
      return listJobs(vault, request, now)
    case 'DescribeJob':
      return describeJob(vault, id, now)
    default:
      return jobOutput(vault, id, request, now, fault)
  }
}

function refusal({ id }: Request, status: number, code: string, message: string): Answer {
  const document = { code, message, type: status < 500 ? 'Client' : 'Server' }
  return json(status, document, { 'x-amzn-requestid': id })
}

async function bytesOf(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of body as AsyncIterable<Buffer>) chunks.push(chunk)
  return Buffer.concat(chunks)
}
