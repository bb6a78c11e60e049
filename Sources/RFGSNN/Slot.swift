import Synchronization

/// One place of the handle table. It is never moved or freed, so that it can be looked up without a lock.
struct Slot: ~Copyable {
  /// Generation, kind and phase; a call claims the slot by exchanging this word.
  let word: Atomic<UInt64>
  /// The thread whose callback runs, while the phase is `.hostCall`.
  let hostThread = Atomic<UInt64>(0)
  /// How many other handles use this one's object.
  let users = Atomic<Int>(0)
  /// The generation that was asked to stop, or 0. All that a signal handler touches.
  let stop = Atomic<UInt32>(0)
  /// While vacant: 1 + the slot that follows in the list of vacant ones, or 0.
  let nextVacant = Atomic<UInt32>(0)
  /// Retained by the slot. Like `used`, it belongs to who has claimed the slot.
  var object: UnsafeRawPointer?
  /// The slot whose object this one's object uses.
  var used: UnsafeMutablePointer<Slot>?

  init() {
    word = Atomic(SlotWord(generation: 1, kind: .options, phase: .vacant).bits)
  }
}

/// The word of a slot: bits 32-63 generation, 2-3 kind, 0-1 phase.
struct SlotWord: Equatable {
  enum Phase: UInt64 {
    case vacant = 0
    case idle = 1
    /// A call is inside.
    case claimed = 2
    /// A call is inside and has called the host, which may call readers from the same thread.
    case hostCall = 3
  }

  var bits: UInt64

  init(bits: UInt64) {
    self.bits = bits
  }

  init(generation: UInt32, kind: HandleKind, phase: Phase) {
    bits = UInt64(generation) << 32 | kind.rawValue << 2 | phase.rawValue
  }

  /// The word of a live and idle slot that a handle stands for.
  init(idle handle: Handle) {
    self.init(generation: handle.generation, kind: handle.kind, phase: .idle)
  }

  var generation: UInt32 { UInt32(truncatingIfNeeded: bits >> 32) }
  var phase: Phase { Phase(rawValue: bits & 3) ?? .vacant }

  func with(_ phase: Phase) -> SlotWord { SlotWord(bits: bits & ~3 | phase.rawValue) }

  /// Same generation, same kind, and not vacant.
  func isAlive(as other: SlotWord) -> Bool {
    bits >> 2 == other.bits >> 2 && phase != .vacant
  }
}
