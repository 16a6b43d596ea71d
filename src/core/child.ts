/** Processes of our own that do one thing at a time, seen from both sides. Messages are structured clones. */

/** A process that was started. It keeps the parent alive only while it is held. */
export interface Child {
  /** What cannot be cloned throws, TOO_LARGE if it is nested too deeply; what a child that has ended is sent is dropped. */
  post(message: unknown): void
  onMessage(listener: (message: never) => void): void
  /** Called once, after the last message. */
  onEnd(listener: (end: ChildEnd) => void): void
  hold(isHeld: boolean): void
  /** At once, whatever it does. */
  end(): Promise<void>
}

/** `memory`: its values took more than they may. */
export interface ChildEnd {
  cause: 'ended' | 'memory' | 'crash'
  /** Its last words, for the log. */
  words: string
}

/** Starts a module whose code is a child's; `memoryMb` bounds its JavaScript values, not what typed arrays hold. */
export type StartChild = (module: URL, memoryMb: number) => Child

/** The parent, seen from the child. */
export interface ParentPort {
  post(message: unknown): void
  onMessage(listener: (message: never) => void): void
}
