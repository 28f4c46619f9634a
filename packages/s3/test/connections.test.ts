import { execFile } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect, promisify } from 'node:util'

import { describe, expect, it } from '@jest/globals'
import { makeCertificate } from '@bakthat/emulator/certificate'
import { Tinyproxy, tinyproxyProgram } from '@bakthat/emulator/tinyproxy'
import { single } from '@bakthat/storage'

import { withAwsSetUp } from './aws-set-up.js'
import { inChunks, mebibyte, noise, read } from './bytes.js'
import { emulated, type Emulated } from './emulated.js'

const run = promisify(execFile)
const certificate = makeCertificate()

/** Runs a test where the environment has these variables, and `AWS_CA_BUNDLE` if the certificate is to be known. */
async function withEnvironment(
  environment: Readonly<Record<string, string>>,
  test: () => Promise<void>,
  { isKnown = true } = {},
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'bakthat-ca-'))
  const bundle = join(directory, 'ca.pem')
  await writeFile(bundle, certificate.cert)
  try {
    await withAwsSetUp({ environment: { ...environment, ...(isKnown && { AWS_CA_BUNDLE: bundle }) } }, test)
  } finally {
    await rm(directory, { recursive: true })
  }
}

/** How a process of its own fails to store: the SDK gives the errors of Node itself another form under a test runner. */
async function failureElsewhere({ server, options }: Emulated): Promise<unknown> {
  const { bucket, pathStyle, credentials } = options
  const settings = JSON.stringify({ bucket, pathStyle, credentials, endpoint: server.endpoint, region: 'us-east-1' })
  const script = `import { openS3 } from '@bakthat/s3'
    import { single } from '@bakthat/storage'
    const failure = await openS3(${settings}).put('blob', single(Buffer.from('x'))).catch((error) => error)
    console.log(JSON.stringify({ ...failure, message: failure.message }))`
  const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script], { env: process.env })
  return JSON.parse(stdout) as unknown
}

const storeSmall = (at: Emulated): Promise<unknown> => at.open().put('blob', single(noise(10)))

describe('over TLS', () => {
  it('everything that goes up comes back, in one piece and in parts', () =>
    withEnvironment({}, async () => {
      await using at = await emulated({ certificate })
      const backend = at.open()
      for (const size of [0, 1000, 40 * mebibyte]) {
        const content = noise(size)
        const { locator } = await backend.put(`blob-${size}`, inChunks(content))
        expect((await read(backend, locator)).equals(content)).toBe(true)
      }
    }))

  it('a server is not trusted whose authority is unknown, and it is told how to make it known', () =>
    withEnvironment(
      {},
      async () => {
        await using at = await emulated({ certificate })
        expect(await failureElsewhere(at)).toMatchObject({
          code: 'UNAVAILABLE',
          message: expect.stringContaining('certificate'),
          hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
        })
        expect(at.server.requests).toHaveLength(0)
      },
      { isKnown: false },
    ))

  it('authorities that cannot be read are told of', () =>
    withEnvironment(
      { AWS_CA_BUNDLE: '/nowhere/ca.pem' },
      async () => {
        await using at = await emulated({ certificate })
        await expect(storeSmall(at)).rejects.toMatchObject({
          code: 'INVALID_CONFIG',
          message: expect.stringContaining('/nowhere/ca.pem'),
        })
      },
      { isKnown: false },
    ))
})

;(tinyproxyProgram === undefined ? describe.skip : describe)('behind a proxy', () => {
  it('a server is reached over TLS through tunnels, which are used again', async () => {
    await using proxy = await Tinyproxy.start()
    await withEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }, async () => {
      await using at = await emulated({ certificate })
      const backend = at.open()
      const content = noise(60 * mebibyte)
      const { locator } = await backend.put('blob', inChunks(content))
      expect((await read(backend, locator)).equals(content)).toBe(true)
      const asked = await proxy.asked()
      expect(new Set(asked)).toEqual(new Set([`CONNECT ${new URL(at.server.endpoint).host}`]))
      expect(asked.length).toBeLessThan(at.server.requests.length / 2)
    })
  })

  it('a server is reached without TLS', async () => {
    await using proxy = await Tinyproxy.start()
    await withEnvironment({ http_proxy: `127.0.0.1:${proxy.port}` }, async () => {
      await using at = await emulated()
      await storeSmall(at)
      const asked = await proxy.asked()
      expect(asked).toHaveLength(at.server.requests.length)
      expect(asked).toContainEqual(expect.stringContaining(`PUT ${at.server.endpoint}/emulated/blob`))
    })
  })

  it('a server that the environment excepts is reached directly', async () => {
    await using proxy = await Tinyproxy.start()
    const environment = { ALL_PROXY: `http://127.0.0.1:${proxy.port}`, NO_PROXY: 'example.org,127.0.0.1' }
    await withEnvironment(environment, async () => {
      await using at = await emulated({ certificate })
      await storeSmall(at)
      expect(await proxy.asked()).toEqual([])
    })
  })

  it.each([
    ['https', { certificate }],
    ['http', {}],
  ])('that wants a name and a password, %s servers are reached with those alone', async (scheme, server) => {
    await using proxy = await Tinyproxy.start({ name: 'me', password: 'secret' })
    const store = (login: string): Promise<void> =>
      withEnvironment({ [`${scheme}_proxy`]: `http://${login}127.0.0.1:${proxy.port}` }, async () => {
        await using at = await emulated(server)
        await storeSmall(at).finally(() => expect(at.server.requests.length > 0).toBe(login === 'me:secret@'))
      })
    await store('me:secret@')
    await expect(store('')).rejects.toMatchObject({
      code: 'PERMISSION_DENIED',
      message: expect.stringContaining('proxy wants a name'),
      hint: expect.stringContaining('HTTPS_PROXY'),
    })
    const failure = await store('me:wrong-one@').catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'PERMISSION_DENIED' })
    expect(inspect(failure)).not.toContain('wrong-one')
  })

  it('that lets nobody through to a server is told apart from the server', async () => {
    await using proxy = await Tinyproxy.start({ ports: [443] })
    await withEnvironment({ HTTPS_PROXY: `http://127.0.0.1:${proxy.port}` }, async () => {
      await using at = await emulated({ certificate })
      await expect(storeSmall(at)).rejects.toMatchObject({
        code: 'PERMISSION_DENIED',
        message: expect.stringContaining('proxy lets nobody through'),
      })
    })
  })

  it('that speaks another protocol is not used, and not passed by', () =>
    withEnvironment({ ALL_PROXY: 'socks5://me:secret@127.0.0.1:1' }, async () => {
      await using at = await emulated()
      const failure: unknown = await storeSmall(at).catch((error: unknown) => error)
      expect(failure).toMatchObject({ code: 'INVALID_CONFIG', hint: expect.stringContaining('NO_PROXY') })
      expect(inspect(failure)).not.toContain('secret')
      expect(at.server.requests).toHaveLength(0)
    }))
})
