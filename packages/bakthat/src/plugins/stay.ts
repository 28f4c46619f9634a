import { BakthatError } from '@bakthat/errors'
import type { Events } from '@bakthat/events'
import type { Additive } from './additions.js'

/** The time that a plugin is part of an instance. Once it is left out it can add nothing more: it may still be at work. */
export class Stay {
  readonly #name: string
  readonly #offs: (() => void)[] = []
  #isOver = false

  constructor(name: string) {
    this.#name = name
  }

  /** The events, whose handlers go with the plugin. */
  listening(events: Events): Events {
    return {
      on: (...handler) => {
        this.#check()
        const off = events.on(...handler)
        this.#offs.push(off)
        return off
      },
    }
  }

  /** The same places to add things to. */
  adding({ backends, commands, compressions, extendCatalog }: Additive): Additive {
    return {
      backends: { add: this.#while((thing) => backends.add(thing)) },
      commands: { add: this.#while((thing) => commands.add(thing)) },
      compressions: { use: this.#while((format, encoder) => compressions.use(format, encoder)) },
      extendCatalog: this.#while((make) => extendCatalog(make)),
    }
  }

  /** Takes its handlers away. */
  end(): void {
    this.#isOver = true
    for (const off of this.#offs) off()
  }

  #while<Arguments extends readonly unknown[]>(act: (...all: Arguments) => void): (...all: Arguments) => void {
    return (...all) => {
      this.#check()
      act(...all)
    }
  }

  #check(): void {
    if (!this.#isOver) return
    throw new BakthatError('INVALID_INPUT', `the plugin ${this.#name} was left out, and can add nothing`, {
      hint: 'add everything in activate, and wait there for what it takes',
    })
  }
}
