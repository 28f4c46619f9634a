import { constants } from 'node:fs'
import type { EntryHeader, EntryType } from '../tar/encode-header.js'
import { bigColumn, bigColumns, column, columns, type EntriesPlan, type FillSettings } from './plan.js'

/** One entry of a plan, ready to be written. */
export interface PlannedHeader {
  readonly relativePath: string
  /** By which the file system finds it. */
  readonly accessPath: string
  /** What it links to, relative to the root, when it is planned as a hard link. */
  readonly hardLinkTo: string | undefined
  readonly inode: bigint
  readonly device: bigint
  readonly links: number
  readonly header: EntryHeader
}

/** The entries of a plan, in order. */
export function* readPlan(plan: EntriesPlan, settings: FillSettings): Generator<PlannedHeader> {
  if (plan.count === 0) return
  const paths = plan.paths.split('\0')
  const { numbers, bigNumbers } = plan
  for (let index = 0; index < plan.count; index++) {
    const relativePath = paths[index]!
    const row = index * columns
    const bigRow = index * bigColumns
    const mode = numbers[row + column.mode]!
    const uid = numbers[row + column.uid]!
    const gid = numbers[row + column.gid]!
    const type = typeOf(mode)
    const device = bigNumbers[bigRow + bigColumn.device]!
    const { deviceMajor, deviceMinor } = deviceNumbers(type, device)
    yield {
      relativePath,
      accessPath: plan.detours.get(index) ?? settings.root + relativePath,
      hardLinkTo: plan.hardLinks.get(index),
      inode: bigNumbers[bigRow + bigColumn.inode]!,
      device,
      links: numbers[row + column.links]!,
      // Spelt out: what is spread into an object of so many fields makes each of them slow to read.
      header: {
        type,
        path: type === 'directory' ? `${settings.name}${relativePath}/` : settings.name + relativePath,
        linkTarget: '',
        size: type === 'file' ? numbers[row + column.size]! : 0,
        mode: mode & permissionBits,
        uid,
        gid,
        userName: settings.userNames.get(uid) ?? '',
        groupName: settings.groupNames.get(gid) ?? '',
        mtimeNs: plan.farTimes.get(index) ?? bigNumbers[bigRow + bigColumn.mtimeNs]!,
        deviceMajor,
        deviceMinor,
        records: '',
      },
    }
  }
}

/** The type of entry for a file's mode. Sockets and the like are never planned. */
function typeOf(mode: number): EntryType {
  switch (mode & constants.S_IFMT) {
    case constants.S_IFDIR:
      return 'directory'
    case constants.S_IFLNK:
      return 'symlink'
    case constants.S_IFIFO:
      return 'fifo'
    case constants.S_IFCHR:
      return 'character-device'
    case constants.S_IFBLK:
      return 'block-device'
    default:
      return 'file'
  }
}

const permissionBits = 0o7777

/** The fields of a header that say who may do what. */
export function permissions(
  { userNames, groupNames }: FillSettings,
  mode: number,
  uid: number,
  gid: number,
): Pick<EntryHeader, 'mode' | 'uid' | 'gid' | 'userName' | 'groupName'> {
  return {
    mode: mode & permissionBits,
    uid,
    gid,
    userName: userNames.get(uid) ?? '',
    groupName: groupNames.get(gid) ?? '',
  }
}

const noDevice = { deviceMajor: 0, deviceMinor: 0 }

/** Device numbers as Linux packs them: 12 and 20 bits in the lower half, the rest above. */
function deviceNumbers(type: EntryType, raw: bigint): Pick<EntryHeader, 'deviceMajor' | 'deviceMinor'> {
  if (type !== 'character-device' && type !== 'block-device') return noDevice
  return {
    deviceMajor: Number(((raw >> 8n) & 0xfffn) | ((raw >> 32n) & ~0xfffn)),
    deviceMinor: Number((raw & 0xffn) | ((raw >> 12n) & ~0xffn & 0xffffffffn)),
  }
}
