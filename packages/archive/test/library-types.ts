/** What the `tar` library calls the types of entries. */
export const libraryTypes = {
  file: 'File',
  hardlink: 'Link',
  symlink: 'SymbolicLink',
  directory: 'Directory',
  fifo: 'FIFO',
  'character-device': 'CharacterDevice',
  'block-device': 'BlockDevice',
} as const

export const entryTypes = Object.keys(libraryTypes) as (keyof typeof libraryTypes)[]
