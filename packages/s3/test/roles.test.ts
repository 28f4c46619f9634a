import { describe, expect, it } from '@jest/globals'
import { settableClock, testCredential, type Policy, type Statement } from '@bakthat/emulator/s3'
import { s3, type S3Backend } from '@bakthat/s3'
import { BakthatError, isBakthatError } from '@bakthat/errors'
import { roles, single, type Availability, type Bytes, type Leftover, type Role } from '@bakthat/storage'

import { inChunks, mebibyte, noise, read } from './bytes.js'
import { begin, bucketName, emulated, inBucket, type Emulated } from './emulated.js'

const keys = { accessKeyId: 'AKIAROLE', secretAccessKey: 'secret of the role' }

const settings = {
  s3_bucket: bucketName,
  s3_prefix: 'p/',
  access_key: keys.accessKeyId,
  secret_key: keys.secretAccessKey,
  provider: 'aws',
  path_style: true,
}

const kinds = {
  plain: { server: {}, bucket: {}, settings },
  'unlisted versions': { server: { features: { without: ['ListObjectVersions'] } }, bucket: {}, settings },
  locked: {
    server: {},
    bucket: { objectLock: true },
    settings: { ...settings, object_lock: { mode: 'compliance', days: 1 } },
  },
} as const

type Kind = keyof typeof kinds

type Acts = Readonly<Record<string, () => Promise<unknown>>>

const policyOf = (kind: Kind, role: Role): Policy => s3.accessPolicy(kinds[kind].settings, role) as Policy

/** What every operation comes to for somebody who has that policy. */
async function resultsOf(
  kind: Kind,
  policy: Policy,
  skipped: readonly string[] = [],
): Promise<Readonly<Record<string, string>>> {
  const clock = settableClock(new Date('2026-03-01T00:00:00Z'))
  const credentials = [testCredential, { ...keys, policy }]
  await using at = await emulated({ clock, credentials, ...kinds[kind].server }, kinds[kind].bucket)
  const seeded = await seed(at, kind)
  const backend = at.open({ ...optionsOf(kind), credentials: keys, prefix: 'p/' })
  const results: Record<string, string> = {}
  for (const [name, act] of Object.entries(actsOn(backend, at, seeded, () => makeWith(kind, policy)))) {
    if (!skipped.includes(name)) results[name] = await told(act())
  }
  return results
}

const optionsOf = (kind: Kind): { readonly objectLock?: { readonly mode: 'compliance'; readonly days: number } } =>
  kind === 'locked' ? { objectLock: { mode: 'compliance', days: 1 } } : {}

interface Seeded {
  readonly kept: string
  readonly cold: string
  readonly free: string
  readonly upload: string
}

/** What others have stored. */
async function seed(at: Emulated, kind: Kind): Promise<Seeded> {
  const owner = at.open({ prefix: 'p/' })
  const { locator: kept } = await at.open({ prefix: 'p/', ...optionsOf(kind) }).put('kept', single(noise(10)))
  await owner.put('held', single(noise(10)))
  const { locator: cold } = await at.open({ prefix: 'p/', storageClass: 'GLACIER' }).put('cold', single(noise(10)))
  const { locator: free } = await owner.put('free', single(noise(10)))
  await owner.put('named', single(noise(10)))
  await owner.put('mine', single(noise(10)))
  if (kind === 'locked') Object.assign(at.server.buckets.get(bucketName)!.current('p/held')!, { legalHold: true })
  const upload = await begin(at, 'p/left')
  return { kept, cold, free, upload: `left%00${upload}` }
}

async function* broken(): Bytes {
  yield* inChunks(noise(9 * mebibyte))
  throw new Error('the source broke')
}

