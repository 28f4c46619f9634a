import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { testCredential, type S3Server } from '@bakthat/emulator/s3'

const run = promisify(execFile)

/** Runs a program in a directory of its own, as somebody who may use the server, and answers with what it prints. */
export async function withProgram(server: S3Server, command: string, args: readonly string[]): Promise<string> {
  const home = mkdtempSync(join(tmpdir(), 'bakthat-emulator-test-'))
  const env = {
    PATH: process.env.PATH,
    HOME: home,
    AWS_ENDPOINT_URL: server.endpoint,
    AWS_ACCESS_KEY_ID: testCredential.accessKeyId,
    AWS_SECRET_ACCESS_KEY: testCredential.secretAccessKey,
    AWS_DEFAULT_REGION: server.region,
  }
  try {
    return (await run(command, args, { cwd: home, env })).stdout
  } finally {
    rmSync(home, { recursive: true })
  }
}
