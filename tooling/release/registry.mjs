// A registry of packages for as long as a check runs, in a thread of its own: it has our packages as they were packed, and
// sends whoever asks for others on to the registry that is configured. So users are played with the very commands they type.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { parentPort, Worker, workerData } from 'node:worker_threads'
import { fail, run } from '../bootstrap/process.mjs'

/** Starts it over tarballs, each by the name of its package; answers with its address. It ends with this program. */
export async function startRegistry(tarballs, env) {
  const upstream = run('npm', ['config', 'get', 'registry'], { env, quiet: true }).stdout.trim()
  const worker = new Worker(new URL(import.meta.url), { workerData: { tarballs, upstream } })
  worker.unref()
  return new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject))
}

/** What a registry tells of a package, and the bytes of its only version. */
function readPackage(file) {
  const unpacked = run('tar', ['-xzOf', file, 'package/package.json'], { quiet: true })
  if (!unpacked.ok) fail(`${file} cannot be read:\n${unpacked.output}`)
  const bytes = readFileSync(file)
  return { manifest: JSON.parse(unpacked.stdout), bytes }
}

function describe({ manifest, bytes }, address) {
  const { name, version } = manifest
  const digest = (algorithm, encoding) => createHash(algorithm).update(bytes).digest(encoding)
  const dist = {
    tarball: `${address}${name}/-/${version}.tgz`,
    shasum: digest('sha1', 'hex'),
    integrity: `sha512-${digest('sha512', 'base64')}`,
  }
  return { name, 'dist-tags': { latest: version }, versions: { [version]: { ...manifest, dist } } }
}

function serve({ tarballs, upstream }) {
  const packages = new Map([...tarballs].map(([name, file]) => [name, readPackage(file)]))
  const server = createServer(({ url }, response) => {
    const [name, version] = decodeURIComponent(url.slice(1)).split('/-/')
    const found = packages.get(name)
    const headers = { 'cache-control': 'no-store' }
    if (found === undefined) response.writeHead(302, { location: new URL(url.slice(1), upstream).href }).end()
    else if (version === undefined) response.writeHead(200, headers).end(JSON.stringify(describe(found, address())))
    else response.writeHead(200, headers).end(found.bytes)
  })
  const address = () => `http://127.0.0.1:${server.address().port}/`
  server.listen(0, '127.0.0.1', () => parentPort.postMessage(address()))
}

if (workerData?.tarballs !== undefined) serve(workerData)