function actsOn(
  backend: S3Backend,
  at: Emulated,
  { kept, cold, free, upload }: Seeded,
  make: () => Promise<unknown>,
): Acts {
  return {
    store: async () => (await backend.put('new', single(noise(10)))).lockedUntil,
    'store in parts': async () => (await backend.put('new in parts', inChunks(noise(9 * mebibyte)))).size,
    replace: () => backend.put('kept', single(noise(11))),
    'replace at will': async () => (await backend.write('mine', noise(11))).etag.length,
    'take back what broke off': async () => {
      await backend.put('broken', broken()).catch(() => undefined)
      return inBucket(at).uploads
    },
    'look up': async () => valueOf(await backend.stat(kept)).lockedUntil,
    'look up what is not there': () => backend.stat('nothing'),
    read: () => read(backend, kept),
    'read by name': () => read(backend, 'kept'),
    thaw: async () => (await backend.retrieve(cold)).state,
    link: async () => (await backend.link(kept, { expiresInSeconds: 60 })).notice,
    list: async () => namesIn(valueOf(await backend.list())),
    'find leftovers': () => agesIn(backend.leftovers()),
    'remove a leftover': () => backend.removeLeftover(upload),
    remove: () => backend.remove(free),
    'remove by name': async () => {
      await backend.remove('named')
      return at.server.buckets.get(bucketName)!.versions('p/named').length
    },
    'remove what is kept': () => backend.remove(kept),
    'remove what is held': () => backend.remove('held'),
    'find out': async () => findingsOf(backend),
    make,
  }
}

function valueOf<T>(answer: Availability<T>): T {
  if (answer.state === 'ready') return answer.value
  throw new Error('pending')
}

async function namesIn(blobs: AsyncIterable<{ readonly name: string }>): Promise<string> {
  const names: string[] = []
  for await (const { name } of blobs) names.push(name)
  return names.join()
}

/** One whose age nobody may see counts as refused: it would never be cleared up. */
async function agesIn(leftovers: AsyncIterable<Leftover>): Promise<string> {
  const ages: string[] = []
  for await (const { name, writtenAt } of leftovers) {
    if (writtenAt === undefined) throw new BakthatError('PERMISSION_DENIED', `the age of ${name}`)
    ages.push(`${name} ${writtenAt.toISOString()}`)
  }
  return ages.join()
}

async function findingsOf(backend: S3Backend): Promise<string[]> {
  const findings: string[] = []
  for await (const { subject, found } of backend.diagnose({ scratch: 'scratch/' }))
    if (subject !== 'clock') findings.push(`${subject}: ${found}`)
  return findings
}

/** On a server where the bucket is not there yet. */
async function makeWith(kind: Kind, policy: Policy): Promise<unknown> {
  await using empty = await emulated({ buckets: [], credentials: [{ ...keys, policy }] })
  const { notices } = await s3.create({ ...kinds[kind].settings, endpoint: empty.server.endpoint })
  return notices
}

async function told(call: Promise<unknown>): Promise<string> {
  try {
    const value = await call
    return value === undefined ? 'done' : JSON.stringify(value)
  } catch (error) {
    if (isBakthatError(error)) return `${error.code}: ${error.message}`
    throw error
  }
}

/** What a role can, must be refused, and finds. */
const reach: Readonly<Record<Role, readonly string[]>> = {
  writer: ['store', 'store in parts', 'take back what broke off', 'remove a leftover'],
  rotator: ['list', 'find leftovers', 'remove a leftover', 'remove', 'remove by name'],
  reader: ['look up', 'read', 'read by name', 'thaw', 'link', 'list'],
  admin: [
    'store',
    'store in parts',
    'replace at will',
    'take back what broke off',
    'look up',
    'read',
    'read by name',
    'thaw',
    'link',
    'list',
    'find leftovers',
    'remove a leftover',
    'remove',
    'remove by name',
    'make',
  ],
}

/** Never refused, whatever it comes to. */
const always = ['find out', 'take back what broke off']

