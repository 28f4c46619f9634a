/** Files that the program reads and writes unasked, and what each is. */
export const files: readonly (readonly [path: string, meaning: string])[] = [
  ['~/.bakthat.yml', 'The configuration: profiles and where they store'],
  ['~/.bakthat.sqlite', 'The catalog: what was stored where. It can be made anew by bakthat sync'],
  ['~/.local/share/bakthat', 'Where backups go unless the configuration says otherwise'],
  ['~/.bakthat_plugins', 'Plugins of your own, unless the configuration says otherwise'],
  ['~/.bakthat-identity.txt', 'The identity that bakthat keygen makes where no file is named'],
  ['~/.cache/bakthat', 'What newer Nodes compiled, for the next start. It may be removed at any time'],
]

/** Environment variables, and what each gives. */
export const variables: readonly (readonly [name: string, meaning: string])[] = [
  ['BAKTHAT_CONFIG', 'The configuration file'],
  ['BAKTHAT_DATABASE', 'The catalog'],
  ['BAKTHAT_PASSWORD', 'The password to encrypt and decrypt with'],
  ['XDG_DATA_HOME', 'What stands for ~/.local/share'],
  ['XDG_CACHE_HOME', 'What stands for ~/.cache'],
  ['NO_COLOR', 'Set to anything: no colours'],
  ['FORCE_COLOR', 'Set to anything but 0: colours also where there is no terminal'],
]
