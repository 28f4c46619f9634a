import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const program = fileURLToPath(new URL('../../emulator/bin/s3.js', import.meta.url))

/**
 * Starts the emulator in a process of its own, with one bucket, its contents in files below `scratch`. It calculates no
 * checksums that nobody asked for, as most servers do not.
 */
export async function startServer(bucket, scratch) {
  const args = [program, '--bucket', bucket, '--directory', scratch, '--no-default-checksum']
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  const kill = () => child.kill('SIGTERM')
  process.once('exit', kill)
  const said = new Map()
  for await (const line of createInterface(child.stdout)) {
    const [, name, value] = /^(\w+)=(.*)$/.exec(line)
    said.set(name, value)
    if (said.size === 4) break
  }
  return {
    endpoint: said.get('AWS_ENDPOINT_URL'),
    accessKeyId: said.get('AWS_ACCESS_KEY_ID'),
    secretAccessKey: said.get('AWS_SECRET_ACCESS_KEY'),
    region: said.get('AWS_REGION'),
    async stop() {
      process.off('exit', kill)
      kill()
      await once(child, 'exit')
    },
  }
}
