import { describe, expect, it } from '@jest/globals'
import { awsCli } from '@bakthat/emulator/aws-cli'
import { hour } from '@bakthat/emulator/s3'

import { started } from './support/client.js'
import { withProgram } from './support/programs.js'

const size = 9_000_000

/** Few commands: each takes a second to start. */
const script = `
set -euo pipefail
aws() { "$AWS" --endpoint-url "$AWS_ENDPOINT_URL" "$@"; }
head -c ${size} /dev/zero | tr '\\0' 'a' > big
aws s3 cp --quiet - s3://plain/dir/big < big
aws s3 cp --quiet s3://plain/dir/big - | cmp - big
aws s3 presign s3://plain/dir/big
aws s3api put-object --bucket locked --key x --body big --checksum-algorithm CRC32C --storage-class DEEP_ARCHIVE > put.json
aws s3api restore-object --bucket locked --key x --restore-request 'Days=1,GlacierJobParameters={Tier=Bulk}'
aws s3api head-object --bucket locked --key x --query '[ContentLength,ObjectLockMode,Restore]' --output text
`

;(awsCli === undefined ? describe.skip : describe)('the AWS CLI', () => {
  it('stores, fetches, signs, locks and restores', async () => {
    const { server } = await started({
      region: 'eu-central-1',
      buckets: ['plain', { name: 'locked', objectLock: { mode: 'GOVERNANCE', days: 1 } }],
    })
    const printed = await withProgram(server, 'bash', ['-c', `AWS=${awsCli!}\n${script}`])
    const [url, head] = printed.trim().split('\n')
    expect(head).toBe(`${size}\tGOVERNANCE\tongoing-request="true"`)
    expect((await (await fetch(url!)).text()).length).toBe(size)
    server.wallClock.advance(2 * hour)
    expect((await fetch(url!)).status).toBe(403)
    expect(server.requests.filter(({ operation }) => operation === 'UploadPart')).toHaveLength(2)
    expect(server.requests.filter(({ status }) => status === 501)).toEqual([])
  }, 180_000)
})
