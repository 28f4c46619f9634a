import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, describe, expect, it } from '@jest/globals'
import { minute, second, settableClock, type S3Credential } from '@bakthat/emulator/s3'
import { openS3, type S3Options } from '@bakthat/s3'
import { single } from '@bakthat/storage'

import { inChunks, mebibyte, noise, read } from './bytes.js'
import { onEmulated, type Emulated } from './emulated.js'

const environment = { ...process.env }
const directories: string[] = []

afterEach(async () => {
  process.env = { ...environment }
  for (const directory of directories.splice(0)) await rm(directory, { recursive: true })
})

/** Files as the AWS tools have them, and an environment that names them. */
async function sharedFiles(credentials: string, config = ''): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-aws-'))
  directories.push(directory)
  const files = { credentials: join(directory, 'credentials'), config: join(directory, 'config') }
  await writeFile(files.credentials, credentials)
  await writeFile(files.config, config)
  const others = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'))
  process.env = {
    ...Object.fromEntries(others),
    AWS_SHARED_CREDENTIALS_FILE: files.credentials,
    AWS_CONFIG_FILE: files.config,
    AWS_EC2_METADATA_DISABLED: 'true',
  }
}

const anna = { accessKeyId: 'AKIAANNA', secretAccessKey: 'secret of anna' }
const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 'secret of the session', sessionToken: 'token' }

/** Who signed the last request. */
const signer = ({ server }: Emulated): string | undefined =>
  /Credential=([^/]+)/.exec(String(server.requests.at(-1)?.headers.authorization))?.[1]

async function putWithout(keys: Partial<S3Options>, { options }: Emulated): Promise<void> {
  const entries = Object.entries(options).filter(([name]) => name !== 'credentials')
  const backend = openS3({ ...(Object.fromEntries(entries) as unknown as S3Options), ...keys })
  try {
    await backend.put('blob', single(noise(10)))
  } finally {
    await backend.close()
  }
}

describe('keys', () => {
  it('come from the environment when the options have none', () =>
    onEmulated(
      async (_, at) => {
        await sharedFiles('')
        process.env['AWS_ACCESS_KEY_ID'] = session.accessKeyId
        process.env['AWS_SECRET_ACCESS_KEY'] = session.secretAccessKey
        process.env['AWS_SESSION_TOKEN'] = session.sessionToken
        await putWithout({}, at)
        expect(signer(at)).toBe(session.accessKeyId)
      },
      {},
      { credentials: [session] },
    ))

  it('come from a profile of the shared files, and from what that profile refers to', () =>
    onEmulated(
      async (_, at) => {
        const program = `"${process.execPath}" -e "console.log(JSON.stringify({Version:1,AccessKeyId:'${anna.accessKeyId}',SecretAccessKey:'${anna.secretAccessKey}'}))"`
        await sharedFiles(
          `[other]\naws_access_key_id = ${anna.accessKeyId}\naws_secret_access_key = ${anna.secretAccessKey}\n`,
          `[profile by-program]\ncredential_process = ${program}\n`,
        )
        for (const profile of ['other', 'by-program']) {
          await putWithout({ profile, prefix: `${profile}/` }, at)
          expect(signer(at)).toBe(anna.accessKeyId)
        }
      },
      {},
      { credentials: [anna] },
    ))

  it('that are nowhere are told of, with what to do', () =>
    onEmulated(async (_, at) => {
      await sharedFiles('')
      await expect(putWithout({}, at)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('there are no credentials'),
        hint: expect.stringContaining('access_key'),
      })
    }))

  it('that expire in the middle of an upload are asked for again at their source', () => {
    const wallClock = settableClock(new Date())
    const first: S3Credential = { ...session, expires: new Date(wallClock.now().getTime() + minute) }
    const second: S3Credential = { ...session, accessKeyId: 'ASIASECOND', sessionToken: 'second' }
    const sources = [first, second]
    const credentials = (): Promise<S3Credential> =>
      Promise.resolve(sources.length > 1 ? sources.shift()! : sources[0]!)
    return onEmulated(
      async (backend, at) => {
        const content = noise(57 * mebibyte)
        const source = async function* (): AsyncGenerator<Uint8Array> {
          yield* inChunks(content.subarray(0, 50 * mebibyte))
          wallClock.advance(2 * minute)
          yield* inChunks(content.subarray(50 * mebibyte))
        }
        const { locator } = await backend.put('blob', source())
        expect(at.server.requests.some(({ status }) => status === 400)).toBe(true)
        expect(signer(at)).toBe('ASIASECOND')
        expect((await read(backend, locator)).equals(content)).toBe(true)
      },
      { credentials },
      { credentials: [first, second], wallClock },
    )
  })

  it('that expire and have no source end an upload with a clear word, and with nothing behind', () => {
    const wallClock = settableClock(new Date())
    const only: S3Credential = { ...session, expires: new Date(wallClock.now().getTime() + minute) }
    return onEmulated(
      async (backend) => {
        const source = async function* (): AsyncGenerator<Uint8Array> {
          yield* inChunks(noise(20 * mebibyte))
          wallClock.advance(2 * minute)
          yield* inChunks(noise(20 * mebibyte))
        }
        await expect(backend.put('blob', source())).rejects.toMatchObject({
          code: 'PERMISSION_DENIED',
          message: expect.stringContaining('the credentials have expired'),
        })
      },
      { credentials: session },
      { credentials: [only], wallClock },
    )
  })
})

describe('a clock', () => {
  it.each([-20, 20])('that is %i minutes off is corrected by that of the server', (minutes) => {
    const wallClock = settableClock()
    wallClock.advance(minutes * minute + second)
    return onEmulated(
      async (backend) => {
        const { locator } = await backend.put('blob', inChunks(noise(9 * mebibyte)))
        expect(await read(backend, locator)).toHaveLength(9 * mebibyte)
      },
      {},
      { wallClock },
    )
  })
})