/** What is said where something is in the way, and not the policy. */
const answers: Readonly<Record<Role, Readonly<Record<'plain' | 'locked', Readonly<Record<string, string>>>>>> = {
  writer: { plain: { replace: 'ALREADY_EXISTS' }, locked: { replace: 'ALREADY_EXISTS' } },
  rotator: {
    plain: { 'look up what is not there': 'NOT_FOUND', 'remove what is kept': 'done', 'remove what is held': 'done' },
    locked: {
      'look up what is not there': 'NOT_FOUND',
      'remove what is kept': 'LOCKED',
      'remove what is held': 'LOCKED',
    },
  },
  reader: {
    plain: { 'look up what is not there': 'NOT_FOUND' },
    locked: { 'look up what is not there': 'NOT_FOUND', 'remove what is kept': 'LOCKED' },
  },
  admin: {
    plain: {
      replace: 'ALREADY_EXISTS',
      'look up what is not there': 'NOT_FOUND',
      'remove what is kept': 'done',
      'remove what is held': 'done',
    },
    locked: {
      replace: 'ALREADY_EXISTS',
      'look up what is not there': 'NOT_FOUND',
      'remove what is kept': 'LOCKED',
      'remove what is held': 'LOCKED',
    },
  },
}

const codeIn = (result: string): string => /^([A-Z_]+): /.exec(result)?.[1] ?? 'done'

describe.each(roles)('credentials of a %s', (role) => {
  it.each(Object.keys(kinds) as Kind[])('can do what the role is for, and nothing else: %s bucket', async (kind) => {
    const results = await resultsOf(kind, policyOf(kind, role))
    const expected = Object.keys(results).map((act) => {
      const isAllowed = reach[role].includes(act) || always.includes(act)
      return [act, answers[role][kind === 'locked' ? kind : 'plain'][act] ?? (isAllowed ? 'done' : 'PERMISSION_DENIED')]
    })
    expect(Object.fromEntries(Object.entries(results).map(([act, result]) => [act, codeIn(result)]))).toEqual(
      Object.fromEntries(expected),
    )
  })

  it('lose something with every single action that is taken away', async () => {
    const results = (kind: Kind, lost?: string): Promise<string> =>
      told(resultsOf(kind, without(policyOf(kind, role), lost), ['store in parts']))
    const whole = new Map<Kind, string>()
    for (const kind of Object.keys(kinds) as Kind[]) whole.set(kind, await results(kind))
    expect((await results('plain')) === whole.get('plain')).toBe(true)
    const useless = new Set(actionsOf(policyOf('locked', role)))
    for (const action of useless) {
      const isUseless = async (kind: Kind): Promise<boolean> => (await results(kind, action)) === whole.get(kind)
      if (!(await isUseless('locked')) || !(await isUseless('plain')) || !(await isUseless('unlisted versions')))
        useless.delete(action)
    }
    // Amazon asks for it when a bucket with locks is made: https://docs.aws.amazon.com/AmazonS3/latest/API/API_CreateBucket.html
    expect([...useless]).toEqual(role === 'admin' ? ['s3:PutBucketVersioning'] : [])
  })
})

it('are told that they are good for backups where they may only store under conditions', async () => {
  const { 'find out': found = '' } = await resultsOf('plain', policyOf('plain', 'writer'))
  const findings = JSON.parse(found) as string[]
  expect(findings).toEqual(
    expect.arrayContaining([
      'storing: allowed',
      'conditional writes: honoured',
      'checksums: checked, of whole objects',
      'uploads in parts: work',
      'conditional uploads in parts: honoured',
    ]),
  )
})

const statementsOf = ({ Statement }: Policy): readonly Statement[] => Statement as readonly Statement[]

function actionsOf(policy: Policy): readonly string[] {
  return [...new Set(statementsOf(policy).flatMap(({ Action }) => Action as readonly string[]))]
}

function without(policy: Policy, action: string | undefined): Policy {
  const statements = statementsOf(policy).map((statement) => ({
    ...statement,
    Action: (statement.Action as readonly string[]).filter((one) => one !== action),
  }))
  return { ...policy, Statement: statements }
}
