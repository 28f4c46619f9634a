#!/usr/bin/env node
// Starts the S3 emulator by hand, until it is interrupted: `node tooling/emulator/bin/s3.js --bucket one --port 9000`.
import { parseArgs } from 'node:util'
import { startS3, testCredential } from '../dist/s3/index.js'

const { values } = parseArgs({
  options: {
    bucket: { type: 'string', multiple: true, default: [] },
    port: { type: 'string', default: '0' },
    directory: { type: 'string' },
    counted: { type: 'boolean', default: false },
    'no-default-checksum': { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
})

const help = `Serves S3 on this machine.

  --bucket NAME           a bucket to begin with; may be repeated
  --port N                the port to listen on (any free one)
  --directory DIR         where large contents are put for as long as it runs (the system's temporary directory)
  --counted               keep no contents: count them
  --no-default-checksum   calculate no CRC64NVME where nobody asked for a checksum`

if (values.help) console.log(help)
else await serve()

async function serve() {
  const { bucket: buckets, port, directory, counted } = values
  const server = await startS3({
    buckets,
    port: Number(port),
    features: { defaultChecksum: !values['no-default-checksum'] },
    ...(counted ? { storage: 'counted' } : directory === undefined ? {} : { storage: { directory } }),
  })
  console.log(`AWS_ENDPOINT_URL=${server.endpoint}`)
  console.log(`AWS_ACCESS_KEY_ID=${testCredential.accessKeyId}`)
  console.log(`AWS_SECRET_ACCESS_KEY=${testCredential.secretAccessKey}`)
  console.log(`AWS_REGION=${server.region}`)
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.once(signal, () => void server.stop().then(() => process.exit(0)))
  }
}
